"""Rate limit for games that are refused repeatedly: some retry in every frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.wire.error_codes import REFUSED_TOO_OFTEN
from shared.wire.refusal import Refused

REFUSALS, WINDOW = 20, 10.0  # after 20 refusals within 10 s, a game has to wait
MOST_GAMES = 1_000  # games remembered; the one whose last refusal is oldest is dropped first

Who = tuple[str, str, bool]


class RefusalLimit:
    """The recent refusals of each game.

    A game is identified by its IP address, the room it asks for, and whether its secret was valid.
    A room id is public: somebody who knows only the id cannot slow down the game with the token.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: dict[Who, list[float]] = {}  # times (s); dict and lists: oldest first

    @contextmanager
    def on(self, address: str, room_id: str, *, proven: bool) -> Iterator[None]:
        """Run the block, or raise Refused (429) if the game was refused too often.

        A Refused that the block raises is counted, unless it is the server's fault (5xx).
        """
        who = (address, room_id, proven)
        self._check(who)
        try:
            yield
        except Refused as refused:
            if refused.kind.status < 500:
                self._note_refusal(who)
            raise

    def _check(self, who: Who) -> None:
        times = self._refused.get(who, [])
        if len(times) == REFUSALS and (left := times[0] + WINDOW - self._clock()) > 0:
            raise Refused(REFUSED_TOO_OFTEN, retry_after_ms=math.ceil(left * 1000))

    def _note_refusal(self, who: Who) -> None:
        times = self._refused.pop(who, [])
        self._refused[who] = [*times[1 - REFUSALS :], self._clock()]
        if len(self._refused) > MOST_GAMES:
            del self._refused[next(iter(self._refused))]
