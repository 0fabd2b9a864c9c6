"""Allocates loopback ports for the servers of tests.

Each process reserves its own block of ports, because test runs and their workers run in parallel: a
port that is only checked to be free could be taken by another process before it is used.
"""

import socket
from contextlib import suppress
from itertools import cycle
from typing import Final

# Above 10080, which browsers refuse (the Fetch standard, "bad port"), and below 32768, where the
# ports of Linux's outgoing connections begin.
FIRST: Final = 11_000
END: Final = 32_000
BLOCK: Final = 500
LOOPBACK: Final = "127.0.0.1"


class Ports:
    """A block of ports. The process that listens on the first port owns the block."""

    def __init__(self) -> None:
        self._claim = _claimed()
        first = self._claim.getsockname()[1] + 1
        # Round robin: nothing may listen yet on a port that was just handed out.
        self._turn = cycle(range(first, first + BLOCK - 1))

    def close(self) -> None:
        """Release the block."""
        self._claim.close()

    def take(self, count: int) -> list[int]:
        """Return ports on which nothing listens."""
        free = (port for port in self._turn if _is_free(port))
        return [next(free) for _ in range(count)]


def _claimed() -> socket.socket:
    for first in range(FIRST, END, BLOCK):
        with suppress(OSError):
            return socket.create_server((LOOPBACK, first))
    raise RuntimeError("all ports for tests are in use")


def _is_free(port: int) -> bool:
    """Return whether nothing listens on a port, at any address of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True
