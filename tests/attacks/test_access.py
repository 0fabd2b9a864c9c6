"""Access control as one table: every route and socket, with every kind of secret.

The routes are those of the published schema: a route without a row here fails the run.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from shared.identity.tokens import Signer
from shared.process.settings import Settings
from shared.wire.game_messages import RoomCreated
from tests.api_service.running import running
from tests.attacks.access_rights import (
    ANYBODY,
    GAME,
    IDS,
    KEYS,
    NEW,
    RETIRED,
    ROUTES,
    SOCKETS,
    answers,
    expected_answers,
    moderated_room,
    refusal_of,
    secret,
)
from tests.room_keys import new_room_id
from tests.wire import get, upgrade, wired
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway


@pytest.fixture
async def room(crowd: Crowd) -> RoomCreated:
    """A room with a running round and a moderator."""
    return await moderated_room(crowd)


@pytest.fixture
async def api_with_secrets(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """An API service with every kind of secret configured."""
    own = replace(settings, **KEYS)
    async with running(own), httpx.AsyncClient(base_url=own.api_url) as http:
        yield http


async def test_every_route_has_a_row(api_with_secrets: httpx.AsyncClient) -> None:
    document = (await api_with_secrets.get("/openapi.json")).json()
    paths: dict[str, dict[str, object]] = document["paths"]
    published = {f"{method.upper()} {path}" for path in paths for method in paths[path]}
    assert published == set(ROUTES)


async def test_every_socket_has_a_row(gateway: Running) -> None:
    channels = (await gateway.get("/asyncapi.json")).json()["channels"].values()
    paths = {target.partition("?")[0] for target in SOCKETS if target.startswith("/ws-")}
    assert {channel["address"].partition("?")[0] for channel in channels} == paths


async def test_each_route_opens_to_whom_it_should_and_to_nobody_else(
    api_with_secrets: httpx.AsyncClient, room: RoomCreated
) -> None:
    assert await answers(api_with_secrets, room.room_id) == expected_answers()


async def test_each_socket_opens_to_whom_it_should_and_to_nobody_else(
    redis_url: str, room: RoomCreated, crowd: Crowd
) -> None:
    """With the secret in the Authorization header."""
    async with running_gateway(gateway_settings(redis_url, **KEYS)) as gateway:
        for target, row in SOCKETS.items():
            told = {}
            for shown in row.allowed:
                # A new room each time: a room allows five attaches in ten seconds.
                own = await crowd.open_room() if row.allowed is GAME else room
                path, token = target.format(room_id=own.room_id), secret(shown, own.room_id)
                bearer = [f"Authorization: Bearer {token}"] if token else []
                told[shown] = await _asked(gateway.port, path, bearer)
            assert told == row.allowed, target


async def _asked(port: int, path: str, headers: list[str]) -> str:
    is_socket = path.startswith("/ws-")
    head = (upgrade if is_socket else get)(path)
    sent = head[:-2] + "".join(f"{header}\r\n" for header in headers).encode() + b"\r\n"
    async with wired(port) as wire:
        wire.write(sent)
        status = int((await wire.reader.readline()).split()[1])
        await wire.head()
        return "" if status < 400 else refusal_of(status, await wire.rest())


@pytest.mark.parametrize(
    "viewer_id",
    [
        Signer(["nobody knows this key"]).new_viewer_id(),
        Signer([RETIRED]).new_viewer_id(),
        Signer([NEW]).new_viewer_id().partition(".")[0],
        Signer([NEW]).room_token(new_room_id(), time.time()),
    ],
    ids=["somebody else's", "of a retired key", "the public half", "a room token"],
)
async def test_nobody_presses_joins_or_is_named_as_another(
    api_with_secrets: httpx.AsyncClient, room: RoomCreated, viewer_id: str
) -> None:
    for route, row in ROUTES.items():
        if isinstance(row.body, dict) and "viewer_id" in row.body and row.allowed is ANYBODY:
            method, path = route.format(room_id=room.room_id, **IDS).split(" ")
            body = {**row.body, "viewer_id": viewer_id}
            answer = await api_with_secrets.request(method, path, json=body)
            if path == "/api/viewers":  # it issues a new id instead of an invalid one
                assert answer.json()["viewer_id"] != viewer_id
            else:
                assert (answer.status_code, answer.json()["code"]) == (401, "invalid_viewer")
