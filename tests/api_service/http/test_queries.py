"""Queries: those that the API reads, and those that it leaves alone."""

import httpx
import pytest
from starlette import requests as starlette_requests

from shared.identity.tokens import new_ulid
from shared.wire.query import FIELDS_LIMIT
from tests.api_service.conftest import SIGNER, GameRoom

MANY = "&".join(f"{n:x}" for n in range(2_000))
STUDIO = {"Authorization": f"Bearer {SIGNER.sign_studio(new_ulid())}"}


@pytest.fixture(autouse=True)
def _left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starlette parses a query of any length: it must not be asked to."""

    def parse(*_: object) -> None:
        raise AssertionError("a query is parsed without a limit")

    monkeypatch.setattr(starlette_requests, "QueryParams", parse)


async def test_a_query_of_many_fields_is_refused_by_each_route_that_reads_one(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """After the token or the key, and before it is parsed."""
    document = (await api.get("/openapi.json")).json()
    read = [
        (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if any(each["in"] == "query" for each in operation.get("parameters", ()))
    ]
    assert len(read) >= 6
    for method, path in read:
        headers = STUDIO if path.startswith("/api/studio/") else game.owner
        url = path.replace("{room_id}", game.room_id).replace("{round}", "1")
        body = {"title": "x"} if method == "patch" else None
        for query, said in ((MANY, "20"), ("&" * FIELDS_LIMIT, "20"), ("%FF", "cannot be read")):
            answer = await api.request(method, f"{url}?{query}", json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query"), path
            assert said in answer.json()["detail"]


async def test_a_query_may_have_so_many_fields(api: httpx.AsyncClient, game: GameRoom) -> None:
    """A `;` separates none."""
    others = "&".join(f"x{n}=;;;;;;;;;;" for n in range(FIELDS_LIMIT - 1))
    answer = await api.get(f"{game.path}/results?round=1&{others}")
    assert (answer.status_code, answer.json()["code"]) == (409, "room_not_ended")


async def test_a_route_that_reads_no_query_answers_as_without_one(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    press = {"viewer_id": viewer_id, "event_type": "skill1"}
    answer = await api.post(f"{game.path}/events?{MANY}", json=press)
    assert answer.json()["accepted"] == 1
    async with httpx.AsyncClient(base_url=api.base_url) as http:
        for path in (game.path, f"{game.path}/stats", f"/play/{game.room_id}", "/console", "/j"):
            assert (await http.get(f"{path}?{MANY}")).status_code == 200, path
