"""Stores as much as one IP address can, in one way after the other.

    python -m tests.attacks.hoard [--seconds S]

For each way it prints how many requests were answered in which way within that time, and by how
much PostgreSQL and Redis grew.
"""

import argparse
import asyncio
import json
import random
import string
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from itertools import count, cycle, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import uvloop
from redis.asyncio import Redis
from sqlalchemy import text

from api_service.books.database import ANSWER_TIMEOUT, open_database
from shared.identity.tokens import new_ulid
from tests.api_service.studio.files import wav
from tests.attacks.attackers import stranger
from tests.attacks.flood import own_fleet
from tests.waiting import until

Answering = Callable[[], Awaitable[httpx.Response]]
Way = Callable[[httpx.AsyncClient, "Held"], Awaitable[Answering]]

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


class Held(NamedTuple):
    """The headers of an address's studios, and the path, headers and token of its rooms."""

    studios: list[dict[str, str]]
    rooms: list[tuple[str, dict[str, str], str]]


async def hold(http: httpx.AsyncClient) -> Held:
    """Open as many studios and rooms as an address may at once, but one room."""
    studios = [await opened(http, "/api/studios") for _ in range(10)]
    rooms = [await opened(http, "/api/rooms") for _ in range(9)]
    return Held(
        [bearer(studio["studio_key"]) for studio in studios],
        [(room["room_id"], bearer(room["room_token"]), room["room_token"]) for room in rooms],
    )


async def opened(http: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """Open a room or a studio."""
    answer = await http.post(path, json={})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bearer(token: str) -> dict[str, str]:
    """The header of a secret."""
    return {"Authorization": f"Bearer {token}"}


async def setups(http: httpx.AsyncClient, held: Held) -> Answering:
    """Large setups in ten studios."""
    keys, body = cycle(held.studios), json.dumps({"name": "x", "settings": LARGE}).encode()
    return lambda: http.post("/api/studio/setups", content=body, headers=next(keys))


async def changed_setup(http: httpx.AsyncClient, held: Held) -> Answering:
    """One setup, replaced again and again."""
    key, path = held.studios[0], "/api/studio/setups"
    small = {"name": "x", "settings": {}}
    await http.post(path, json=small, headers=key)
    setup_id = (await http.get(path, headers=key)).json()["setups"][0]["setup_id"]
    body = json.dumps({"name": "x", "settings": LARGE}).encode()
    return lambda: http.put(f"{path}/{setup_id}", content=body, headers=key)


async def media(http: httpx.AsyncClient, held: Held) -> Answering:
    """Sounds in ten studios, each another one."""
    keys, numbers = cycle(held.studios), count()

    def upload() -> Awaitable[httpx.Response]:
        content = SOUND[:-8] + next(numbers).to_bytes(8, "big")
        headers = {**next(keys), "Content-Type": "audio/wav"}
        return http.post("/api/studio/media", content=content, headers=headers)

    return upload


async def histories(http: httpx.AsyncClient, held: Held) -> Answering:
    """Rooms in the histories of ten studios."""
    pairs = cycle(product(held.rooms, held.studios))

    def keep() -> Awaitable[httpx.Response]:
        (room_id, _, token), key = next(pairs)
        body = {"room_token": token}
        return http.put(f"/api/studio/rooms/{room_id}", json=body, headers=key)

    return keep


async def handle(http: httpx.AsyncClient, held: Held) -> Answering:
    """One handle, chosen again and again."""
    key, body = held.studios[0], {"handle": f"h{new_ulid().lower()}"}
    studio_id = key["Authorization"].removeprefix("Bearer ").partition(".")[0]
    return lambda: http.put(f"/api/studios/{studio_id}/handle", json=body, headers=key)


async def rooms(http: httpx.AsyncClient, _held: Held) -> Answering:
    """Rooms with large settings."""
    body = json.dumps({"settings": LARGE}).encode()
    return lambda: http.post("/api/rooms", content=body)


async def settings(http: httpx.AsyncClient, held: Held) -> Answering:
    """Changes of large settings, in nine rooms."""
    its, body = cycle(held.rooms), json.dumps(LARGE).encode()

    def change() -> Awaitable[httpx.Response]:
        room_id, headers, _ = next(its)
        return http.patch(f"/api/rooms/{room_id}/settings", content=body, headers=headers)

    return change


async def blocks(http: httpx.AsyncClient, held: Held) -> Answering:
    """Blocks of ids that nobody has."""
    room_id, headers, _ = held.rooms[0]
    path = f"/api/rooms/{room_id}/block"
    return lambda: http.post(path, json={"viewer_id": new_ulid()}, headers=headers)


async def block_and_unblock(http: httpx.AsyncClient, held: Held) -> Answering:
    """The block of one id, and its end, again and again."""
    room_id, headers, _ = held.rooms[0]
    body, verbs = {"viewer_id": new_ulid()}, cycle(("block", "unblock"))
    return lambda: http.post(f"/api/rooms/{room_id}/{next(verbs)}", json=body, headers=headers)


async def resets(http: httpx.AsyncClient, held: Held) -> Answering:
    """A reset of the counts, again and again."""
    room_id, headers, _ = held.rooms[0]
    return lambda: http.post(f"/api/rooms/{room_id}/reset", headers=headers)


async def names(http: httpx.AsyncClient, _held: Held) -> Answering:
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
        handle,
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

        await until(is_booked)
        used = int((await redis.info("memory"))["used_memory"])
    async with (
        open_database(database_url) as database,
        database.checks.transaction(ANSWER_TIMEOUT) as connection,
    ):
        stored = await connection.scalar(text("SELECT pg_database_size(current_database())"))
    return int(stored), used


async def main(seconds: float) -> None:
    """Store in one way after the other, from one address, and print what came of each."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, redis_url):
            api = await fleet.api(TRUSTED_PROXIES="127.0.0.1/32")
            database_url, headers = api.environment["DATABASE_URL"], {"X-Forwarded-For": stranger()}
            async with httpx.AsyncClient(base_url=api.url, headers=headers, timeout=None) as http:
                held = await hold(http)
                first = before = await _sizes(redis_url, database_url)
                for name, way in WAYS.items():
                    answered = await at_full_speed(await way(http, held), seconds)
                    after = await _sizes(redis_url, database_url)
                    print(f"{name:18} {_grown(before, after)}", dict(answered), flush=True)
                    before = after
                print(f"{'together':18} {_grown(first, before)}")


def _grown(before: tuple[int, int], after: tuple[int, int]) -> str:
    database, redis = ((b - a) / 1e6 for a, b in zip(before, after, strict=True))
    return f"{database:8.2f} MB in PostgreSQL, {redis:6.2f} MB in Redis"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    uvloop.run(main(parser.parse_args().seconds))
