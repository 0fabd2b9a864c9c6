"""The parts of the published schema that are no messages: how a socket begins, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.wire.game_messages import SUBPROTOCOL
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

# Status, code, and when: what a game may be answered instead of an upgrade.
REFUSALS: Final[Sequence[tuple[int, str, str]]] = (
    (400, "invalid_query", "A field of the query is unreadable, named twice, or out of place."),
    (401, "missing_token", "Coming back to a room needs its token."),
    (401, "missing_game_key", "Opening a room needs a game key."),
    (403, "invalid_token", "The token is not this room's, or has expired."),
    (403, "invalid_game_key", "The game key is not valid."),
    (403, "forbidden_origin", "Pages of this origin may not open game sockets."),
    (404, "room_not_found", "There is no such room, or not any more."),
    (404, "room_over", "The room has ended, and its game has acknowledged the summary."),
    (429, "rate_limited", "This address opens too many rooms; `Retry-After` says when again."),
    (429, "too_many_attaches", "More than 5 attaches of this room in 10 s."),
    (429, "refused_too_often", "More than 20 refusals of one address for one room in 10 s."),
    (429, "too_many_sockets_of_address", "A page's address has as many open here as it may."),
    (503, "draining", "This gateway goes away; another one takes the socket."),
    (503, "store_unavailable", "Redis is away; try again in a moment."),
    (503, "too_many_sockets", "This gateway is full; try again in a moment."),
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


def refusals() -> str:
    """The refusals as a Markdown table."""
    return _table(
        ("status", "`code`", "when"),
        [(str(status), f"`{code}`", when) for status, code, when in REFUSALS],
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
