"""The routes of viewers."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from shared.identity.tokens import Signer
from shared.process.settings import PerAddress, Settings
from tests.api_service.conftest import SIGNER
from tests.api_service.running import SECRET, client_of, ready_client, running, with_proxy

NEW_SECRET = "the next secret of the suite"


async def test_a_stranger_becomes_a_viewer_and_stays_it_by_cookie(api: httpx.AsyncClient) -> None:
    api.cookies.clear()
    first = (await api.get("/get_viewer_id")).json()
    assert SIGNER.verify_viewer(first["viewer_id"])
    assert first["name"] is None
    assert (await api.get("/get_viewer_id")).json() == first
    api.cookies.clear()
    assert (await api.get("/get_viewer_id")).json() != first


@pytest.mark.parametrize("cookie", ["", "x", "01ARZ3NDEKTSV4RRFFQ69G5FAV.AAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_cookie_that_was_not_signed_here_is_replaced(
    api: httpx.AsyncClient, cookie: str
) -> None:
    api.cookies.clear()
    answer = await api.get("/get_viewer_id", headers={"Cookie": f"viewer_id={cookie}"})
    assert SIGNER.verify_viewer(answer.json()["viewer_id"])
    api.cookies.clear()


async def test_a_viewer_is_found_among_other_cookies(api: httpx.AsyncClient) -> None:
    viewer = SIGNER.new_viewer_id()
    for cookies in (
        f"a=b; viewer_id={viewer}; viewer_ids=x",
        f"viewer_id; broken;; viewer_id={viewer}",
        f'viewer_id="{viewer}"',
    ):
        api.cookies.clear()
        answer = await api.get("/get_viewer_id", headers={"Cookie": cookies})
        assert answer.json()["viewer_id"] == viewer
    api.cookies.clear()


async def test_a_cookie_of_escapes_takes_no_longer(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library, which takes seconds before Python 3.11.10 (CVE-2024-7592), has none."""
    unescaped: list[str] = []
    monkeypatch.setattr("http.cookies._unquote", unescaped.append)
    for name in ("a", "viewer_id"):
        api.cookies.clear()
        cookie = name + '="' + r"\1" * 15_000 + '"'
        answer = await api.get("/get_viewer_id", headers={"Cookie": cookie})
        assert answer.status_code == 200
    api.cookies.clear()
    assert unescaped == []


async def test_the_cookie_suits_the_scheme_that_a_trusted_proxy_tells(settings: Settings) -> None:
    over_http = "SameSite=Lax; Path=/; Max-Age=31536000"
    over_https = "SameSite=None; Secure; Partitioned; Path=/; Max-Age=31536000"
    https = {"X-Forwarded-Proto": "https"}
    for configured, headers, attributes in (
        (settings, {}, over_http),
        (settings, https, over_http),
        (with_proxy(settings), https, over_https),
        (with_proxy(settings), {"X-Forwarded-Proto": "https, http"}, over_http),
    ):
        async with ready_client(configured) as api:
            answer = await api.get("/get_viewer_id", headers=headers)
            value = f"viewer_id={answer.json()['viewer_id']}; {attributes}"
            assert answer.headers["Set-Cookie"] == value


async def test_without_cookies_the_body_says_who_it_is(
    api: httpx.AsyncClient, viewer_id: str
) -> None:
    answer = await api.post("/api/viewers", json={"viewer_id": viewer_id})
    assert answer.json() == {"viewer_id": viewer_id, "name": None}
    assert "Set-Cookie" not in answer.headers
    for body in (b"", b"{}", b'{"viewer_id":null}', b'{"viewer_id":"forged"}'):
        issued = (await api.post("/api/viewers", content=body)).json()["viewer_id"]
        assert SIGNER.verify_viewer(issued)
        assert issued != viewer_id


async def test_an_id_signed_with_a_retiring_key_is_signed_anew(
    settings: Settings, viewer_id: str
) -> None:
    async with ready_client(replace(settings, secret_keys=(NEW_SECRET, SECRET))) as api:
        signed = (await api.post("/api/viewers", json={"viewer_id": viewer_id})).json()
    assert signed["viewer_id"] == Signer([NEW_SECRET]).sign_viewer(viewer_id.partition(".")[0])


async def test_a_name_is_cleaned_kept_and_taken_away(
    api: httpx.AsyncClient, viewer_id: str
) -> None:
    path = "/api/viewers/set_name"
    for name, kept in ((" <Ann>\u0000\u202e ", "＜Ann＞"), ("x" * 30, "x" * 24), ("", None)):
        answer = await api.post(path, json={"viewer_id": viewer_id, "name": name})
        assert answer.json() == {"viewer_id": viewer_id, "name": kept}
        answer = await api.post("/api/viewers", json={"viewer_id": viewer_id})
        assert answer.json()["name"] == kept


async def test_half_an_emoji_is_cut_out_of_a_name(api: httpx.AsyncClient, viewer_id: str) -> None:
    """JavaScript writes this for a name that was cut inside an emoji."""
    body = f'{{"viewer_id":"{viewer_id}","name":"Ann\\ud83d"}}'
    answer = await api.post("/api/viewers/set_name", content=body)
    assert answer.json() == {"viewer_id": viewer_id, "name": "Ann"}


async def test_an_address_becomes_only_so_many_viewers(settings: Settings, viewer_id: str) -> None:
    limit = PerAddress(per_minute=1, burst=2)
    elsewhere = {"X-Forwarded-For": "198.51.100.9"}
    async with ready_client(with_proxy(replace(settings, viewers_per_address=limit))) as api:
        answers = [await api.post("/api/viewers", headers=elsewhere) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) >= 1
        confirmed = await api.post("/api/viewers", json={"viewer_id": viewer_id}, headers=elsewhere)
        assert confirmed.status_code == 200, "who is known already takes none of it"


async def test_while_postgresql_is_away_names_cannot_be_set_but_viewers_come(
    settings: Settings, tmp_path: Path, viewer_id: str
) -> None:
    away = replace(settings, database_url=f"postgresql:///x?host={tmp_path}")
    async with ready_client(away) as api:
        body = {"viewer_id": viewer_id, "name": "Ann"}
        answer = await api.post("/api/viewers/set_name", json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
        answer = await api.post("/api/viewers", json={"viewer_id": viewer_id})
        assert answer.json() == {"viewer_id": viewer_id, "name": None}


async def test_while_redis_is_away_a_known_viewer_is_confirmed_with_its_name(
    settings: Settings, tmp_path: Path, viewer_id: str
) -> None:
    async with ready_client(settings) as api:
        await api.post("/api/viewers/set_name", json={"viewer_id": viewer_id, "name": "Ann"})
    away = replace(settings, redis_url=f"unix://{tmp_path}/nobody.sock")
    async with running(away), client_of(away) as api:
        answer = await api.post("/api/viewers", json={"viewer_id": viewer_id})
        assert answer.json() == {"viewer_id": viewer_id, "name": "Ann"}
