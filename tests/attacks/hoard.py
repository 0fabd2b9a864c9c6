"""Stores as much as one IP address can, in each of the ways that there are.

    python -m tests.attacks.hoard [--seconds S]

For each way it prints how many requests were answered in which way within that time, and by how
much PostgreSQL and Redis grew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import string
import tempfile
import time
from collections import Counter
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import uvloop
from redis.asyncio import Redis
from sqlalchemy import text

from api_service.books.database import ANSWER_TIMEOUT, open_database
from shared.identity.tokens import new_ulid
from tests.api_service.studio.files import wav
from tests.attacks.assailants import stranger
from tests.attacks.flood import own_fleet
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    Answering = Callable[[], Awaitable[httpx.Response]]
    Way = Callable[[httpx.AsyncClient], Awaitable[Answering]]

AT_ONCE: Final = 16  # requests
CHANCE: Final = random.Random(0)


def noise(length: int) -> str:
    """Text that PostgreSQL cannot compress."""
    return "".join(CHANCE.choices(string.ascii_letters, k=length))


def _button(n: int) -> dict[str, Any]:
    labels = [{"lang": f"aa-{noise(8)}", "text": noise(40)} for _ in range(16)]
    presses = {"base": 5, "min": 3, "max": 50}
    return {"event_type": f"b{n}", "labels": labels, "icon": noise(64), **presses}


LARGE: Final = {
    "masked_words": [noise(31) for _ in range(200)],
    "buttons": [_button(n) for n in range(24)],
}
SOUND: Final = wav(CHANCE.randbytes(199 * 1024))


async def opened(http: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """A new room or studio."""
    answer = await http.post(path, json={})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _owner(http: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    room = await opened(http, "/api/rooms")
    return f"/api/rooms/{room['room_id']}", bearer(room["room_token"])


async def _studios(http: httpx.AsyncClient) -> list[dict[str, str]]:
    return [bearer((await opened(http, "/api/studios"))["studio_key"]) for _ in range(10)]


async def setups(http: httpx.AsyncClient) -> Answering:
    """Large setups in ten studios."""
    keys = cycle(await _studios(http))
    body = json.dumps({"name": "x", "settings": LARGE}).encode()
    return lambda: http.post("/api/studio/setups", content=body, headers=next(keys))


async def changed_setup(http: httpx.AsyncClient) -> Answering:
    """One setup, replaced again and again."""
    key = bearer((await opened(http, "/api/studios"))["studio_key"])
    body = json.dumps({"name": "x", "settings": LARGE}).encode()
    made = await http.post("/api/studio/setups", content=body, headers=key)
    path = f"/api/studio/setups/{made.json()['setup_id']}"
    return lambda: http.put(path, content=body, headers=key)


async def media(http: httpx.AsyncClient) -> Answering:
    """Sounds in ten studios, each another one."""
    keys, numbers = cycle(await _studios(http)), count()

    def upload() -> Awaitable[httpx.Response]:
        content = SOUND[:-8] + next(numbers).to_bytes(8, "big")
        headers = {**next(keys), "Content-Type": "audio/wav"}
        return http.post("/api/studio/media", content=content, headers=headers)

    return upload


async def histories(http: httpx.AsyncClient) -> Answering:
    """One room in the histories of many studios and back again."""
    room = await opened(http, "/api/rooms")
    path, keys = f"/api/studio/rooms/{room['room_id']}", cycle(await _studios(http))
    body = {"room_token": room["room_token"]}
    return lambda: http.put(path, json=body, headers=next(keys))


async def rooms(http: httpx.AsyncClient) -> Answering:
    """Rooms with large settings."""
    body = json.dumps({"settings": LARGE}).encode()
    return lambda: http.post("/api/rooms", content=body)


async def settings(http: httpx.AsyncClient) -> Answering:
    """A change of large settings, in ten rooms."""
    owners = cycle([await _owner(http) for _ in range(9)])
    body = json.dumps(LARGE).encode()

    def change() -> Awaitable[httpx.Response]:
        path, headers = next(owners)
        return http.patch(f"{path}/settings", content=body, headers=headers)

    return change


async def blocks(http: httpx.AsyncClient) -> Answering:
    """Blocks of ids that nobody has."""
    path, headers = await _owner(http)
    return lambda: http.post(f"{path}/block", json={"viewer_id": new_ulid()}, headers=headers)


async def block_and_unblock(http: httpx.AsyncClient) -> Answering:
    """The block of one id, and its end, again and again."""
    path, headers = await _owner(http)
    body, verbs = {"viewer_id": new_ulid()}, cycle(("block", "unblock"))
    return lambda: http.post(f"{path}/{next(verbs)}", json=body, headers=headers)


async def resets(http: httpx.AsyncClient) -> Answering:
    """A reset of the counts, again and again."""
    path, headers = await _owner(http)
    return lambda: http.post(f"{path}/reset", headers=headers)


async def names(http: httpx.AsyncClient) -> Answering:
    """Names of as many viewers as an address becomes at once."""
    made = [(await http.post("/api/viewers", json={})).json()["viewer_id"] for _ in range(200)]
    ids = cycle(made)
    return lambda: http.post(
        "/api/viewers/set_name", json={"viewer_id": next(ids), "name": "x" * 24}
    )


WAYS: Final[Mapping[str, Way]] = {
    way.__name__: way
    for way in (
        setups,
        changed_setup,
        media,
        histories,
        rooms,
        settings,
        blocks,
        block_and_unblock,
        resets,
        names,
    )
}


async def at_full_speed(ask: Answering, seconds: float) -> Counter[int]:
    """Ask `AT_ONCE` at a time; returns how many answers had which status."""
    answered: Counter[int] = Counter()
    until_ = time.monotonic() + seconds

    async def one() -> None:
        while time.monotonic() < until_:
            answered[(await ask()).status_code] += 1

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return answered


async def _sizes(redis_url: str, database_url: str) -> tuple[int, int]:
    """PostgreSQL's and Redis' size, bytes, once all of the ledger is booked."""
    async with Redis.from_url(redis_url, decode_responses=True) as redis:

        async def is_booked() -> bool:
            streams = [key async for key in redis.scan_iter("*:ledger", _type="stream")]
            return not [key for key in streams if await redis.xlen(key) > 1]

        await until(is_booked, within=60)
        used = int((await redis.info("memory"))["used_memory"])
    async with (
        open_database(database_url) as database,
        database.transaction(ANSWER_TIMEOUT) as connection,
    ):
        stored = await connection.scalar(text("SELECT pg_database_size(current_database())"))
    return int(stored), used


async def _strangers(url: str) -> AsyncIterator[httpx.AsyncClient]:
    while True:
        headers = {"X-Forwarded-For": stranger()}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http:
            yield http


async def main(seconds: float) -> None:
    """Store in each way, each from an address of its own, and print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, redis_url):
            api = await fleet.api(TRUSTED_PROXIES="127.0.0.1/32")
            database_url = api.environment["DATABASE_URL"]
            clients = _strangers(api.url)
            for name, way in WAYS.items():
                http = await anext(clients)
                ask = await way(http)
                before = await _sizes(redis_url, database_url)
                answered = await at_full_speed(ask, seconds)
                after = await _sizes(redis_url, database_url)
                grown = (f"{(b - a) / 1e6:8.2f}" for a, b in zip(before, after, strict=True))
                print(f"{name:18} {' MB in PostgreSQL, '.join(grown)} MB in Redis", dict(answered))
            await clients.aclose()  # type: ignore[attr-defined]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    uvloop.run(main(parser.parse_args().seconds))
