"""Ports on loopback for the servers of a test, which nobody else is given.

Each process has a block of its own: test runs go on side by side, and each has several workers. A
port that was free when somebody looked would be another's by the time that it is used.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from itertools import cycle
from typing import Final

# Below the ports that Linux takes for connections going out, which are from 32768 on.
FIRST: Final = 10_000
END: Final = 32_000
BLOCK: Final = 500
LOOPBACK: Final = "127.0.0.1"


class Ports:
    """A block of ports: whoever listens on its first one, here or in another process, has it."""

    def __init__(self) -> None:
        self._claim = _claimed()
        first = self._claim.getsockname()[1] + 1
        # In turn: one that was given away a moment ago may not be listened on yet.
        self._turn = cycle(range(first, first + BLOCK - 1))

    def close(self) -> None:
        """Let others have the block."""
        self._claim.close()

    def take(self, count: int) -> list[int]:
        """Ports that nothing listens on."""
        free = (port for port in self._turn if _is_free(port))
        return [next(free) for _ in range(count)]


def _claimed() -> socket.socket:
    for first in range(FIRST, END, BLOCK):
        with suppress(OSError):
            return socket.create_server((LOOPBACK, first))
    raise RuntimeError("all ports for tests are in use")


def _is_free(port: int) -> bool:
    """Whether nothing listens on it, at any address of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True
