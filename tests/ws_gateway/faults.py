"""A Valkey that tests kill, stop and restart, and a link to it that tests cut."""

import asyncio
import ctypes
import signal
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.embedded import programs
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from tests.conftest import free_ports

BLOCK = 64 * 1024  # bytes

# A socket's own filter of packets (Linux, socket(7)), for which nobody needs a privilege: what it
# drops was never there for TCP, so the sender's kernel sends it again, as over a cable that is cut.
ATTACH_FILTER, DETACH_FILTER = 26, 27
NOTHING_PASSES = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF: return 0
FILTER = struct.pack("HP", 1, ctypes.addressof(NOTHING_PASSES))


@dataclass
class Valkey:
    """A server that has each answered write on disk."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, with the data it had, and wait until it answers."""
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": ""}
        options |= {"appendonly": "yes", "appendfsync": "always"}
        arguments = [str(part) for name in options for part in (f"--{name}", options[name])]
        self.process = await asyncio.create_subprocess_exec(
            programs.valkey(),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert self.process.stdout is not None
        while b"Ready to accept" not in (line := await self.process.stdout.readline()):
            assert line, "it has ended"

    async def kill(self) -> None:
        """Kill it, as in a crash."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
            self.process = None

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)


@asynccontextmanager
async def own_valkey(folder: Path, *, started: bool = True) -> AsyncIterator[Valkey]:
    """A separate server for one test."""
    (port,) = free_ports(1)
    valkey = Valkey(folder, port)
    folder.mkdir(exist_ok=True)
    try:
        if started:
            await valkey.start()
        yield valkey
    finally:
        await valkey.kill()


@dataclass
class Link:
    """A way to a port or a unix socket that can be cut silently: what is open carries nothing.

    While `flows` is clear everything waits where it is. Each block takes `delay` s, either way.
    """

    port: int
    target: int | Path
    delay: float = 0.0
    flows: asyncio.Event = field(default_factory=asyncio.Event)
    carried: int = 0  # blocks, either way
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _cut: set[asyncio.StreamWriter] = field(default_factory=set)
    _near: set[Any] = field(default_factory=set)  # what others have open here, and the listener

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def unplug(self) -> None:
        """Drop every packet from now on, on open and opening connections."""
        for near in self._open():
            near.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, FILTER)

    def plug_in(self) -> None:
        """Stop dropping packets; the peer's kernel retransmits."""
        for near in self._open():
            with suppress(FileNotFoundError):  # it came after `unplug`
                near.setsockopt(socket.SOL_SOCKET, DETACH_FILTER, 0)

    def _open(self) -> list[Any]:
        return [near for near in self._near if near.fileno() >= 0]

    def cut(self) -> None:
        """Carry nothing more on open connections, not even a close; new connections work."""
        self._cut |= self._writers

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection; close it at once if nothing listens behind the link."""
        try:
            far_reader, far_writer = await self._reach()
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        near = writer.get_extra_info("socket")
        self._near.add(near)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, far_writer))
                group.create_task(self._carry(far_reader, writer))
        finally:
            self._near.discard(near)

    def listens_on(self, listeners: Iterable[Any]) -> None:
        """Include these listening sockets, so that `unplug` also affects new connections."""
        self._near.update(listeners)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, int):
            return await asyncio.open_connection("127.0.0.1", self.target)
        return await asyncio.open_unix_connection(self.target)

    def drop(self) -> None:
        """End every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # uvloop has a RuntimeError of its own for writing to what the other side has just closed.
        with suppress(OSError, RuntimeError):
            while block := await reader.read(BLOCK):
                self.carried += 1
                await self.flows.wait()
                if writer in self._cut:
                    pass
                elif self.delay:
                    # Behind one another, not each after the one before has arrived.
                    asyncio.get_running_loop().call_later(self.delay, _write, writer, block)
                else:
                    writer.write(block)
                    await writer.drain()
        if writer not in self._cut:
            await asyncio.sleep(self.delay)
            self._writers.discard(writer)
            writer.close()


def _write(writer: asyncio.StreamWriter, block: bytes) -> None:
    with suppress(OSError, RuntimeError):
        writer.write(block)


@asynccontextmanager
async def link_to(
    target: int | Path, *, delay: float = 0.0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Link]:
    """A link that works until it is cut; with TLS if it is given a context."""
    (own,) = free_ports(1)
    link = Link(own, target, delay)
    link.flows.set()
    server = await asyncio.start_server(link.serve, "127.0.0.1", own, ssl=tls)
    link.listens_on(server.sockets)
    try:
        yield link
    finally:
        server.close()
        link.drop()


async def command(valkey: Valkey, *words: str) -> None:
    """Send a command to a server directly."""
    async with open_store(valkey.url, client_name="streamario-test", library=LIBRARY) as store:
        await store.command(*words)
