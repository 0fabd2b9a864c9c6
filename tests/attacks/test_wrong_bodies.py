"""Bodies that are wrong: each is paid for before it is parsed, so an IP address sends only so many.

`python -m tests.attacks.wrong_bodies` floods real processes with them, and prints measurements.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from api_service.http.requests import SMALL_BODY_LIMIT
from api_service.routes import rooms
from shared.engine.keys import CHANGES_LIMIT, Limit
from shared.identity.addresses import ROW, STORAGE
from shared.process.settings import PerAddress, Settings
from shared.wire.room_settings import DEFAULT_SETTINGS, encode, validate
from tests.api_service.running import ready_client, with_proxy
from tests.attacks.access_rights import IDS, ROUTES
from tests.attacks.attackers import stranger
from tests.attacks.hoard import LARGE, bearer, opened
from tests.attacks.wrong_bodies import MEDIA, NEW_SETUP, PATCH, ROOMS, SETUPS, requests

TOO_LARGE = "body_too_large"
MANY = PerAddress(per_minute=100, burst=100)
WRONG = (
    *(ROOMS, PATCH, NEW_SETUP, "PUT /api/studio/setups/…"),
    *("POST /api/studio/media, picture", "POST /api/studio/media, sound"),
)
# They read more, and pay first; a press's limits are its viewer's, who is known from the body.
LARGER = (
    "POST /api/rooms",
    "PATCH /api/rooms/{room_id}/settings",
    f"POST {SETUPS}",
    f"PUT {SETUPS}/{{setup_id}}",
    f"POST {MEDIA}",
    "POST /api/rooms/{room_id}/events",
)


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that believes its X-Forwarded-For, and opens many rooms."""
    async with ready_client(replace(with_proxy(settings), rooms_per_address=MANY)) as client:
        yield client


def spend_at_most(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """An address stores so many bytes, and a byte a second."""
    monkeypatch.setitem(STORAGE, "burst", size)
    monkeypatch.setitem(STORAGE, "per_minute", 60)


def settle_at(http: httpx.AsyncClient, address: str) -> None:
    http.headers["X-Forwarded-For"] = address


@pytest.mark.parametrize("name", WRONG)
async def test_whose_budget_is_used_up_is_refused_before_the_body_is_parsed(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is invalid pays for its length: an address has so many tries."""
    request = (await requests(http))[name]
    spend_at_most(monkeypatch, 3 * (ROW + len(request.body)))
    address = stranger()
    for settled, told in ((address, [400, 400, 400, 429]), (stranger(), [400])):
        settle_at(http, settled)
        assert [await request.send(http) for _ in told] == told
    settle_at(http, address)
    valid = await http.post("/api/rooms", json={"settings": LARGE})
    assert (valid.status_code, valid.json()["code"]) == (429, "rate_limited")


async def test_a_room_that_is_asked_for_in_vain_counts_as_one(settings: Settings) -> None:
    two_a_minute = PerAddress(per_minute=2, burst=2)
    async with ready_client(replace(with_proxy(settings), rooms_per_address=two_a_minute)) as http:
        settle_at(http, stranger())
        bodies = (b"{", b'{"settings":{"title":5}}', b"{", b"{}")
        answers = [await http.post("/api/rooms", content=body) for body in bodies]
    assert [answer.status_code for answer in answers] == [400, 400, 429, 429]


async def test_a_room_takes_sixty_patches_valid_or_not(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also from addresses without limits."""
    slow = Limit(CHANGES_LIMIT.purpose, 1, CHANGES_LIMIT.burst)
    monkeypatch.setattr(rooms, "CHANGES_LIMIT", slow)
    room = await opened(http, "/api/rooms")
    path, owner = f"/api/rooms/{room['room_id']}/settings", bearer(room["room_token"])
    wrong = [await http.patch(path, content=b"{", headers=owner) for _ in range(61)]
    assert [answer.status_code for answer in wrong] == [400] * 60 + [429]
    valid = await http.patch(path, json={"title": "Quiz"}, headers=owner)
    assert (valid.status_code, valid.json()["code"]) == (429, "rate_limited")


async def test_a_small_change_pays_for_all_that_it_stores(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger gets a copy of all settings, and a new room has defaults."""
    room = (await http.post("/api/rooms", json={"settings": LARGE})).json()
    path, owner = f"/api/rooms/{room['room_id']}/settings", bearer(room["room_token"])
    a_copy = ROW + len(encode(validate({**LARGE, "title": "0"})).encode())
    spend_at_most(monkeypatch, 2 * a_copy)
    settle_at(http, stranger())
    answers = [await http.patch(path, json={"title": f"{n}"}, headers=owner) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    spend_at_most(monkeypatch, 2 * (ROW + len(encode(DEFAULT_SETTINGS).encode())))
    settle_at(http, stranger())
    answers = [await http.post("/api/rooms") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


@pytest.mark.parametrize(
    "route", [name for name, row in ROUTES.items() if row.body is not None and name not in LARGER]
)
async def test_every_other_route_reads_four_kilobytes(http: httpx.AsyncClient, route: str) -> None:
    """So little costs next to nothing to parse."""
    room = await opened(http, "/api/rooms")
    studio = await opened(http, "/api/studios")
    secret = studio["studio_key"] if "/studio" in route else room["room_token"]
    ids = {**IDS, "room_id": room["room_id"], "studio_id": studio["studio_id"]}
    method, path = route.format(**ids).split()
    for length, code in ((SMALL_BODY_LIMIT, "invalid_body"), (SMALL_BODY_LIMIT + 1, TOO_LARGE)):
        answer = await http.request(method, path, content=b"x" * length, headers=bearer(secret))
        assert answer.json()["code"] == code
