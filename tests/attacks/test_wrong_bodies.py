"""Bodies that are wrong: each is paid for before it is parsed; an IP address sends only so many."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import NamedTuple

import httpx
import msgspec
import pytest

from api_service.http.requests import SMALL_BODY_LIMIT
from api_service.routes import rooms
from api_service.studio.media_files import PICTURE_LIMIT, SOUND_LIMIT
from shared.engine.keys import CHANGES_LIMIT, Limit
from shared.identity.addresses import ROW, STORAGE
from shared.process.settings import PerAddress, Settings
from shared.wire.room_settings import DEFAULT_SETTINGS, validate
from shared.wire.room_settings import encode as stored
from tests.api_service.running import ready_client, with_proxy
from tests.attacks.access_rights import IDS, ROUTES
from tests.attacks.attackers import stranger
from tests.attacks.hoard import LARGE, bearer, opened

TOO_LARGE = "body_too_large"
encode = msgspec.json.encode
MANY = PerAddress(per_minute=100, burst=100)
SETUPS = "/api/studio/setups"
MEDIA = "/api/studio/media"
WRONG_SETTINGS = {**LARGE, "multipliers": [{"up_to": 5, "factor": 1}, {"up_to": 9}]}
WRONG = ("room", "settings", "setup", "changed setup", "picture", "sound")
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


class Request(NamedTuple):
    """A request with a wrong body."""

    method: str
    path: str
    content: bytes
    headers: dict[str, str] | None = None

    async def send(self, http: httpx.AsyncClient) -> int:
        """Send it as it is; return the answer's status."""
        return (
            await http.request(*self[:2], content=self.content, headers=self.headers)
        ).status_code


async def wrong(http: httpx.AsyncClient, name: str) -> Request:
    """The largest request of this name, which is wrong at its end."""
    room, studio = await opened(http, "/api/rooms"), await opened(http, "/api/studios")
    owner, key = bearer(room["room_token"]), bearer(studio["studio_key"])
    new_setup = {"name": "x", "settings": {}}
    setup = (await http.post(SETUPS, json=new_setup, headers=key)).json()["setup_id"]
    wanted = encode({"name": "x", "settings": WRONG_SETTINGS})
    picture, sound = ({**key, "Content-Type": kind} for kind in ("image/webp", "audio/wav"))
    settings = f"/api/rooms/{room['room_id']}/settings"
    return {
        "room": Request("POST", "/api/rooms", encode({"settings": WRONG_SETTINGS})),
        "settings": Request("PATCH", settings, encode(WRONG_SETTINGS), owner),
        "setup": Request("POST", SETUPS, wanted, key),
        "changed setup": Request("PUT", f"{SETUPS}/{setup}", wanted, key),
        "picture": Request("POST", MEDIA, b"x" * PICTURE_LIMIT, picture),
        "sound": Request("POST", MEDIA, b"x" * SOUND_LIMIT, sound),
    }[name]


@pytest.mark.parametrize("name", WRONG)
async def test_whose_budget_is_used_up_is_refused_before_the_body_is_parsed(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is invalid pays for its length: an address has so many tries."""
    request = await wrong(http, name)
    spend_at_most(monkeypatch, 3 * (ROW + len(request.content)))
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
    a_copy = ROW + len(stored(validate({**LARGE, "title": "0"})).encode())
    spend_at_most(monkeypatch, 2 * a_copy)
    settle_at(http, stranger())
    answers = [await http.patch(path, json={"title": f"{n}"}, headers=owner) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    spend_at_most(monkeypatch, 2 * (ROW + len(stored(DEFAULT_SETTINGS).encode())))
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
