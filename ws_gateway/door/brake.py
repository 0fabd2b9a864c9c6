"""Slows a game that is refused again and again: some try in every frame."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.wire.error_codes import REFUSED_TOO_OFTEN
from ws_gateway.door.refusals import HandshakeRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REFUSALS, WINDOW = 20, 10.0  # of one game in so many seconds; then it has to wait
KEPT = 1_000  # games that are remembered; who was refused longest ago is forgotten first

Who = tuple[str, str, bool]


class Brake:
    """The refusals of a moment ago, of each game that had any.

    A game is known by its address, the room that it asks for, and whether it proved that it may: a
    room id is public, so who has only that slows nobody who has the token.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: dict[Who, list[float]] = {}  # when (s); the latest are last, here as there

    @contextmanager
    def on(self, address: str, room_id: str, *, proven: bool) -> Iterator[None]:
        """Let the game try, or raise HandshakeRefused (429) where it was refused too often.

        What the block refuses is noted, unless it was for a reason of ours (503).
        """
        who = (address, room_id, proven)
        self._check(who)
        try:
            yield
        except HandshakeRefused as refused:
            if refused.kind.status < 500:
                self._note_refusal(who)
            raise

    def _check(self, who: Who) -> None:
        times = self._refused.get(who, [])
        if len(times) == REFUSALS and (left := times[0] + WINDOW - self._clock()) > 0:
            raise HandshakeRefused(REFUSED_TOO_OFTEN, retry_after=math.ceil(left))

    def _note_refusal(self, who: Who) -> None:
        times = self._refused.pop(who, [])
        self._refused[who] = [*times[1 - REFUSALS :], self._clock()]
        if len(self._refused) > KEPT:
            del self._refused[next(iter(self._refused))]
