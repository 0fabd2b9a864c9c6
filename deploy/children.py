"""Runs services in processes of their own, so that each can use a core; if one ends, all end.

Each is a child that runs this module, too: `python -P -m deploy.children MODULE:FUNCTION`. Its
standard input is a socket to the parent. The parent sends `Orders` there, after their length, while
the child already imports the service's modules. The answer is one line: `READY` once the service
listens, or the reason, in JSON, why it cannot serve. Each line that then comes from the parent is a
`Tunnel` in JSON, which has changed. End of file means that the parent has died, even by kill -9.
"""

import asyncio
import os
import pickle
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Final

import msgspec

from clients.terminal.terminal_io import CommandError
from deploy import texts
from deploy.errors import sentence_for_user
from deploy.screen_log import ScreenLog
from deploy.serve import Shutdown, once_ready, run, serve
from deploy.services import ListeningService
from shared.process.settings import Settings, Tunnel
from shared.process.telemetry import configure_logging
from shared.wire.languages import Sentence

READY: Final = b"ready\n"
LENGTH_BYTES: Final = 8
READ_BYTES: Final = 65536
FAILED: Final = 2
STOPPED: Final = (0, -signal.SIGTERM)  # the signal, if it came before the child handled signals


# What a child serves, and how it logs: for a person at a terminal if there is a screen.
Orders = tuple[ListeningService, Settings, ScreenLog | None]


@dataclass(slots=True)
class Child:
    """A process, and its end of the socket that is the process's standard input."""

    service: ListeningService
    process: asyncio.subprocess.Process
    reports: asyncio.StreamReader
    orders: asyncio.StreamWriter

    async def serve(
        self,
        settings: Settings,
        screen: ScreenLog | None,
        *,
        stop: asyncio.Event,
        ready: asyncio.Event,
    ) -> CommandError | None:
        """Let it serve until it ends, then set `stop`; return the error if it was not asked to."""
        orders = pickle.dumps((self.service, settings, screen))
        self.orders.write(len(orders).to_bytes(LENGTH_BYTES, "big") + orders)
        reason = None
        with suppress(ConnectionResetError):  # it was killed before it read its orders
            async for line in self.reports:
                if line == READY:
                    ready.set()
                else:
                    reason = msgspec.json.decode(line, type=Sentence)
        status = await self.process.wait()
        in_order = stop.is_set() and status in STOPPED
        stop.set()
        return None if in_order else CommandError(reason or self._ended(status))

    def _ended(self, status: int) -> Sentence:
        how = texts.BY_SIGNAL if status < 0 else texts.WITH_STATUS
        signal_name = signal.Signals(-status).name if status < 0 else ""
        return texts.SERVICE_ENDED.about(
            name=self.service.name,
            process=self.process.pid,
            how=how.about(signal=signal_name, status=status),
        )

    def tell(self, tunnel: Tunnel) -> None:
        """Tell it where the tunnel leads from now on; call this once it has its orders."""
        if not self.orders.is_closing():
            self.orders.write(msgspec.json.encode(tunnel) + b"\n")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.process.returncode is None:
            self.process.send_signal(number)


@asynccontextmanager
async def started(services: Sequence[ListeningService]) -> AsyncIterator[list[Child]]:
    """Start a process for each service; they import their modules and wait for `serve_all`.

    They inherit the services' listeners. Those that still run when the block ends are killed.
    """
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_started(service)) for service in services]


@asynccontextmanager
async def _started(service: ListeningService) -> AsyncIterator[Child]:
    ours, theirs = socket.socketpair()
    reports, orders = await asyncio.open_unix_connection(sock=ours)
    with closing(orders):
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "deploy.children", service.part),
                stdin=theirs.fileno(),
                pass_fds=service.listeners,
                # Ctrl-C reaches the parent alone, which then asks the children.
                start_new_session=True,
            )
        child = Child(service, process, reports, orders)
        try:
            yield child
        finally:
            child.send(signal.SIGKILL)
            await process.wait()


async def serve_all(
    children: Sequence[Child],
    settings: Settings,
    screen: ScreenLog | None,
    stop: asyncio.Event,
    announce: Callable[[], None],
) -> None:
    """Serve until `stop` is set, or a child ends; then all of them drain and end.

    Calls `announce` when all listen. Raises CommandError if a child ended unasked or in an error.
    If this is cancelled or `announce` fails, the children are killed.
    """
    ready = [asyncio.Event() for _ in children]
    try:
        async with asyncio.TaskGroup() as group:
            announcing = group.create_task(once_ready(ready, announce))
            stopping = group.create_task(_terminate(children, stop))
            serving = [
                group.create_task(child.serve(settings, screen, stop=stop, ready=listens))
                for child, listens in zip(children, ready, strict=True)
            ]
            await asyncio.wait(serving)
            announcing.cancel()
            stopping.cancel()
    except BaseException:
        for child in children:
            child.send(signal.SIGKILL)
        raise
    for failed in filter(None, [task.result() for task in serving]):
        raise failed


async def _terminate(children: Sequence[Child], stop: asyncio.Event) -> None:
    await stop.wait()
    for child in children:
        child.send(signal.SIGTERM)


def main(part: str) -> int:
    """As a child, serve as ordered until SIGTERM, and return the exit status."""
    resolve_name(part)
    with socket.socket(fileno=sys.stdin.fileno()) as parent:
        if (orders := _orders(parent)) is None:
            return FAILED
        service, settings, screen = orders
        configure_logging(settings.log_level, settings.log_format)
        if screen:
            screen.show()

        async def obey(shutdown: Shutdown) -> None:
            _follow(parent, settings.tunnel)
            await serve(settings, [service], shutdown, lambda: parent.sendall(READY))

        try:
            return run(obey, lambda: None)
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
