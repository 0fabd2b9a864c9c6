"""Bad input: the documented answer, never a 500, and nothing counted."""

from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from shared.redis_store.store import Store
from tests.api_service.conftest import SIGNER, GameRoom
from tests.room_keys import room_keys

UNKNOWN_ROOM = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
VIEWER = SIGNER.new_viewer_id()
DEEP = b'{"viewer_id":"x","deep":' + b"[" * 4_000


class Bad(NamedTuple):
    """A body, and the expected answer."""

    body: bytes
    status: int
    code: str


def json(**fields: object) -> bytes:
    return msgspec.json.encode(fields)


def events(*entries: object) -> bytes:
    return json(viewer_id=VIEWER, push_events=entries)


def counts(text: str) -> Bad:
    """A press whose push_count is written like this."""
    event = f'{{"button_name":"skill1","push_count":{text}}}'
    body = f'{{"viewer_id":"{VIEWER}","push_events":[{event}]}}'
    return Bad(body.encode(), 400, "invalid_push_count")


def invalid(*bodies: bytes) -> list[Bad]:
    return [Bad(body, 400, "invalid_body") for body in bodies]


# What no route that takes a body accepts.
NO_OBJECT = invalid(
    b"null", b"[]", b'"text"', b"1", b"{", b"\xff\xfe", b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b"NaN",
    DEEP, b'{"viewer_id":"\\ud800"}',
)  # fmt: skip
NO_VIEWER = invalid(b"", b"{}", json(viewer_id=None), json(viewer_id=5), json(viewer_id=[VIEWER]))
FORGED = [
    Bad(json(viewer_id=text, name="x", event_type="skill1"), 401, "invalid_viewer")
    for text in ("", UNKNOWN_ROOM, f"{UNKNOWN_ROOM}.AAAAAAAAAAAAAAAAAAAAAA", "é" * 50)
]
TOO_LARGE = Bad(json(viewer_id=VIEWER, name="x", pad="x" * 16_384), 413, "body_too_large")
FAR_TOO_LARGE = Bad(json(title="x" * 65_536), 413, "body_too_large")

PRESSES = [
    *NO_OBJECT,
    *NO_VIEWER,
    *FORGED,
    TOO_LARGE,
    *map(counts, ("0", "-1", "1.5", "2147483648", "1e400", "9" * 60, "true", "null", '"1"', "[]")),
    Bad(events({"button_name": "skill1"}), 400, "invalid_push_count"),
    *invalid(
        # Half a character is cut out of names only, and out of what is JSON otherwise.
        b'{"viewer_name":"\\ud83d","viewer_id":"%b","event_type":"\\ud83d"}' % VIEWER.encode(),
        b'{"viewer_name":"\\ud83d","viewer_id":"%b","event_type":"skill1","x":NaN}'
        % VIEWER.encode(),
        b'{"viewer_name":"\\ud83d","viewer_id":"%b","event_type":"skill1","x":%b}'
        % (VIEWER.encode(), b"9" * 5_000),
        b'{"viewer_name":"\\ud83d","x":' + b"[" * 15_000,
        b'{"viewer_name":"\\ud83d",',
        json(viewer_id=VIEWER),
        json(viewer_id=VIEWER, push_events=[], event_type="skill1"),
        json(viewer_id=VIEWER, push_events={}),
        json(viewer_id=VIEWER, event_type=None),
        json(viewer_id=VIEWER, event_type="skill1", viewer_name=7),
        json(viewer_id=VIEWER, event_type="skill1", batch_id=""),
        json(viewer_id=VIEWER, event_type="skill1", batch_id="b" * 65),
        json(viewer_id=VIEWER, event_type="skill1", batch_id=7),
        events("skill1"),
        events({"push_count": 1}),
        events(*[{"button_name": "a", "push_count": 1}] * 257),
    ),
    *(
        Bad(json(viewer_id=VIEWER, event_type=name), 400, "unknown_event_type")
        for name in ("", "skill9", "SKILL1", "skill1 ", "\0", "é", "x" * 5000, "__proto__")
    ),
]
NAMES = [
    *NO_OBJECT,
    *NO_VIEWER,
    *FORGED,
    TOO_LARGE,
    *invalid(json(viewer_id=VIEWER), json(viewer_id=VIEWER, name=None)),
]
SETTINGS = [
    Bad(body, 400, "invalid_settings" if body[:1] in b'n["1' else "invalid_body")
    for body, *_ in NO_OBJECT
    if body not in (b"NaN", DEEP, b"\xef\xbb\xbf{}")
]
BLOCKS = invalid(b"", b"{}", json(viewer_id=1), json(viewer_id=""), json(viewer_id="x.y"))

ROUTES: dict[str, list[Bad]] = {
    "POST /events": PRESSES,
    "POST /join": [*NO_OBJECT, *NO_VIEWER, *FORGED, TOO_LARGE],
    "POST /block": [*NO_OBJECT, *BLOCKS, TOO_LARGE],
    "PATCH /settings": [*SETTINGS, *invalid(b""), FAR_TOO_LARGE],
    "POST /tokens": [*NO_OBJECT, *invalid(b"", b"{}", json(scope="owner")), TOO_LARGE],
    "POST /api/viewers/set_name": NAMES,
    "POST /api/viewers": [*NO_OBJECT, *invalid(json(viewer_id=5)), TOO_LARGE],
    "POST /api/rooms": [
        *NO_OBJECT,
        Bad(json(settings=[]), 400, "invalid_settings"),
        Bad(json(settings={"title": 1}), 400, "invalid_settings"),
        *invalid(json(studio_key=7), json(studio_key={})),
        FAR_TOO_LARGE,
    ],
}


@pytest.mark.parametrize("route", ROUTES)
async def test_bad_bodies_are_named_and_change_nothing(
    api: httpx.AsyncClient, game: GameRoom, store: Store, route: str
) -> None:
    method, _, path = route.partition(" ")
    path = path if path.startswith("/api") else game.path + path
    before = await _state(store, game)
    for body, status, code in ROUTES[route]:
        answer = await api.request(method, path, content=body, headers=game.owner)
        found = (answer.status_code, answer.json()["code"])
        assert found == (status, code), (body[:200], answer.text)
        assert answer.json()["error"] == answer.json()["detail"]
    assert await _state(store, game) == before


@pytest.mark.parametrize("body", [json(viewer_id=VIEWER, event_type="skill1")])
async def test_the_field_that_is_wrong_is_named(
    api: httpx.AsyncClient, game: GameRoom, body: bytes
) -> None:
    for bad, field in (
        (counts("0").body, "push_events[0].push_count"),
        (json(viewer_id=7), "viewer_id"),
        (json(viewer_id=VIEWER, event_type="skill1", batch_id=""), "batch_id"),
    ):
        answer = await api.post(f"{game.path}/events", content=bad)
        assert answer.json()["detail"].startswith(f"{field}: ")
    answer = await api.post("/api/rooms", json={"studio_key": 7})
    assert answer.json()["detail"].startswith("studio_key: Expected ")


@pytest.mark.parametrize(
    "room_id", [UNKNOWN_ROOM, "01arz3ndektsv4rrffq69g5fav", "%00", "%F0%9F%92%A3", "a" * 5000]
)
async def test_a_room_that_is_not_there_is_404_on_every_route(
    api: httpx.AsyncClient, room_id: str
) -> None:
    viewer = {"viewer_id": VIEWER}
    press = {**viewer, "event_type": "skill1"}
    requests: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("GET", "/stats", None),
        ("GET", "/results", None),
        ("GET", "/results?round=1", None),
        ("POST", "/join", viewer),
        ("POST", "/events", press),
    ]
    for method, route, body in requests:
        answer = await api.request(method, f"/api/rooms/{room_id}{route}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "room_not_found"), route


async def _state(store: Store, game: GameRoom) -> tuple[object, ...]:
    keys = room_keys(game.room_id)
    return (
        await store.command("HGETALL", keys.counts(1)),
        await store.command("HGETALL", keys.room),
        await store.command("ZCARD", keys.active),
    )
