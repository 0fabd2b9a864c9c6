"""The ways to store something for good, as one IP address."""

import json
import random
import string
from collections.abc import Awaitable, Callable, Mapping
from itertools import count, cycle, product
from typing import Any, Final, NamedTuple

import httpx

from shared.identity.tokens import new_ulid
from tests.api_service.studio.files import wav

Answering = Callable[[], Awaitable[httpx.Response]]
Way = Callable[[httpx.AsyncClient, "Held"], Awaitable[Answering]]

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
