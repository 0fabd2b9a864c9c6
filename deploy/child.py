"""Runs one service in a process of its own, a child of `deploy.children`.

    python -P -m deploy.child MODULE:FUNCTION

Standard input is a socket to the parent. The parent sends `Orders` there, while this process
already imports the service's modules. The answer is one line: `READY` once the service listens, or
the reason, in JSON, why it cannot serve. End of file means that the parent has died, even by
kill -9.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import sys
from pkgutil import resolve_name
from typing import Final

import msgspec

from deploy.children import READY, Orders
from deploy.errors import sentence_for_user
from deploy.serve import Shutdown, run, serve
from shared.process.telemetry import configure_logging

FAILED: Final = 2


def main(part: str) -> int:
    """Serve as ordered until SIGTERM, and return the exit status."""
    resolve_name(part)
    with socket.socket(fileno=sys.stdin.fileno()) as parent:
        try:
            with parent.makefile("rb") as sent:
                orders: Orders = pickle.load(sent)
        except EOFError:
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


async def _serve(parent: socket.socket, orders: Orders, shutdown: Shutdown) -> None:
    # Without the parent there is nothing to drain for: Redis and PostgreSQL end with it.
    asyncio.get_running_loop().add_reader(parent, os._exit, FAILED)
    await serve(orders.settings, [orders.service], shutdown, lambda: parent.sendall(READY))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
