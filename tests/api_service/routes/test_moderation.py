"""Moderators: what their tokens allow, and until when; and the search over all who pressed."""

from typing import Any

import httpx
import pytest

from api_service.routes import moderation
from shared.engine.keys import Limit
from shared.engine.moderation import MOST_TOKENS
from shared.engine.replies import TopViewer
from shared.identity.tokens import new_ulid
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, press


async def made(api: httpx.AsyncClient, game: GameRoom) -> dict[str, Any]:
    """Make a moderator token."""
    asked = {"scope": "moderator"}
    answer = await api.post(f"{game.path}/tokens", json=asked, headers=game.owner)
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


def showing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def listed(api: httpx.AsyncClient, game: GameRoom) -> list[dict[str, str]]:
    answer = await api.get(f"{game.path}/tokens", headers=game.owner)
    found: list[dict[str, str]] = answer.json()["tokens"]
    return found


async def test_a_moderator_moderates_until_the_token_is_revoked(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    token = await made(api, game)
    moderator, viewer = showing(token["token"]), {"viewer_id": viewer_id}
    ways = (
        ("GET", "viewers", None),
        ("GET", "fired_by", None),
        ("POST", "block", viewer),
        ("POST", "unblock", viewer),
        ("POST", "hide_names", None),
        ("POST", "show_names", None),
    )
    for method, way, body in ways:
        answer = await api.request(method, f"{game.path}/{way}", json=body, headers=moderator)
        assert answer.status_code == 200, way
    without_secret = {name: token[name] for name in ("token_id", "scope", "expires_at")}
    assert await listed(api, game) == [without_secret]
    revoked = await api.delete(f"{game.path}/tokens/{token['token_id']}", headers=game.owner)
    assert revoked.json() == {"token_id": token["token_id"], "status": "revoked"}
    assert await listed(api, game) == []
    nowhere = await api.delete(f"{game.path}/tokens/no.token", headers=game.owner)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    for method, way, body in ways:
        answer = await api.request(method, f"{game.path}/{way}", json=body, headers=moderator)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_room_has_twenty_tokens_at_most(api: httpx.AsyncClient, game: GameRoom) -> None:
    for _ in range(MOST_TOKENS):
        await made(api, game)
    body = {"scope": "moderator"}
    answer = await api.post(f"{game.path}/tokens", json=body, headers=game.owner)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_tokens")
    assert "20" in answer.json()["detail"]


async def test_tokens_are_made_only_so_often_and_revoked_always(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change adds to the ledger, as changes of settings do, and they share a limit."""
    monkeypatch.setattr(moderation, "CHANGES_LIMIT", Limit("settings", 1, 1))
    token = await made(api, game)
    body = {"scope": "moderator"}
    refused = await api.post(f"{game.path}/tokens", json=body, headers=game.owner)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) >= 1
    one = f"{game.path}/tokens/{token['token_id']}"
    assert (await api.delete(one, headers=game.owner)).status_code == 200


async def test_names_are_hidden_and_shown_again(api: httpx.AsyncClient, game: GameRoom) -> None:
    for way, shown in (("hide_names", False), ("show_names", True)):
        answer = await api.post(f"{game.path}/{way}", headers=game.owner)
        assert answer.json() == {"show_names": shown}
        assert (await api.get(game.path)).json()["settings"]["show_names"] is shown


async def found(api: httpx.AsyncClient, game: GameRoom, **query: str) -> set[str]:
    """The names that a question to the list of viewers finds."""
    answer = await api.get(f"{game.path}/viewers", params=query, headers=game.owner)
    return {viewer["viewer_name"] for viewer in answer.json()["viewers"]}


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("Panda Ⅳ", ["panda", "PANDA", "ｐａｎｄａ", "da iv"]),
        ("Ångström", ["angstrom", "ÅNG", "stro\u0308m"]),
        ("ﾊﾟﾝﾀﾞさん", ["ぱんだ", "パンダ", "ﾊﾟﾝﾀﾞ"]),
    ],
)
async def test_a_search_ignores_case_width_accents_and_kana(
    api: httpx.AsyncClient, game: GameRoom, name: str, spellings: list[str]
) -> None:
    await press(api, game, batch(SIGNER.new_viewer_id(), skill1=1) | {"viewer_name": name})
    await press(api, game, batch(SIGNER.new_viewer_id(), skill1=1) | {"viewer_name": "somebody"})
    for spelling in spellings:
        assert await found(api, game, search=spelling) == {name}, spelling
    assert await found(api, game, search="nobody else") == set()
    assert await found(api, game, search="  ") == {name, "somebody"}, "those who pressed most"


async def test_a_room_is_searched_only_so_often(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its owner and by each moderator: none uses up what another may do. Lists are free."""
    monkeypatch.setattr(moderation, "SEARCHES_LIMIT", Limit("searches", 1, 2))
    for headers in [*[showing((await made(api, game))["token"]) for _ in range(2)], game.owner]:
        answers = [
            await api.get(f"{game.path}/viewers", params={"search": "ann"}, headers=headers)
            for _ in range(3)
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["code"] == "rate_limited"
        assert int(answers[2].headers["Retry-After"]) >= 1
        assert (await api.get(f"{game.path}/viewers", headers=headers)).status_code == 200


async def test_a_moderator_does_not_use_up_the_owners_changes_of_settings(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = [showing((await made(api, game))["token"]) for _ in range(2)]
    monkeypatch.setattr(moderation, "CHANGES_LIMIT", Limit("settings", 1, 1))
    path = f"{game.path}/hide_names"
    answers = [await api.post(path, headers=headers) for headers in (one, one, other)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    change = await api.patch(f"{game.path}/settings", json={"title": "x"}, headers=game.owner)
    assert change.status_code == 200


async def test_a_room_blocks_only_so_many_and_the_owner_more_than_moderators(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids of whoever never came, too. Whom it blocks already, and others again, is no refusal."""
    monkeypatch.setattr(moderation, "MODERATORS_BLOCK", 2)
    monkeypatch.setattr(moderation, "MOST_BLOCKED", 3)
    moderator = showing((await made(api, game))["token"])
    ids = [{"viewer_id": new_ulid()} for _ in range(4)]

    async def told(way: str, n: int, headers: dict[str, str]) -> str:
        answer = await api.post(f"{game.path}/{way}", json=ids[n], headers=headers)
        return str(answer.json().get("code", answer.status_code))

    blocked = [await told("block", n, moderator) for n in (0, 1, 2, 0)]
    assert blocked == ["200", "200", "too_many_blocked", "200"]
    assert [await told("block", n, game.owner) for n in (2, 3)] == ["200", "too_many_blocked"]
    assert await told("unblock", 0, game.owner) == "200"
    assert await told("block", 3, game.owner) == "200"


def test_four_characters_find_an_id_and_three_do_not() -> None:
    viewer = TopViewer("01KB4A2Q9ZV6T3M8XHNRJ5W7CD", "Ann", presses=1, blocked=False)
    assert moderation.fitting("w7cd")(viewer)
    assert not moderation.fitting("7cd")(viewer)


async def test_a_search_finds_by_id_and_the_blocked_have_a_list(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    ulid = viewer_id.partition(".")[0]
    await press(api, game, batch(viewer_id, skill1=1) | {"viewer_name": "Ann"})
    assert await found(api, game, search=ulid[-6:].lower()) == {"Ann"}
    assert await found(api, game, blocked="true") == set()
    await api.post(f"{game.path}/block", json={"viewer_id": ulid}, headers=game.owner)
    assert await found(api, game, blocked="true") == {"Ann"}
