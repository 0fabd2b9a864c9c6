"""The published schema of the sockets, and that their messages conform to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from clients.asyncapi.document import document_json
from clients.asyncapi.handshake import REFUSALS
from shared.identity.addresses import UNIX_SOCKET
from shared.wire.error_codes import (
    INVALID_ADMIN_TOKEN,
    INVALID_GAME_KEY,
    LEDGER_FULL,
    NOT_FOUND,
    RATE_LIMITED,
    ROOM_NOT_FOUND,
    ROOM_OVER,
    TOO_MANY_ATTACHES,
)
from shared.wire.game_messages import (
    Error,
    GameEnd,
    GameEndSummary,
    GameMessage,
    Gap,
    Outcome,
    Reconnect,
    RoomCreated,
    RoomReady,
    RoundUpdate,
    ServerMessage,
    ViewerCountUpdate,
)
from shared.wire.refusal import ErrorKind
from shared.wire.viewer_messages import ViewerMessage
from tests.ws_gateway.game_end import connected, new_game, resume_url, websocket
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.schema import CheckedGame, CheckedPage, PublishedMessages, resolved
from tests.ws_gateway.viewer_end import viewers_url
from ws_gateway.handshakes import claims, handshakes, limits
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import CloseMessage
from ws_gateway.sockets.connection import BAD_MESSAGES

ROOT = Path(__file__).parents[2]
SPECIFICATION = ROOT / "tests/clients/node_modules/@asyncapi/specs/schemas/3.0.0.json"
DOCUMENT = json.loads(document_json())
PUBLISHED = PublishedMessages(DOCUMENT)
# Refused to plain requests, or made another one here.
NO_UPGRADES = {NOT_FOUND, INVALID_ADMIN_TOKEN, INVALID_GAME_KEY}
# What the engine refuses when a room is opened or a socket admitted.
OF_THE_ENGINE = {RATE_LIMITED, ROOM_NOT_FOUND, ROOM_OVER, TOO_MANY_ATTACHES, LEDGER_FULL}
UNIONS = {
    "tellGame": get_args(ServerMessage),
    "hearGame": get_args(GameMessage),
    "tellViewer": get_args(ViewerMessage),
}


def everything(value: object) -> Iterator[dict[str, Any]]:
    """Every object within a document."""
    match value:
        case dict():
            yield value
            yield from everything(list(value.values()))
        case list():
            for entry in value:
                yield from everything(entry)


def test_it_is_an_asyncapi_document() -> None:
    """The specification's own JSON schema finds nothing wrong with it."""
    assert SPECIFICATION.exists(), "run `npm ci` in tests/clients"
    problems = Draft7Validator(json.loads(SPECIFICATION.read_text())).iter_errors(DOCUMENT)
    assert [(found.json_path, found.message) for found in problems] == []


def test_every_reference_points_at_something() -> None:
    """References stay within the document, and every component is used."""
    references = {o["$ref"] for o in everything(DOCUMENT) if "$ref" in o}
    assert all(resolved(DOCUMENT, reference) for reference in references)
    named = {f"#/components/messages/{name}" for name in DOCUMENT["components"]["messages"]}
    assert named <= references


def test_an_operation_has_every_message_of_its_direction() -> None:
    """It lists the messages of the codecs, and no others."""
    for operation, kinds in UNIONS.items():
        assert set(PUBLISHED.named(operation)) == {kind.__struct_config__.tag for kind in kinds}
        channel = resolved(DOCUMENT, DOCUMENT["operations"][operation]["channel"]["$ref"])
        assert {kind.__name__ for kind in kinds} <= set(channel["messages"]), operation


def test_every_example_fits_its_schema() -> None:
    """It has no field that the schema does not name."""
    for operation in UNIONS:
        for name, message in PUBLISHED.named(operation).items():
            for example in message["examples"]:
                assert PUBLISHED.check(operation, example["payload"]) == name


def test_every_close_code_is_explained() -> None:
    """The table also has the error before it."""
    description = DOCUMENT["channels"]["game"]["description"]
    messages = [value for value in vars(close_codes).values() if isinstance(value, CloseMessage)]
    for message in messages:
        word = f"`{message.error.code}`" if message.error else "none"
        assert f"| {message.code} | {word} |" in description


def test_every_refusal_of_an_upgrade_is_explained() -> None:
    """The table has the gateway's own refusals, and the API's that the gateway can raise."""
    modules = (limits, handshakes, claims)
    raised = {
        one for module in modules for one in vars(module).values() if isinstance(one, ErrorKind)
    }
    assert (raised - NO_UPGRADES) | OF_THE_ENGINE == set(REFUSALS)


def test_it_names_every_way_to_show_a_secret() -> None:
    """Subprotocol, bearer and query; viewers need no secret."""
    schemes = DOCUMENT["components"]["securitySchemes"]
    for secret in ("room_token", "game_key"):
        assert {secret, f"{secret}_subprotocol", f"{secret}_query"} <= set(schemes)
    assert len(DOCUMENT["operations"]["hearGame"]["security"]) == len(schemes)
    assert "security" not in DOCUMENT["operations"]["tellViewer"]


async def test_a_gateway_serves_it(gateway: Running) -> None:
    answer = await gateway.get("/asyncapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DOCUMENT


async def test_what_a_gateway_tells_a_game_is_what_the_schema_says(
    redis_url: str, crowd: Crowd, short_linger: None
) -> None:
    """The test receives every type of message, over two sockets of a room."""
    settings = gateway_settings(redis_url, drain_delay=0.01)
    async with running_gateway(settings) as gateway:
        async with websocket(gateway.url) as socket:
            game = CheckedGame(socket, PUBLISHED)
            room = await game.next_of(RoomCreated)
            await crowd.ease(room.room_id)
            await game.start()
            await crowd.fire(room.room_id, 2, name="Mika")
            await game.events(2)
            await game.next_of(ViewerCountUpdate)
            await game.socket.send("no message")
            assert await game.error() == "bad_message"
            await game.say(GameEnd())
            await game.next_of(GameEndSummary)
        ahead = f"{resume_url(gateway.url, room)}&last_seq={room.seq + 1000}&round_changes=true"
        async with websocket(ahead) as socket:
            again = CheckedGame(socket, PUBLISHED)
            assert not (await again.next_of(RoomReady)).recovered
            await again.next_of(Gap)
            await again.next_of(RoundUpdate)
            gateway.stop.set()
            await again.next_of(Reconnect)
    assert game.seen | again.seen == set(PUBLISHED.named("tellGame"))


async def test_a_gateway_understands_every_example_of_what_a_game_says(gateway: Running) -> None:
    """Some are too early, but none is a bad message."""
    async with new_game(gateway.url) as (game, _):
        for message in PUBLISHED.named("hearGame").values():
            for example in message["examples"]:
                await game.socket.send(msgspec.json.encode(example["payload"]).decode())
        await game.settle()
        refused = {error.code for error in game.unasked(Error)}
        assert refused <= {"bad_ack", "bad_outcome", "game_not_started"}


async def test_what_a_gateway_tells_a_viewer_is_what_the_schema_says(
    gateway: Running, crowd: Crowd, short_linger: None
) -> None:
    """The test receives every type, from the room's opening to the end of its round."""
    async with connected(gateway.url) as game:
        room = await game.next_of(RoomCreated)
        async with websocket(f"{viewers_url(gateway, room.room_id)}&preview=1") as socket:
            page = CheckedPage(socket, PUBLISHED)
            await page.until("stats")
            await crowd.engine.preview(room.room_id, "skill1")
            await page.until("preview")
            await crowd.engine.join(room.room_id, "viewer", UNIX_SOCKET, name="Mika")
            await page.until("arrived")
            await crowd.ease(room.room_id)
            await page.until("settings")
            await game.start()
            await page.until("status")
            await crowd.fire(room.room_id, 1, name="Mika")
            await page.until("trigger")
            await page.until("stats_update")
            await page.until("places")
            (trigger,) = await game.events(1)
            await game.say(Outcome(epoch=trigger.epoch, seq=trigger.seq, status="done"))
            await page.until("effect")
            await game.say(GameEnd())
            await page.until("game_over")
            for _ in range(BAD_MESSAGES + 1):
                await socket.send("hello")
            await page.until("error")
    assert page.seen == set(PUBLISHED.named("tellViewer"))
