"""Limits on the number of sockets: in all, and per client IP address."""

from __future__ import annotations

import math
from collections import Counter

from shared.identity.addresses import Address
from shared.wire.error_codes import TOO_MANY_SOCKETS, TOO_MANY_SOCKETS_OF_ADDRESS
from shared.wire.refusal import Refused
from ws_gateway.sockets.connection import Connection


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
