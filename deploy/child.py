"""Runs one service in a process of its own, a child of `deploy.children`.

    python -P -m deploy.child MODULE:FUNCTION

Standard input is a socket to the parent. The parent sends `Orders` there, after their length, while
this process already imports the service's modules. The answer is one line: `READY` once the service
listens, or the reason, in JSON, why it cannot serve. Each line that then comes from the parent is a
`Tunnel` in JSON, which has changed. End of file means that the parent has died, even by kill -9.
"""

import asyncio
import os
import pickle
import socket
import sys
from pkgutil import resolve_name
from typing import Final

import msgspec

from deploy.children import LENGTH_BYTES, READY, Orders
from deploy.errors import sentence_for_user
from deploy.serve import Shutdown, run, serve
from shared.process.settings import Tunnel
from shared.process.telemetry import configure_logging

FAILED: Final = 2
READ_BYTES: Final = 65536


def main(part: str) -> int:
    """Serve as ordered until SIGTERM, and return the exit status."""
    resolve_name(part)
    with socket.socket(fileno=sys.stdin.fileno()) as parent:
        if (orders := _orders(parent)) is None:
            return FAILED
        configure_logging(orders.settings.log_level, orders.settings.log_format)
        if orders.screen:
            orders.screen.show()
        try:
            return run(lambda shutdown: _serve(parent, orders, shutdown), lambda: None)
        except ExceptionGroup as group:
            if (reason := sentence_for_user(group)) is None:
                raise
            parent.sendall(msgspec.json.encode(reason) + b"\n")
            return FAILED


def _orders(parent: socket.socket) -> Orders | None:
    """Read the orders, and nothing after them; None if the parent has died."""
    length = int.from_bytes(parent.recv(LENGTH_BYTES, socket.MSG_WAITALL), "big")
    sent = parent.recv(length, socket.MSG_WAITALL) if length else b""
    orders: Orders | None = pickle.loads(sent) if len(sent) == length > 0 else None
    return orders


async def _serve(parent: socket.socket, orders: Orders, shutdown: Shutdown) -> None:
    _follow(parent, orders.settings.tunnel)
    await serve(orders.settings, [orders.service], shutdown, lambda: parent.sendall(READY))


def _follow(parent: socket.socket, tunnel: Tunnel | None) -> None:
    """Note where the tunnel leads whenever the parent says it, and end when the parent dies."""
    begun = b""

    def read() -> None:
        nonlocal begun
        if not (sent := parent.recv(READ_BYTES)):
            # Without the parent there is nothing to drain for: Redis and PostgreSQL end with it.
            os._exit(FAILED)
        *lines, begun = (begun + sent).split(b"\n")
        if lines and tunnel:
            now = msgspec.json.decode(lines[-1], type=Tunnel)
            tunnel.url, tunnel.confirmed = now.url, now.confirmed

    asyncio.get_running_loop().add_reader(parent, read)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
