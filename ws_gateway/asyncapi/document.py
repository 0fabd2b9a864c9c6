"""The document: both sockets, their messages, and what each end may say on them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Final, get_args
from urllib.parse import urlsplit

import msgspec

from shared.process.settings import Settings
from shared.wire.game_messages import PROTOCOL, SUBPROTOCOL, GameMessage, ServerMessage
from shared.wire.room_settings import RoomSettings
from shared.wire.viewer_messages import ViewerMessage
from ws_gateway.asyncapi.examples import examples
from ws_gateway.asyncapi.handshake import (
    GAME_BINDING,
    VIEWER_BINDING,
    JsonObject,
    closings,
    refusal_table,
    security_schemes,
)

DEFAULTS: Final = Settings()
TO_GAME: Final = get_args(ServerMessage)
TO_VIEWER: Final = get_args(ViewerMessage)
FROM_GAME: Final = get_args(GameMessage)
SENT: Final = tuple(dict.fromkeys((*TO_GAME, *TO_VIEWER)))

DESCRIPTION: Final = """\
The sockets of a Streamario gateway: games are told of triggers, viewers' pages of a room's state.

Every frame is text that holds one JSON object, and its `type` says which message it is. Fields and
types may be added: ignore what you do not know. `epoch` and `seq` identify a numbered message,
times are ms since 1970, counts are presses."""

GAME: Final = f"""\
A game's socket; a room has one, and the newest wins. Without `room_id` it opens a new room. With
`room_id` and the room's token it comes back, and gets what follows the last message that it applied
(`epoch`, `last_seq`).

Numbered messages (`game_event`, `game_end_summary`) come in order, each at least once until
acknowledged; go by (`epoch`, `seq`) to apply each once.

Secrets are best offered as a subprotocol beside `{SUBPROTOCOL}`, which the server selects:
`token.<room_token>` or `key.<game_key>`.

**Refusals** before the upgrade are plain HTTP, `application/problem+json` (RFC 9457):

{refusal_table()}

**Closes** by the server: an `error` that says the same comes first, then the game has a moment to
close by itself. After 1001, or a drop without any code, come back with jitter; after the others not
as you were.

{closings()}"""

VIEWER: Final = """\
What a page that shows a room needs to know, as it changes. It takes no identity. The first messages
are `stats` and `settings`; a slow reader skips updates, and never gets an older state after a newer
one.

It is refused as a game's socket is (`invalid_query`, `room_not_found`, 503), with 429
`too_many_sockets_of_address` where its address has too many of them here, and closed with 1001
(come back with jitter), 4004 (the room is gone), 4009 or 1009: nothing that is sent to it is of
use, and more than 20 messages in 10 s, or one of more than 1 KiB, end it."""


@dataclass(frozen=True, slots=True)
class Way:
    """What travels one way on a channel; `action` is the server's."""

    name: str
    action: str
    summary: str
    kinds: tuple[type, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of socket: where it is, how it is opened, and what travels on it."""

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
            Way("tellGame", "send", "What a game is told.", TO_GAME),
            Way("hearGame", "receive", "What a game says, done in the order it comes.", FROM_GAME),
        ),
    ),
    Channel(
        name="viewer",
        address="/ws-viewer",
        title="A viewer's socket",
        description=VIEWER,
        binding=VIEWER_BINDING,
        secured=False,
        ways=(Way("tellViewer", "send", "What a viewer's page is told.", TO_VIEWER),),
    ),
)


def document(settings: Settings = DEFAULTS) -> JsonObject:
    """The AsyncAPI document of a gateway with these settings."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Streamario sockets",
            "version": f"{PROTOCOL}.0.0",
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"gateway": _server(settings.ws_url)},
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


def document_json(settings: Settings = DEFAULTS) -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document(settings))


def _server(url: str) -> JsonObject:
    parts = urlsplit(url)
    server = {"host": parts.netloc, "protocol": parts.scheme, "description": "The gateway."}
    return {**server, "pathname": parts.path} if parts.path else server


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
        # A field that has a default is written out like the others.
        schema = schemas[kind.__name__]
        schema["required"] = list(schema["properties"])
    _add_settings(schemas["ChangeSettings"], schemas["RoomSettings"])
    return dict(sorted(schemas.items()))


def _add_settings(change: JsonObject, settings: JsonObject) -> None:
    """Let a change name any of the settings; what it leaves out stays, and takes no default."""
    change["properties"] |= {
        name: {word: value for word, value in field.items() if word != "default"}
        for name, field in settings["properties"].items()
    }
    change["additionalProperties"] = False
