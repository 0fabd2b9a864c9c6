"""The published schema. That answers conform to it is checked in every test of a route."""

from dataclasses import replace

import httpx
import msgspec
import pytest
from openapi_spec_validator import validate

from api_service.routes.examples import EXAMPLES
from shared.process.settings import Settings
from tests.api_service.running import ready_client


async def test_it_is_valid(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    validate(document)
    assert document["openapi"].startswith("3.1")


async def test_a_press_names_every_code_that_it_may_answer(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    responses = document["paths"]["/api/rooms/{room_id}/events"]["post"]["responses"]
    schemas = {
        status: response["content"]["application/problem+json"]["schema"]
        for status, response in responses.items()
        if status != "200"
    }
    codes = {status: set(s["properties"]["code"]["enum"]) for status, s in schemas.items()}
    assert codes == {
        "400": {"invalid_body", "invalid_push_count", "unknown_event_type"},
        "401": {"invalid_viewer"},
        "404": {"room_not_found"},
        "409": {"game_not_started"},
        "413": {"body_too_large"},
        "503": {"ledger_full", "overloaded", "store_unavailable"},
        "default": {"internal_error", "method_not_allowed"},
    }
    assert responses["503"]["headers"]["Retry-After"]["required"]


async def test_every_body_has_examples_that_are_what_they_should_be(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    for shape, example in EXAMPLES.items():
        assert msgspec.convert(example, shape)
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            assert "application/json" not in content or content["application/json"]["examples"]


async def test_a_new_room_links_to_all_that_can_be_done_with_it(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    links = document["paths"]["/api/rooms"]["post"]["responses"]["201"]["links"]
    assert set(links) == {
        operation["operationId"]
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if "{room_id}" in path
    }
    assert all(link["operationId"] == name for name, link in links.items())


async def test_a_query_is_never_null(api: httpx.AsyncClient) -> None:
    """A query cannot express null: an unset parameter is left out."""
    document = (await api.get("/openapi.json")).json()
    _, *asked = document["paths"]["/api/rooms/{room_id}/results"]["get"]["parameters"]
    assert {parameter["name"]: parameter["schema"]["type"] for parameter in asked} == {
        "viewer_id": "string",
        "round": "integer",
    }


async def test_settings_say_that_they_are_read_to_the_letter(api: httpx.AsyncClient) -> None:
    """Unknown fields are refused; patterns avoid syntax that languages read differently."""
    document = (await api.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    closed = {name for name, found in schemas.items() if "additionalProperties" in found}
    assert {"RoomSettings", "Button", "Label", "Multiplier", "Theme", "TeamNames"} <= closed
    assert "ud800" not in msgspec.json.encode(schemas).decode()


@pytest.mark.parametrize(
    ("path", "method", "scheme", "status"),
    [
        ("/api/rooms", "post", "game_key", "401"),
        ("/api/rooms/{room_id}/settings", "patch", "room_token", "403"),
        ("/api/rooms/{room_id}/reset", "post", "room_token", "403"),
        ("/api/rooms/{room_id}/block", "post", "room_or_moderator_token", "403"),
        ("/metrics", "get", "admin_token", "401"),
    ],
)
async def test_what_needs_a_secret_says_which(
    settings: Settings, path: str, method: str, scheme: str, status: str
) -> None:
    guarded = replace(settings, game_keys=("a key",), admin_token="a token")
    async with ready_client(guarded) as api:
        document = (await api.get("/openapi.json")).json()
    operation = document["paths"][path][method]
    assert operation["security"] == [{scheme: []}]
    assert status in operation["responses"]
    assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
    assert scheme in document["components"]["securitySchemes"]


@pytest.mark.parametrize(
    ("path", "method", "scheme"),
    [("/api/rooms", "post", "game_key"), ("/metrics", "get", "admin_token")],
)
async def test_where_the_service_has_no_secret_none_need_be_shown(
    api: httpx.AsyncClient, path: str, method: str, scheme: str
) -> None:
    """No request is refused without it."""
    document = (await api.get("/openapi.json")).json()
    validate(document)
    operation = document["paths"][path][method]
    assert operation["security"] == [{}, {scheme: []}]
    assert "401" not in operation["responses"]
    assert (await api.request(method, path)).is_success
