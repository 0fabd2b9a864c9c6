"""A process of attackers, which opens many connections of some kinds and keeps them open.

    python -m tests.attacks.attacker_process PORT ROOM_ID COUNT KIND,…

When every connection is made, and answered if its kind sends a request, it prints one line of JSON.
It keeps the connections until its standard input ends, and then prints a second report. Some kinds
send messages as fast as the gateway reads them.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec
import uvloop

from tests.conformance.frames import PING, TEXT, frame
from tests.wire import get, upgrade

AT_ONCE: Final = 500  # connections being opened at the same time
SLOWLY: Final = 1.0  # s between two bytes
LONG: Final = b"x" * 3_600
SENT_TOGETHER: Final = 32 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """What an attacker sends at once, then byte by byte, then for ever as fast as it is read.

    `asks`: it waits for an answer after what it sends at once.
    """

    first: bytes = b""
    then: bytes = b""
    asks: bool = False
    for_ever: bytes = b""


def game_that_sends(*messages: object) -> Kind:
    """Return a game that opens a room and sends these messages again and again."""
    frames = b"".join(frame(TEXT, msgspec.json.encode(message)) for message in messages)
    together = max(1, SENT_TOGETHER // len(frames))
    return Kind(upgrade("/ws-unity"), asks=True, for_ever=frames * together)


# Settings of 30 KB, which are valid.
CAPTIONS: Final = [{"lang": f"en-x-{n:02}", "text": "wordy " * 6 + "four"} for n in range(16)]
LARGE_BUTTON: Final = {"base": 5, "min": 3, "max": 50, "icon": "i" * 64, "labels": CAPTIONS}
LARGE_SETTINGS: Final = {
    "type": "settings",
    "buttons": [{"event_type": f"skill{n}", **LARGE_BUTTON} for n in range(24)],
}


def kinds(room_id: str) -> Mapping[str, Kind]:
    """Return every way to keep a connection open, by name."""
    press = f"POST /api/rooms/{room_id}/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"
    return {
        "silent": Kind(),
        "body": Kind(press.encode(), LONG),
        "request": Kind(get(f"/api/rooms/{room_id}/stats"), asks=True),
        "game": Kind(upgrade("/ws-unity"), asks=True),
        "viewer": Kind(upgrade(f"/ws-viewer?room_id={room_id}"), asks=True),
        "settings": game_that_sends(LARGE_SETTINGS),
        "rounds": game_that_sends({"type": "game_start"}, {"type": "game_end"}),
        "pings": game_that_sends({"type": "ping"}),
        "acks": game_that_sends({"type": "ack", "epoch": 0, "seq": 0}),
        "control frames": Kind(
            upgrade(f"/ws-viewer?room_id={room_id}"), asks=True, for_ever=frame(PING) * 5_000
        ),
        "outcomes": game_that_sends({"type": "outcome", "epoch": 0, "seq": 1, "status": "done"}),
    }


class Report(msgspec.Struct):
    """The state of the attack."""

    let_in: int  # connected and, if they ask, answered with 200 or 101
    refused: int  # answered with 503
    failed: int  # neither
    held: int  # connections still open
    longest: float  # s after which the service closed a connection, at most


@dataclass
class Attack:
    """Many attackers."""

    port: int
    fates: Counter[str] = field(default_factory=Counter)
    held: int = 0
    longest: float = 0.0
    all_in: asyncio.Event = field(default_factory=asyncio.Event)  # then the floods begin
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def report(self) -> Report:
        fates = self.fates
        return Report(fates["let in"], fates["refused"], fates["failed"], self.held, self.longest)

    async def run(self, kind: Kind, settled: asyncio.Event) -> None:
        """Run one attacker until the service closes its connection."""
        began = time.monotonic()
        try:
            async with self._connected(kind) as (reader, writer):
                settled.set()
                writing = asyncio.create_task(self._write(writer, kind))
                try:
                    await _drained(reader)
                    self.longest = max(self.longest, time.monotonic() - began)
                finally:
                    writing.cancel()
        finally:
            settled.set()

    async def _write(self, writer: asyncio.StreamWriter, kind: Kind) -> None:
        await _trickle(writer, kind.then)
        await self.all_in.wait()
        with suppress(ConnectionError):
            while kind.for_ever and not writer.is_closing():
                writer.write(kind.for_ever)
                await writer.drain()

    @asynccontextmanager
    async def _connected(
        self, kind: Kind
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with self._gate:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(kind.first)
                fate = await _fate(reader) if kind.asks else "let in"
        except (OSError, asyncio.IncompleteReadError):
            self.fates["failed"] += 1
            raise Failed from None
        self.fates[fate] += 1
        self.held += 1
        try:
            yield reader, writer
        finally:
            self.held -= 1
            writer.transport.abort()


class Failed(Exception):
    """No connection could be made."""


async def _fate(reader: asyncio.StreamReader) -> str:
    status = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
    return {b"101": "let in", b"200": "let in", b"503": "refused"}.get(status, "failed")


async def _trickle(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        if writer.is_closing():
            return
        writer.write(bytes([byte]))
        await asyncio.sleep(SLOWLY)


async def _drained(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(65536):
            pass


async def _whatever(attack: asyncio.Task[None]) -> None:
    with suppress(Failed, asyncio.CancelledError):
        await attack


async def main(port: int, room_id: str, count: int, names: Sequence[str]) -> None:
    attack, chosen = Attack(port), [kinds(room_id)[name] for name in names]
    settled = [asyncio.Event() for _ in range(count)]
    tasks = [
        asyncio.create_task(attack.run(chosen[n % len(chosen)], event))
        for n, event in enumerate(settled)
    ]
    await asyncio.gather(*(event.wait() for event in settled))
    _print(attack.report())
    attack.all_in.set()
    await asyncio.to_thread(sys.stdin.read)
    last = attack.report()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*map(_whatever, tasks))
    _print(last)


def _print(report: Report) -> None:
    print(msgspec.json.encode(report).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4].split(",")))
