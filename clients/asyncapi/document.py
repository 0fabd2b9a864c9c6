"""The AsyncAPI document: both sockets, and the messages that each end may send on them."""

import inspect
from collections.abc import Sequence
from typing import Any, Final, get_args

import msgspec

from clients.asyncapi import handshake
from clients.asyncapi.examples import examples
from clients.asyncapi.handshake import JsonObject
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
SECURITY: Final = {
    "security": [
        {"$ref": f"#/components/securitySchemes/{name}"} for name in handshake.security_schemes()
    ]
}

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

{handshake.refusal_table()}

**Closes** by the server: it first sends an `error` with the reason, then gives the game a moment to
close the socket itself. After 1001, or a drop without any code, reconnect with jitter. After the
other codes, do not reconnect with the same request.

{handshake.closings()}"""

VIEWER: Final = """\
The state of a room, sent to a page whenever it changes. The socket needs no identity. The first
messages are `stats` and `settings`. A slow reader misses updates, but never receives an older state
after a newer one.

The gateway refuses a viewer's socket with `invalid_query`, `room_not_found` or 503 as it does a
game's, and with 429 `too_many_sockets_of_address` if the IP address has too many sockets on this
gateway. It closes the socket with 1001 (reconnect with jitter), 4004 (the room is gone), 4009 (more
than 20 messages in 10 s) or 1009 (a message of more than 1 KiB). Messages sent here are ignored."""

CARRIED_OUT: Final = "Messages from a game, carried out in the order in which they arrive."


def document_json() -> bytes:
    """The AsyncAPI document as JSON."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Streamario sockets",
            "version": f"{PROTOCOL}.0.0",
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"gateway": SERVER},
        "channels": {
            "game": _channel(
                "/ws-unity", "A game's socket", GAME, handshake.GAME_BINDING, (*TO_GAME, *FROM_GAME)
            ),
            "viewer": _channel(
                "/ws-viewer", "A viewer's socket", VIEWER, handshake.VIEWER_BINDING, TO_VIEWER
            ),
        },
        "operations": {
            "tellGame": _operation("send", "game", "Messages to a game.", TO_GAME) | SECURITY,
            "hearGame": _operation("receive", "game", CARRIED_OUT, FROM_GAME) | SECURITY,
            "tellViewer": _operation("send", "viewer", "Messages to a viewer's page.", TO_VIEWER),
        },
        "components": {
            "schemas": _schemas(),
            "messages": _messages(),
            "securitySchemes": handshake.security_schemes(),
        },
    }
    return msgspec.json.encode(document)


def _channel(
    address: str, title: str, description: str, binding: JsonObject, kinds: Sequence[type]
) -> JsonObject:
    names = [kind.__name__ for kind in kinds]
    return {
        "address": address,
        "title": title,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", **binding, "bindingVersion": "0.1.0"}},
    }


def _operation(action: str, channel: str, summary: str, kinds: Sequence[type]) -> JsonObject:
    """`action` is the server's."""
    at = f"#/channels/{channel}"
    return {
        "action": action,
        "channel": {"$ref": at},
        "summary": summary,
        "messages": [{"$ref": f"{at}/messages/{kind.__name__}"} for kind in kinds],
    }


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
