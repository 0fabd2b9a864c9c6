"""Runs services in processes of their own, so that each can use a core; starts again what ends.

Each is a child that runs this module, too: `python -P -m deploy.children MODULE:FUNCTION`. Its
standard input is a socket to the parent. The parent sends `Orders` there, after their length, while
the child already imports the service's modules. The answer is one line: `READY` once the service
listens, or the reason, in JSON, why it cannot serve. Each line that then comes from the parent is a
`Tunnel` in JSON, which has changed. End of file means that the parent has died, even by kill -9;
so does a reset, which follows if the parent had not read the answer.
"""

import asyncio
import os
import pickle
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Final

import msgspec

from clients.terminal.terminal_io import CommandError
from deploy import texts
from deploy.errors import sentence_for_user
from deploy.restarts import Restarts, note_restart
from deploy.screen_log import ScreenLog
from deploy.serve import Shutdown, once_ready, run, serve
from deploy.services import ListeningService
from shared.process.settings import Settings, Tunnel
from shared.process.telemetry import configure_logging
from shared.wire.languages import Sentence

READY: Final = b"ready\n"
LENGTH_BYTES: Final = 8
FAILED: Final = 2
STOPPED: Final = (0, -signal.SIGTERM)  # the signal, if it came before the child handled signals


# What a child serves, and how it logs: for a person at a terminal if there is a screen.
Orders = tuple[ListeningService, Settings, ScreenLog | None]


@dataclass(slots=True)
class Child:
    """A service's process, and our end of the socket that is the process's standard input.

    When the service is started again, both are new.
    """

    service: ListeningService
    process: asyncio.subprocess.Process
    reports: asyncio.StreamReader
    orders: asyncio.StreamWriter

    async def keep(
        self,
        settings: Settings,
        screen: ScreenLog | None,
        *,
        stop: asyncio.Event,
        ready: asyncio.Event,
    ) -> CommandError | None:
        """Let it serve until `stop` is set, and start it again if it ends before.

        If it ends before it listens, ends too often, or does not stop in order, set `stop` and
        return the error.
        """
        restarts = Restarts()
        while error := await self._serve(settings, screen, stop=stop, ready=ready):
            try:
                if stop.is_set() or not ready.is_set():
                    raise error
                pause = restarts.pause_after(error)
            except CommandError as final:
                stop.set()
                return final
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            if stop.is_set():
                return None
            self.orders.close()
            self.process, self.reports, self.orders = await _started_process(self.service)
            if stop.is_set():
                self.send(signal.SIGTERM)
        return None

    async def _serve(
        self,
        settings: Settings,
        screen: ScreenLog | None,
        *,
        stop: asyncio.Event,
        ready: asyncio.Event,
    ) -> CommandError | None:
        """Let it serve until it ends; return the error if it was not asked to."""
        orders = pickle.dumps((self.service, settings, screen))
        self.orders.write(len(orders).to_bytes(LENGTH_BYTES, "big") + orders)
        reason = None
        with suppress(ConnectionResetError):  # it was killed before it read its orders
            async for line in self.reports:
                if line != READY:
                    reason = msgspec.json.decode(line, type=Sentence)
                elif ready.is_set():
                    note_restart(self.service.name.en, self.process.pid)
                else:
                    ready.set()
        status = await self.process.wait()
        in_order = stop.is_set() and status in STOPPED
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
    child = Child(service, *await _started_process(service))
    try:
        yield child
    finally:
        child.orders.close()
        child.send(signal.SIGKILL)
        await child.process.wait()


async def _started_process(
    service: ListeningService,
) -> tuple[asyncio.subprocess.Process, asyncio.StreamReader, asyncio.StreamWriter]:
    ours, theirs = socket.socketpair()
    reports, orders = await asyncio.open_unix_connection(sock=ours)
    with theirs, ExitStack() as unless_started:
        unless_started.enter_context(closing(orders))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "deploy.children", service.part),
            stdin=theirs.fileno(),
            pass_fds=service.listeners,
            # Ctrl-C reaches the parent alone, which then asks the children.
            start_new_session=True,
        )
        unless_started.pop_all()
    return process, reports, orders


async def serve_all(
    children: Sequence[Child],
    settings: Settings,
    screen: ScreenLog | None,
    stop: asyncio.Event,
    announce: Callable[[], None],
    listeners: ExitStack,
) -> None:
    """Serve until `stop` is set, or a child cannot go on; then all of them drain and end.

    A child that ends unasked is started again; until it listens, connections wait in `listeners`,
    which are closed at the stop. Calls `announce` when all listen. Raises CommandError if a child
    ended before it listened, too often, or in an error. If this is cancelled or `announce` fails,
    the children are killed.
    """
    ready = [asyncio.Event() for _ in children]
    try:
        async with asyncio.TaskGroup() as group:
            announcing = group.create_task(once_ready(ready, announce))
            stopping = group.create_task(_terminate(children, stop, listeners))
            serving = [
                group.create_task(child.keep(settings, screen, stop=stop, ready=listens))
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


async def _terminate(children: Sequence[Child], stop: asyncio.Event, listeners: ExitStack) -> None:
    await stop.wait()
    listeners.close()
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
            following = asyncio.create_task(_follow(parent, settings.tunnel))
            await serve(settings, [service], shutdown, lambda: parent.sendall(READY))
            following.cancel()

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


async def _follow(parent: socket.socket, tunnel: Tunnel | None) -> None:
    """Note where the tunnel leads whenever the parent says it, and end when the parent dies."""
    # A stream, not `add_reader`: uvloop stops watching a socket that is reset, without a call.
    orders, _ = await asyncio.open_unix_connection(sock=parent.dup())
    with suppress(ConnectionResetError):
        async for line in orders:
            if tunnel:
                now = msgspec.json.decode(line, type=Tunnel)
                tunnel.url, tunnel.confirmed = now.url, now.confirmed
    # Without the parent there is nothing to drain for: Redis and PostgreSQL end with it.
    os._exit(FAILED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
