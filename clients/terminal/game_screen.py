"""The output of the game in the terminal: lines for people, or JSON for scripts."""

import io
from datetime import datetime
from typing import Final

import msgspec
import segno

from clients.terminal.terminal_io import Terminal, plain
from clients.terminal.texts import game as texts
from clients.terminal.texts import viewers
from shared.wire.error_codes import sentence_of
from shared.wire.game_messages import (
    Error,
    GameEndSummary,
    GameEvent,
    Gap,
    Reconnect,
    RoomCreated,
    RoomReady,
    ServerMessage,
    ViewerCountUpdate,
    encode,
)
from shared.wire.languages import Sentence
from shared.wire.parts import Top

WHITE_ON_BLACK: Final = "\x1b[97;40m"
PLAIN: Final = "\x1b[0m"

Line = str | Sentence


class JsonScreen:
    """Prints a line of JSON for each message, and all other notes to standard error."""

    def __init__(self, out: Terminal, notes: Terminal) -> None:
        self._out = out
        self._notes = notes

    def show(self, message: ServerMessage, now: int) -> None:  # noqa: ARG002
        self._out.say(encode(message))

    def note(self, text: Sentence) -> None:
        """Print a note that is no message."""
        self._notes.say(text)

    def round_begins(self, number: int) -> None:
        """We started a round; no message reports that."""
        self.note(texts.ROUND_BEGINS.about(round=number))

    def paused(self, now: bool) -> None:
        """The round was paused or resumed."""
        self.note(texts.PAUSED if now else texts.RESUMED)


class Screen:
    """Prints lines for people; on a screen, a status line has the round, the viewers, the keys."""

    def __init__(self, terminal: Terminal, *, keys: bool) -> None:
        self._terminal = terminal
        self._keys = keys
        self._directed = False  # the viewers' page is printed once, not at every reconnect
        self._round = 0
        self._running = False
        self._paused = False
        self._viewers = 0
        self._triggers = 0
        self._has_summary = False  # the last round's; it is acknowledged when the next one starts

    def show(self, message: ServerMessage, now: int) -> None:
        """Print a message that has been applied; `now` is ms since 1970."""
        if isinstance(message, RoomReady) and self._has_summary:
            # The summary that was shown comes again; it was not missed.
            message = msgspec.structs.replace(message, replayed=max(0, message.replayed - 1))
        self._remember(message)
        lines = _lines(message, now)
        if isinstance(message, RoomCreated | RoomReady) and not self._directed:
            self._directed = True
            lines.append(texts.PRESS_AT.about(url=plain(message.web_url)))
            lines += qr_code(message.web_url) if self._terminal.is_screen else []
        if isinstance(message, ViewerCountUpdate) and not self._terminal.is_screen:
            lines = [viewers(message.viewer_count)]
        if lines:
            self._terminal.say(*lines)
        self._refresh()

    def note(self, text: Sentence) -> None:
        """Print a note that is no message."""
        self._terminal.say(text)

    def round_begins(self, number: int) -> None:
        """We started a round; no message reports that."""
        self._round, self._running, self._paused = number, True, False
        self._has_summary = False
        self._terminal.say(texts.ROUND_BEGINS.about(round=number))
        self._refresh()

    def paused(self, now: bool) -> None:
        """The round was paused or resumed."""
        self._paused = now
        self._refresh()

    def _remember(self, message: ServerMessage) -> None:
        match message:
            case RoomReady():
                self._round, self._running = message.round, message.status == "in_game"
            case GameEvent():
                self._triggers += 1
                self._viewers = message.viewer_count
            case ViewerCountUpdate():
                self._viewers = message.viewer_count
            case GameEndSummary() if message.round >= self._round:
                self._running, self._has_summary = False, True

    def _refresh(self) -> None:
        state = texts.NO_ROUND
        if self._running:
            state = (texts.IN_PAUSED_ROUND if self._paused else texts.IN_ROUND).about(
                round=self._round
            )
        facts = [state, viewers(self._viewers), texts.RECEIVED.about(count=self._triggers)]
        if self._keys:
            facts.append(texts.KEYS if self._running else texts.KEYS_BETWEEN_ROUNDS)
        self._terminal.status(
            Sentence(" · ".join(fact.en for fact in facts), " · ".join(fact.ja for fact in facts))
        )


def qr_code(address: str) -> list[str]:
    """The address as a QR code of half blocks, light on dark whatever the terminal's colours."""
    drawn = io.StringIO()
    segno.make(address, error="l", boost_error=False).terminal(out=drawn, compact=True, border=2)
    return [f"  {WHITE_ON_BLACK}{line}{PLAIN}" for line in drawn.getvalue().splitlines()]


def _lines(message: ServerMessage, now: int) -> list[Line]:
    match message:
        case RoomCreated(room_id=room):
            return [texts.ROOM_OPEN.about(room=room)]
        case RoomReady(room_id=room, replayed=missed):
            status = texts.STATUS.get(message.status, message.status)
            again = texts.ROOM_AGAIN.about(room=room, status=status, missed=missed)
            return [again] if message.recovered else [again, texts.LOG_LOST]
        case GameEvent():
            return [_trigger(message, now)]
        case Reconnect():
            return [texts.MOVING]
        case Gap(last_seq=seq):
            return [texts.GAP.about(seq=seq)]
        case Error():
            return [_error(message)]
        case GameEndSummary():
            return _summary(message)
    return []


def _trigger(message: GameEvent, now: int) -> Sentence:
    fired = datetime.fromtimestamp(message.fired_at / 1000).astimezone()
    late = texts.REPLAYED if message.replayed else texts.LATE.about(ms=now - message.fired_at)
    return texts.TRIGGER.about(
        at=f"{fired:%H:%M:%S}.{fired.microsecond // 1000:03}",
        button=message.event_type,
        count=message.trigger_count,
        seq=message.seq,
        late=late,
        who=plain(message.viewer_name) if message.viewer_name else texts.UNNAMED,
    )


def _error(message: Error) -> Sentence:
    """The server's sentence, which is English; in Japanese, the sentence of its error code."""
    code = plain(message.code)
    sentence = Sentence(plain(message.message), sentence_of(code).ja)
    return texts.SERVER_SAYS.about(sentence=sentence, code=code)


def _summary(message: GameEndSummary) -> list[Line]:
    best = {top.event_type: top for top in message.top_by_button}
    tops = message.team_tops
    return [
        texts.ROUND_OVER.about(round=message.round),
        *(
            texts.TOTAL.about(button=b.event_type, count=b.count, top=_top(best.get(b.event_type)))
            for b in message.event_totals
        ),
        texts.MOST_OF_ALL.about(top=_top(message.top_overall)),
        texts.MOST_BY_TEAM.about(skill=_top(tops.skill), enemy=_top(tops.enemy)),
    ]


def _top(top: Top | None) -> Sentence:
    if top is None:
        return texts.NOBODY
    who = plain(top.viewer_name) if top.viewer_name else texts.NAMELESS
    return texts.TOP.about(who=who, count=top.count)
