"""The AsyncAPI document: both sockets, and the messages that each end may send on them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Final, get_args

import msgspec

from clients.asyncapi.examples import examples
from clients.asyncapi.handshake import (
    GAME_BINDING,
    VIEWER_BINDING,
    JsonObject,
    closings,
    refusal_table,
    security_schemes,
)
from shared.wire.game_messages import PROTOCOL, SUBPROTOCOL, GameMessage, ServerMessage
from shared.wire.room_settings import RoomSettings
from shared.wire.viewer_messages import ViewerMessage

# A gateway does not know its public address: whoever reads the document fills it in.
SERVER: Final = {
    "host": "{host}",
    "protocol": "ws",
    "description": "The gateway, or the load balancer in front of gateways.",
    "variables": {"host": {"default": "localhost:8890"}},
}
TO_GAME: Final = get_args(ServerMessage)
TO_VIEWER: Final = get_args(ViewerMessage)
FROM_GAME: Final = get_args(GameMessage)
SENT: Final = tuple(dict.fromkeys((*TO_GAME, *TO_VIEWER)))

DESCRIPTION: Final = """\
The sockets of a Streamario gateway: games receive triggers, viewers' pages receive a room's state.

Every frame is text that holds one JSON object; its `type` names the message. Fields and types may
be added: ignore those that you do not know. `epoch` and `seq` identify a numbered message, times
are ms since 1970, counts are presses."""

GAME: Final = f"""\
A game's socket. A room has one socket: a newer one replaces it. Without `room_id` the socket opens
a new room. With `room_id` and the room's token it resumes that room and receives the messages after
the last one that the game applied (`epoch`, `last_seq`).

Numbered messages (`game_event`, `game_end_summary`) arrive in order, and again until acknowledged.
To apply each once, ignore messages whose (`epoch`, `seq`) is not greater than the last applied.

Send secrets as a subprotocol, if you can: offer `token.<room_token>` or `key.<game_key>` together
with `{SUBPROTOCOL}`, which the server selects.

**Refusals** before the upgrade are plain HTTP, `application/problem+json` (RFC 9457):

{refusal_table()}

**Closes** by the server: it first sends an `error` with the reason, then gives the game a moment to
close the socket itself. After 1001, or a drop without any code, reconnect with jitter. After the
other codes, do not reconnect with the same request.

{closings()}"""

VIEWER: Final = """\
The state of a room, sent to a page whenever it changes. The socket needs no identity. The first
messages are `stats` and `settings`. A slow reader misses updates, but never receives an older state
after a newer one.

The gateway refuses a viewer's socket with `invalid_query`, `room_not_found` or 503 as it does a
game's, and with 429 `too_many_sockets_of_address` if the IP address has too many sockets on this
gateway. It closes the socket with 1001 (reconnect with jitter), 4004 (the room is gone), 4009 (more
than 20 messages in 10 s) or 1009 (a message of more than 1 KiB). Messages sent here are ignored."""


@dataclass(frozen=True, slots=True)
class Way:
    """The messages of one direction of a channel; `action` is the server's."""

    name: str
    action: str
    summary: str
    kinds: tuple[type, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of socket: its path, its handshake and its messages."""

    name: str
    address: str
    title: str
    description: str
    binding: JsonObject
    secured: bool
    ways: tuple[Way, ...]


CHANNELS: Final = (
    Channel(
        name="game",
        address="/ws-unity",
        title="A game's socket",
        description=GAME,
        binding=GAME_BINDING,
        secured=True,
        ways=(
            Way("tellGame", "send", "Messages to a game.", TO_GAME),
            Way(
                "hearGame",
                "receive",
                "Messages from a game, carried out in the order in which they arrive.",
                FROM_GAME,
            ),
        ),
    ),
    Channel(
        name="viewer",
        address="/ws-viewer",
        title="A viewer's socket",
        description=VIEWER,
        binding=VIEWER_BINDING,
        secured=False,
        ways=(Way("tellViewer", "send", "Messages to a viewer's page.", TO_VIEWER),),
    ),
)


def document() -> JsonObject:
    """The AsyncAPI document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Streamario sockets",
            "version": f"{PROTOCOL}.0.0",
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"gateway": SERVER},
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {
            way.name: _operation(channel, way) for channel in CHANNELS for way in channel.ways
        },
        "components": {
            "schemas": _schemas(),
            "messages": _messages(),
            "securitySchemes": security_schemes(),
        },
    }


def document_json() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


def _channel(channel: Channel) -> JsonObject:
    names = [kind.__name__ for way in channel.ways for kind in way.kinds]
    return {
        "address": channel.address,
        "title": channel.title,
        "description": channel.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", **channel.binding, "bindingVersion": "0.1.0"}},
    }


def _operation(channel: Channel, way: Way) -> JsonObject:
    at = f"#/channels/{channel.name}"
    operation: JsonObject = {
        "action": way.action,
        "channel": {"$ref": at},
        "summary": way.summary,
        "messages": [{"$ref": f"{at}/messages/{kind.__name__}"} for kind in way.kinds],
    }
    if channel.secured:
        operation["security"] = [
            {"$ref": f"#/components/securitySchemes/{name}"} for name in security_schemes()
        ]
    return operation


def _messages() -> JsonObject:
    shown = examples()
    return {kind.__name__: _message(kind, shown[kind]) for kind in (*SENT, *FROM_GAME)}


def _message(kind: Any, example: JsonObject) -> JsonObject:
    summary, _, more = (inspect.getdoc(kind) or "").partition("\n\n")
    return {
        "name": kind.__struct_config__.tag,
        "title": kind.__name__,
        "summary": summary,
        **({"description": more} if more else {}),
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
        "examples": [{"payload": example}],
    }


def _schemas() -> JsonObject:
    kinds = (*SENT, *FROM_GAME, RoomSettings)
    _, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    for schema in schemas.values():
        schema["description"] = inspect.cleandoc(schema["description"])
    for kind in SENT:
        # The server sends every field, also those that have a default, unless the message omits it.
        if not kind.__struct_config__.omit_defaults:
            schema = schemas[kind.__name__]
            schema["required"] = list(schema["properties"])
    _add_settings(schemas["ChangeSettings"], schemas["RoomSettings"])
    return dict(sorted(schemas.items()))


def _add_settings(change: JsonObject, settings: JsonObject) -> None:
    """Add every setting to `change_settings`, without defaults: omitted ones stay unchanged."""
    change["properties"] |= {
        name: {word: value for word, value in field.items() if word != "default"}
        for name, field in settings["properties"].items()
    }
    change["additionalProperties"] = False
