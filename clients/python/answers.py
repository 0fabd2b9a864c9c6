"""What a game answers: what became of its triggers, and which buttons it can use. No I/O.

An answer counts as delivered when the `pong` to a later `ping` has come, because the gateway
carries out messages in order. Until then it is sent again on every new socket, which changes
nothing if it had arrived.
"""

import re
from typing import Final, NamedTuple

from shared.wire.game_messages import (
    LONGEST_EFFECT,
    SHORTEST_EFFECT,
    Available,
    GameEvent,
    Outcome,
    Ping,
    Pong,
)

LONGEST_REASON: Final = 80  # code points
MOST_STORED: Final = 1000  # unconfirmed answers
OUTCOME_AFTER: Final = 600.0  # s after which the server takes no outcome of a trigger
OUR_PING: Final = re.compile(r"streamario answer (\d+)")

Answer = Outcome | Available


def lasting(trigger: GameEvent, seconds: float) -> Outcome:
    """The effect has begun. Raises ValueError unless it lasts 0.1 to 3,600 s."""
    if not SHORTEST_EFFECT <= seconds * 1000 <= LONGEST_EFFECT:
        raise ValueError(f"an effect lasts 0.1 to 3,600 s, not {seconds}")
    return Outcome(trigger.epoch, trigger.seq, "started", duration_ms=round(seconds * 1000))


def done(trigger: GameEvent) -> Outcome:
    """The game has carried out the trigger."""
    return Outcome(trigger.epoch, trigger.seq, "done")


def failed(trigger: GameEvent, reason: str) -> Outcome:
    """The game could not carry out the trigger. A long reason is cut."""
    return Outcome(trigger.epoch, trigger.seq, "failed", reason=reason[:LONGEST_REASON])


def available(event_type: str) -> Available:
    """The game can use the button."""
    return Available(event_type, available=True)


def unavailable(event_type: str, reason: str) -> Available:
    """The game cannot use the button. A long reason is cut."""
    return Available(event_type, available=False, reason=reason[:LONGEST_REASON])


class _Stored(NamedTuple):
    answer: Answer
    number: int
    since: float


class Answers:
    """The answers that the gateway has not confirmed, in order; callers pass the time (s).

    Of the answers about one trigger or button the last is stored, but a final outcome stays.
    """

    def __init__(self) -> None:
        self._stored: dict[object, _Stored] = {}
        self._last = 0  # number of the last answer
        self._sent = 0  # number of the last answer sent on this socket
        self._pinged = 0  # the last answer that a ping on this socket confirms

    def add(self, answer: Answer, now: float) -> None:
        """Store an answer until it is confirmed."""
        about = _about(answer)
        if (earlier := self._stored.get(about)) is not None and _is_final(earlier.answer):
            return
        self._stored.pop(about, None)
        self._last += 1
        self._stored[about] = _Stored(answer, self._last, now)
        if len(self._stored) > MOST_STORED:
            del self._stored[next(iter(self._stored))]

    def next(self) -> Answer | Ping | None:
        """The message to send next on this socket; call `sent` when it is sent."""
        unsent = (one.answer for one in self._stored.values() if one.number > self._sent)
        asks = self._sent > self._pinged
        return next(unsent, None) or (Ping(t=f"streamario answer {self._sent}") if asks else None)

    def sent(self, message: Answer | Ping) -> None:
        """This message was sent."""
        if isinstance(message, Ping):
            self._pinged = self._sent
        elif (one := self._stored.get(_about(message))) is not None and one.answer is message:
            self._sent = one.number

    def confirm(self, pong: Pong) -> bool:
        """Forget what this answer to a ping confirms; returns whether the ping was ours."""
        if not isinstance(pong.t, str) or (ours := OUR_PING.fullmatch(pong.t)) is None:
            return False
        stored = self._stored.items()
        self._stored = {about: one for about, one in stored if one.number > int(ours[1])}
        return True

    def attached(self, now: float, *, in_round: bool) -> None:
        """A new socket has attached: what is stored is to be sent on it, unless it is too late."""
        self._sent = self._pinged = 0
        stored = self._stored.items()
        self._stored = {about: one for about, one in stored if now < one.since + OUTCOME_AFTER}
        if not in_round:
            self.round_ends()

    def round_ends(self) -> None:
        """Buttons can be used again in the next round."""
        stored = self._stored.items()
        self._stored = {about: one for about, one in stored if isinstance(one.answer, Outcome)}


def _about(answer: Answer) -> object:
    """The trigger or the button of an answer."""
    return (answer.epoch, answer.seq) if isinstance(answer, Outcome) else answer.event_type


def _is_final(answer: Answer) -> bool:
    return isinstance(answer, Outcome) and answer.status != "started"
