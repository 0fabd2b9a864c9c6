"""What the game in the terminal shows: lines for a person, or JSON for a script."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import segno

from clients.terminal.terminal_io import plain
from shared.wire.game_messages import (
    Error,
    GameEndSummary,
    GameEvent,
    Gap,
    Reconnect,
    RoomCreated,
    RoomReady,
    ViewerCountUpdate,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients.terminal.terminal_io import Terminal
    from shared.wire.game_messages import EventTotal, ServerMessage
    from shared.wire.parts import Top

WHITE_ON_BLACK: Final = "\x1b[97;40m"
PLAIN: Final = "\x1b[0m"
KEYS: Final = "p pause · r resume · e end · q quit"
KEYS_BETWEEN_ROUNDS: Final = "s next round · q quit"


class JsonScreen:
    """A line of JSON for each message; what else there is to say goes to standard error."""

    def __init__(self, out: Terminal, notes: Terminal) -> None:
        self._out = out
        self._notes = notes

    def show(self, message: ServerMessage, now: int) -> None:  # noqa: ARG002
        """Print the message as it came."""
        self._out.say(encode(message))

    def note(self, text: str) -> None:
        """Say something that no message says."""
        self._notes.say(text)

    def round_begins(self, number: int) -> None:
        """A round was opened by us; no message says so."""
        self.note(f"Round {number} begins.")

    def paused(self, now: bool) -> None:
        """The round was paused, or goes on."""
        self.note("Paused." if now else "Goes on.")

    def close(self) -> None:
        """Nothing is left to tidy."""


class Screen:
    """Lines for a person; on a screen, the last one tells the round, the viewers and the keys."""

    def __init__(self, terminal: Terminal, *, keys: bool) -> None:
        self._terminal = terminal
        self._keys = keys
        self._directed = False
        self._round = 0
        self._running = False
        self._paused = False
        self._viewers = 0
        self._triggers = 0

    def show(self, message: ServerMessage, now: int) -> None:
        """Print a message that has been applied; `now` is ms since 1970."""
        self._remember(message)
        lines = LINES.get(type(message), _nothing)(message, now)
        if isinstance(message, RoomCreated | RoomReady):
            lines += self._directions(message.web_url)
        if isinstance(message, ViewerCountUpdate) and not self._terminal.is_screen:
            lines = [f"{message.viewer_count} viewers"]
        if lines:
            self._terminal.say(*lines)
        self._refresh()

    def note(self, text: str) -> None:
        """Say something that no message says."""
        self._terminal.say(text)

    def round_begins(self, number: int) -> None:
        """A round was opened by us; no message says so."""
        self._round, self._running, self._paused = number, True, False
        self._terminal.say(f"Round {number} begins.")
        self._refresh()

    def paused(self, now: bool) -> None:
        """The round was paused, or goes on."""
        self._paused = now
        self._refresh()

    def close(self) -> None:
        """Leave the cursor at the start of a line."""
        self._terminal.close()

    def _directions(self, web_url: str) -> list[str]:
        """Where viewers press; said once, not again at every reconnect."""
        if self._directed:
            return []
        self._directed = True
        code = qr_code(web_url) if self._terminal.is_screen else []
        return [f"  Viewers press at {plain(web_url)}", *code]

    def _remember(self, message: ServerMessage) -> None:
        match message:
            case RoomReady():
                self._round, self._running = message.round, message.status == "in_game"
            case GameEvent():
                self._triggers += 1
                self._viewers = message.viewer_count
            case ViewerCountUpdate():
                self._viewers = message.viewer_count
            case GameEndSummary():
                self._running = False

    def _refresh(self) -> None:
        state = f"round {self._round}" if self._running else "no round"
        if self._paused and self._running:
            state += ", paused"
        facts = [state, f"{self._viewers} viewers", f"{self._triggers} received"]
        if self._keys:
            facts.append(KEYS if self._running else KEYS_BETWEEN_ROUNDS)
        self._terminal.status(" · ".join(facts))


def qr_code(address: str) -> list[str]:
    """The address as a QR code of half blocks, light on dark whatever the terminal's colours."""
    drawn = io.StringIO()
    segno.make(address, error="l", boost_error=False).terminal(out=drawn, compact=True, border=2)
    return [f"  {WHITE_ON_BLACK}{line}{PLAIN}" for line in drawn.getvalue().splitlines()]


def _nothing(_: ServerMessage, __: int) -> list[str]:
    return []


def _created(message: RoomCreated, _: int) -> list[str]:
    return [f"Room {message.room_id} is open."]


def _ready(message: RoomReady, _: int) -> list[str]:
    status = STATUS.get(message.status, message.status)
    lines = [f"Room {message.room_id} again: {status}, {message.replayed} missed."]
    if not message.recovered:
        lines.append("The server lost a part of the log; what it still has follows.")
    return lines


STATUS: Final = {"active": "not started", "in_game": "in a round", "ended": "between rounds"}


def _trigger(message: GameEvent, now: int) -> list[str]:
    fired = datetime.fromtimestamp(message.fired_at / 1000).astimezone()
    late = "replayed" if message.replayed else f"{now - message.fired_at} ms"
    who = plain(message.viewer_name) if message.viewer_name else "(nobody named)"
    at = f"{fired:%H:%M:%S}.{fired.microsecond // 1000:03}"
    what = f"⚡ {message.event_type:<8} {message.trigger_count:>3} presses"
    return [f"{at}  {what}  #{message.seq:<5} {late:>8}  {who}"]


def _gap(message: Gap, _: int) -> list[str]:
    return [f"Numbers up to {message.last_seq} cannot be given any more; on to the next."]


def _reconnect(_: Reconnect, __: int) -> list[str]:
    return ["The gateway goes away; moving to the next one."]


def _error(message: Error, _: int) -> list[str]:
    return [f"The server says: {plain(message.message)} ({plain(message.code)})"]


def _summary(message: GameEndSummary, _: int) -> list[str]:
    best = {top.event_type: top for top in message.top_by_button}
    tops = message.team_tops
    return [
        f"Round {message.round} is over.",
        *(_total(total, best.get(total.event_type)) for total in message.event_totals),
        f"  most of all: {_top(message.top_overall)}",
        f"  skill: {_top(tops.skill)} · enemy: {_top(tops.enemy)}",
    ]


def _total(total: EventTotal, best: Top | None) -> str:
    return f"  {total.event_type:<10} {total.count:>7} presses   most: {_top(best)}"


def _top(top: Top | None) -> str:
    # Where a room hides names, its viewers are told apart by their public ids.
    return f"{plain(top.viewer_name or top.viewer_id)} ({top.count})" if top else "nobody"


LINES: Final[dict[type[Any], Callable[[Any, int], list[str]]]] = {
    RoomCreated: _created,
    RoomReady: _ready,
    GameEvent: _trigger,
    Reconnect: _reconnect,
    Gap: _gap,
    Error: _error,
    GameEndSummary: _summary,
}
