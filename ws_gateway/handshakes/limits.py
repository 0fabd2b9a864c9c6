"""Limits on sockets, in all and per client IP address, and on games that are refused repeatedly."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.identity.addresses import Address
from shared.wire.error_codes import (
    REFUSED_TOO_OFTEN,
    TOO_MANY_SOCKETS,
    TOO_MANY_SOCKETS_OF_ADDRESS,
)
from shared.wire.refusal import Refused
from ws_gateway.sockets.connection import Connection

REFUSALS, WINDOW = 20, 10.0  # after 20 refusals within 10 s, a game has to wait
MOST_GAMES = 1_000  # games remembered; the one whose last refusal is oldest is dropped first

Who = tuple[str, str, bool]


class Slots:
    """The connections that hold a slot, from the handshake until the connection is lost."""

    def __init__(self, most: int, of_one_address: float = math.inf) -> None:
        self._most = most
        self._of_one_address = of_one_address
        self._holders: dict[Connection, str] = {}  # to its IP address; "" if that is not limited
        self._of_address: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """Whether no slot is left for any address."""
        return len(self._holders) >= self._most

    def take(self, holder: Connection, address: Address) -> None:
        """Give the connection a slot. Raises Refused (503, 429) if there is none.

        `connection_lost` must still be to come: it gives the slot back.
        """
        if self.full:
            raise Refused(TOO_MANY_SOCKETS)
        counted = address.key if address.limited else ""
        if counted and self._of_address[counted] >= self._of_one_address:
            raise Refused(TOO_MANY_SOCKETS_OF_ADDRESS)
        self._holders[holder] = counted
        if counted:
            self._of_address[counted] += 1

    def give_back(self, holder: Connection) -> None:
        """Free the connection's slot, if it has one."""
        counted = self._holders.pop(holder, "")
        if counted:
            self._of_address[counted] -= 1
            if not self._of_address[counted]:
                del self._of_address[counted]


class RefusalLimit:
    """The recent refusals of each game: some retry in every frame.

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
        times = self._refused.get(who, [])
        if len(times) == REFUSALS and (left := times[0] + WINDOW - self._clock()) > 0:
            raise Refused(REFUSED_TOO_OFTEN, retry_after_ms=math.ceil(left * 1000))
        try:
            yield
        except Refused as refused:
            if refused.kind.status < 500:
                times = self._refused.pop(who, [])  # others may have been refused meanwhile
                self._refused[who] = [*times[1 - REFUSALS :], self._clock()]
                if len(self._refused) > MOST_GAMES:
                    del self._refused[next(iter(self._refused))]
            raise
