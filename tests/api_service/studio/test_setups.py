"""The routes of setups."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from api_service.studio import media, setups
from api_service.studio.setups import media_in
from shared.identity.addresses import ROW, STORAGE
from shared.identity.tokens import Signer, new_ulid
from shared.process.settings import Settings
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.api_service.running import client_of, ready_client, running, with_proxy
from tests.api_service.studio.files import Studio, age, picture

PATH = "/api/studio/setups"


def showing(*media: str) -> dict[str, Any]:
    """Settings that name these media, as the buttons' pictures."""
    buttons = msgspec.to_builtins(DEFAULT_SETTINGS.buttons)
    return {"buttons": [{**b, "image": i} for b, i in zip(buttons, media, strict=False)]}


async def saved(studio: Studio, settings: object = None, name: str = "Dragons") -> dict[str, Any]:
    """A setup that is stored now."""
    answer = await studio.ask("POST", PATH, json={"name": name, "settings": settings or {}})
    assert answer.status_code == 201, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


async def test_a_setup_is_stored_listed_changed_and_deleted(api: httpx.AsyncClient) -> None:
    studio = Studio(api)
    image = await studio.stored(picture())
    first = await saved(studio, {"title": "Friday", **showing(image)}, " Dragons\u202e\n")
    assert first["name"] == "Dragons"
    assert first["settings"]["buttons"][0]["image"] == image
    assert first["settings"]["starts"] == "game", "what is left out takes its default"
    second = await saved(studio, name="名" * 61)
    assert second["name"] == "名" * 60
    path = f"{PATH}/{first['setup_id']}"
    assert (await studio.ask("GET", path)).json() == first
    listed = (await studio.ask("GET", PATH)).json()
    assert listed["studio_key"] == studio.key
    assert [each["setup_id"] for each in listed["setups"]] == [
        second["setup_id"],
        first["setup_id"],
    ]
    assert {**listed["setups"][1]} == {
        "setup_id": first["setup_id"],
        "name": "Dragons",
        "updated_at": first["updated_at"],
        "buttons": 1,
    }
    wanted = {"name": "Goblins", "settings": {"title": "Saturday"}}
    changed = (await studio.ask("PUT", path, json=wanted)).json()
    assert (changed["name"], changed["settings"]["title"]) == ("Goblins", "Saturday")
    assert changed["updated_at"] >= first["updated_at"]
    assert (await studio.ask("GET", path)).json() == changed
    assert (await studio.ask("DELETE", path)).json() == {"setup_id": first["setup_id"]}
    for method in ("GET", "DELETE"):
        assert (await studio.ask(method, path)).status_code == 404


async def test_a_method_that_setups_do_not_have_is_refused_with_those_that_they_have(
    api: httpx.AsyncClient,
) -> None:
    studio = Studio(api)
    path = f"{PATH}/{(await saved(studio))['setup_id']}"
    for where, methods in (
        (PATH, {"GET", "HEAD", "POST"}),
        (path, {"GET", "HEAD", "PUT", "DELETE"}),
    ):
        answer = await studio.ask("PATCH", where)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == methods
        assert (await studio.ask("HEAD", where)).status_code == 200


async def test_a_studio_knows_its_own_setups_alone(api: httpx.AsyncClient) -> None:
    owner, stranger = Studio(api), Studio(api)
    setup = await saved(owner)
    assert (await stranger.ask("GET", PATH)).json()["setups"] == []
    wanted = {"name": "x", "settings": {}}
    for setup_id in (setup["setup_id"], new_ulid(), "x", "%00"):
        for method, sent in (("GET", {}), ("PUT", {"json": wanted}), ("DELETE", {})):
            answer = await stranger.ask(method, f"{PATH}/{setup_id}", **sent)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await owner.ask("GET", f"{PATH}/{setup['setup_id']}")).json() == setup


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        (b"", "invalid_body", "JSON"),
        (b"[]", "invalid_body", "object"),
        (b'{"settings":{}}', "invalid_body", "name"),
        (b'{"name":"\\u200b \\n","settings":{}}', "invalid_body", "name"),
        (b'{"name":7,"settings":{}}', "invalid_body", "name"),
        (b'{"name":"x"}', "invalid_settings", "settings"),
        (b'{"name":"x","settings":{"buttons":[{}]}}', "invalid_settings", "buttons[0].base"),
        (b'{"name":"x","settings":{"nonsense":1}}', "invalid_settings", "nonsense"),
        (b'{"name":"x","pad":"%b"}' % (b"x" * 65_536), "body_too_large", "65536"),
    ],
)
async def test_what_is_wrong_with_a_setup_is_named(
    api: httpx.AsyncClient, body: bytes, code: str, told: str
) -> None:
    studio = Studio(api)
    setup = await saved(studio)
    for method, path in (("POST", PATH), ("PUT", f"{PATH}/{setup['setup_id']}")):
        answer = await studio.ask(method, path, content=body)
        assert answer.json()["code"] == code, answer.text
        assert told in answer.text
    assert len((await studio.ask("GET", PATH)).json()["setups"]) == 1


async def test_a_setup_names_media_of_its_own_studio(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Studio(api)
    own, other = await studio.stored(picture(400)), await Studio(api).stored(picture())
    settings = {**showing(own, other), "theme": {"logo": "0" * 32}}
    answer = await studio.ask("POST", PATH, json={"name": "x", "settings": settings})
    assert answer.json()["code"] == "invalid_settings"
    problems = {problem["field"] for problem in answer.json()["problems"]}
    assert problems == {"buttons[1].image", "theme.logo"}
    monkeypatch.setattr(setups, "SETUP_MEDIA_LIMIT", 500)
    await saved(studio, showing(own, own))
    heavy = showing(own, await studio.stored(picture(101)))
    answer = await studio.ask("POST", PATH, json={"name": "x", "settings": heavy})
    assert answer.json()["problems"][0]["field"] == "settings"


def test_media_are_found_wherever_they_stand() -> None:
    its_id = "0123456789abcdef" * 2
    settings = {"theme": {"logo": its_id}, "buttons": [{"sound": "chime"}, {"sound": its_id}]}
    assert dict(media_in(settings)) == {"theme.logo": its_id, "buttons[1].sound": its_id}
    assert not list(media_in({"title": its_id.upper(), "icon": its_id + "\n", "n": 1}))


async def test_media_that_a_setup_names_are_kept(
    api: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "STUDIO_LIMIT", 1_000)
    studio = Studio(api)
    image = await studio.stored(picture(600))
    setup = await saved(studio, showing(image))
    await age(database_url, image)
    assert (await studio.upload(picture(600))).json()["code"] == "studio_full"
    await studio.ask("DELETE", f"{PATH}/{setup['setup_id']}")
    await studio.stored(picture(600))
    answer = await studio.ask("POST", PATH, json={"name": "x", "settings": showing(image)})
    assert answer.json()["code"] == "invalid_settings"


async def test_a_studio_has_fifty_setups(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert setups.SETUPS_LIMIT == 50
    monkeypatch.setattr(setups, "SETUPS_LIMIT", 3)
    studio = Studio(api)
    wanted = {"name": "x", "settings": {}}
    answers = await asyncio.gather(*(studio.ask("POST", PATH, json=wanted) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 3
    assert {a.json().get("code") for a in answers} == {None, "studio_full"}


async def test_of_two_changes_at_once_one_is_last_and_whole(api: httpx.AsyncClient) -> None:
    studio = Studio(api)
    path = f"{PATH}/{(await saved(studio))['setup_id']}"
    wanted = [{"name": name, "settings": {"title": name}} for name in ("one", "two")]
    answers = await asyncio.gather(*(studio.ask("PUT", path, json=each) for each in wanted))
    found = (await studio.ask("GET", path)).json()
    assert found in [answer.json() for answer in answers]
    assert found["name"] == found["settings"]["title"]


async def test_a_setup_that_is_deleted_while_it_is_changed_is_gone(api: httpx.AsyncClient) -> None:
    """Whichever comes first: the change is done or finds no setup."""
    studio = Studio(api)
    for _ in range(10):
        path = f"{PATH}/{(await saved(studio))['setup_id']}"
        changes = [studio.ask("PUT", path, json={"name": "x", "settings": {}}) for _ in range(3)]
        *changed, deleted = await asyncio.gather(*changes, studio.ask("DELETE", path))
        assert {answer.status_code for answer in changed} <= {200, 404}
        assert deleted.status_code == 200
        assert (await studio.ask("GET", path)).status_code == 404


async def test_who_waits_for_a_studio_holds_no_connection(
    api: httpx.AsyncClient, database_url: str, viewer_id: str
) -> None:
    """While another process changes it, changes are refused at once, and all else goes on."""
    studio, other = Studio(api), Studio(api)
    path, wanted = f"{PATH}/{(await saved(studio))['setup_id']}", {"name": "x", "settings": {}}
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('streamario studio ' || %s, 0))"
    with psycopg.connect(database_url) as another_process:
        another_process.execute(lock, [studio.studio_id])
        errors = await store_errors(api)
        changes = [asyncio.create_task(studio.ask("PUT", path, json=wanted)) for _ in range(100)]
        assert (await studio.ask("GET", path)).status_code == 200
        assert await saved(other)
        name = {"viewer_id": viewer_id, "name": "Aki"}
        assert (await api.post("/api/viewers/set_name", json=name)).status_code == 200
        for answer in await asyncio.gather(*changes):
            assert (answer.status_code, answer.json()["code"]) == (503, "busy")
            assert answer.headers["Retry-After"] == "1"
    assert (await studio.ask("PUT", path, json=wanted)).status_code == 200
    assert await store_errors(api) == errors  # no operator is called


async def store_errors(api: httpx.AsyncClient) -> list[str]:
    """The lines of the metrics that tell how often a server was away."""
    lines = (await api.get("/metrics")).text.splitlines()
    return [line for line in lines if line.startswith("streamario_store_errors_total")]


async def test_a_setup_counts_with_all_its_defaults(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is stored: a body of a few bytes is many times as long there."""
    monkeypatch.setitem(STORAGE, "burst", ROW + 1_000)
    async with ready_client(with_proxy(settings)) as api:
        headers = {**Studio(api).owner, "X-Forwarded-For": "192.0.2.98"}
        answer = await api.post(PATH, json={"name": "Dragons", "settings": {}}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")


async def test_a_key_of_an_old_signing_key_is_renewed(settings: Settings) -> None:
    """So that a streamer who comes by keeps the studio when the old key is removed."""
    rotated = replace(settings, secret_keys=("a newer secret", *settings.secret_keys))
    async with running(rotated), client_of(rotated) as api:
        old = Signer(settings.secret_keys).sign_studio(studio_id := new_ulid())
        headers = {"Authorization": f"Bearer {old}"}
        renewed = (await api.get(PATH, headers=headers)).json()["studio_key"]
    assert Signer(["a newer secret"]).verify_studio_key(renewed) == studio_id


async def test_without_postgresql_nothing_is_lost_silently(settings: Settings) -> None:
    away = replace(settings, database_url="postgresql://127.0.0.1:1/none")
    async with running(away), client_of(away) as api:
        studio = Studio(api)
        wanted = {"name": "x", "settings": {}}
        for answer in (
            await studio.ask("GET", PATH),
            await studio.ask("POST", PATH, json=wanted),
            await studio.ask("PUT", f"{PATH}/{new_ulid()}", json=wanted),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
            assert answer.headers["Retry-After"] == "1"
