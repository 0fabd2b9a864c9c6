"""The parts of the published schema that are no messages: how a socket begins, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.wire.game_messages import SUBPROTOCOL
from shared.wire.refusal import (
    INVALID_QUERY,
    RATE_LIMITED,
    ROOM_NOT_FOUND,
    STORE_UNAVAILABLE,
    Refusal,
)
from ws_gateway.door import refusals
from ws_gateway.door.handshake import LARGEST_NUMBER
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import Farewell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JsonObject = dict[str, Any]

SECRETS: Final[Mapping[str, tuple[str, str]]] = {
    "room_token": ("token", "The secret that came with the room, or with the last `room_ready`."),
    "game_key": ("key", "A studio's key; opening a room needs it where the service has any."),
}
ROOM_ID: Final = {
    "type": "string",
    "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
    "description": "The room's ULID.",
}
NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
NEED_ROOM: Final = ("token", "epoch", "last_seq", "replay")

GAME_BINDING: Final[JsonObject] = {
    "query": {
        "type": "object",
        "properties": {
            "room_id": ROOM_ID,
            "token": {"type": "string", "description": "The room token, if nothing else can."},
            "key": {"type": "string", "description": "The game key, if nothing else can."},
            "epoch": {**NUMBER, "description": "That of the last message applied."},
            "last_seq": {**NUMBER, "description": "The number of the last message applied."},
            "replay": {
                "const": "none",
                "description": "Acknowledges everything so far: the game goes on from now.",
            },
        },
        "dependencies": {name: ["room_id"] for name in NEED_ROOM},
    },
    "headers": {
        "type": "object",
        "properties": {
            "Sec-WebSocket-Protocol": {
                "type": "string",
                "examples": [f"{SUBPROTOCOL}, token.<room_token>", f"{SUBPROTOCOL}, key.<key>"],
            },
            "Authorization": {
                "type": "string",
                "description": "`Bearer` and the room token, or without `room_id` the game key.",
            },
            "Origin": {
                "type": "string",
                "description": "Sent by browsers; looked at where `GAME_ORIGINS` is set.",
            },
        },
    },
}
VIEWER_BINDING: Final[JsonObject] = {
    "query": {"type": "object", "properties": {"room_id": ROOM_ID}, "required": ["room_id"]},
}

# The refusal, and when: what a game may be answered instead of an upgrade.
REFUSALS: Final[Sequence[tuple[Refusal, str]]] = (
    (INVALID_QUERY, "A field of the query is unreadable, named twice, or out of place."),
    (refusals.MISSING_TOKEN, "Coming back to a room needs its token."),
    (refusals.MISSING_GAME_KEY, "Opening a room needs a game key."),
    (refusals.INVALID_TOKEN, "The token is not this room's, or has expired."),
    (refusals.INVALID_GAME_KEY, "The game key is not valid."),
    (refusals.FORBIDDEN_ORIGIN, "Pages of this origin may not open game sockets."),
    (ROOM_NOT_FOUND, "There is no such room, or not any more."),
    (refusals.ROOM_OVER, "The room has ended, and its game has acknowledged the summary."),
    (RATE_LIMITED, "This address opens too many rooms; `Retry-After` says when again."),
    (refusals.TOO_MANY_ATTACHES, "More than 5 attaches of this room in 10 s."),
    (refusals.REFUSED_TOO_OFTEN, "20 refusals of one address for one room in 10 s."),
    (refusals.TOO_MANY_SOCKETS_OF_ADDRESS, "A page's address has as many open here as it may."),
    (refusals.DRAINING, "This gateway goes away; another one takes the socket."),
    (STORE_UNAVAILABLE, "Redis is away; try again in a moment."),
    (refusals.TOO_MANY_SOCKETS, "This gateway is full; try again in a moment."),
)


def security_schemes() -> JsonObject:
    """The three ways in which each secret may be shown; one of them is enough."""
    schemes: JsonObject = {}
    for name, (field, meaning) in SECRETS.items():
        schemes[f"{name}_subprotocol"] = {
            "type": "httpApiKey",
            "in": "header",
            "name": "Sec-WebSocket-Protocol",
            "description": f"{meaning} Offered as `{field}.<secret>` beside `{SUBPROTOCOL}`.",
        }
        schemes[name] = {"type": "http", "scheme": "bearer", "description": meaning}
        schemes[f"{name}_query"] = {
            "type": "httpApiKey",
            "in": "query",
            "name": field,
            "description": f"{meaning} URLs end in logs: the other ways are better.",
        }
    return schemes


def refusal_table() -> str:
    """The refusals as a Markdown table."""
    return _table(
        ("status", "`code`", "when"),
        [(str(kind.status), f"`{kind.code}`", when) for kind, when in REFUSALS],
    )


def closings() -> str:
    """The close codes as a Markdown table."""
    farewells = [value for value in vars(close_codes).values() if isinstance(value, Farewell)]
    return _table(
        ("code", "`error` before it", "why"),
        [_closing(farewell) for farewell in sorted(farewells, key=lambda f: f.code)],
    )


def _closing(farewell: Farewell) -> tuple[str, str, str]:
    if farewell.error is None:
        return str(farewell.code), "none", "It was told to `reconnect`, and did."
    return str(farewell.code), f"`{farewell.error.code}`", farewell.error.message


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
