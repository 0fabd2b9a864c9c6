"""The parts of the published schema about handshakes, refusals and close codes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.wire import error_codes
from shared.wire.game_messages import SUBPROTOCOL
from shared.wire.parts import LARGEST_NUMBER
from shared.wire.refusal import ErrorKind
from ws_gateway.handshakes.claims import WRONG_GAME_KEY
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import CloseMessage

JsonObject = dict[str, Any]

SECRETS: Final[Mapping[str, tuple[str, str]]] = {
    "room_token": ("token", "The secret from `room_created` or the last `room_ready`."),
    "game_key": ("key", "A studio's key; needed to open a room if the service has any keys."),
}
ROOM_ID: Final = {
    "type": "string",
    "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
    "description": "The room's ULID.",
}
NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}


def _text(description: str) -> JsonObject:
    return {"type": "string", "description": description}


def _only(value: str, description: str) -> JsonObject:
    return {"const": value, "description": description}


GAME_BINDING: Final[JsonObject] = {
    "query": {
        "type": "object",
        "properties": {
            "room_id": ROOM_ID,
            "token": _text("The room token, for games that can set no header."),
            "key": _text("The game key, for games that can set no header."),
            "epoch": {**NUMBER, "description": "`epoch` of the last message applied."},
            "last_seq": {**NUMBER, "description": "`seq` of the last message applied."},
            "replay": _only("none", "Acknowledges every message so far: only new ones follow."),
            "stand_in": _only(
                "true",
                "Only keeps the room while no game is connected: replaces no game "
                "(close 4002), acknowledges nothing, and is replaced by the next socket.",
            ),
            "round_changes": _only(
                "true", "Also sends `round`, after the welcome and at every change."
            ),
        },
        "dependencies": {
            name: ["room_id"] for name in ("token", "epoch", "last_seq", "replay", "stand_in")
        },
    },
    "headers": {
        "type": "object",
        "properties": {
            "Sec-WebSocket-Protocol": {
                "type": "string",
                "examples": [f"{SUBPROTOCOL}, token.<room_token>", f"{SUBPROTOCOL}, key.<key>"],
            },
            "Authorization": _text(
                "`Bearer` and the room token, or the game key if there is no `room_id`."
            ),
            "Origin": _text(
                "Sent by browsers: the console's, or one that `FRONTEND_URL` or `GAME_ORIGINS` "
                "lists."
            ),
        },
    },
}
VIEWER_BINDING: Final[JsonObject] = {
    "query": {
        "type": "object",
        "properties": {
            "room_id": ROOM_ID,
            "preview": _only("1", "Also sends `preview`, as for the overlay that is set up."),
        },
        "required": ["room_id"],
    },
}

# The possible refusals of a handshake.
REFUSALS: Final[Sequence[ErrorKind]] = (
    error_codes.INVALID_QUERY,
    error_codes.MISSING_TOKEN,
    error_codes.MISSING_GAME_KEY,
    error_codes.INVALID_TOKEN,
    WRONG_GAME_KEY,
    error_codes.FORBIDDEN_ORIGIN,
    error_codes.ROOM_NOT_FOUND,
    error_codes.ROOM_OVER,
    error_codes.RATE_LIMITED,
    error_codes.TOO_MANY_ATTACHES,
    error_codes.REFUSED_TOO_OFTEN,
    error_codes.TOO_MANY_SOCKETS_OF_ADDRESS,
    error_codes.DRAINING,
    error_codes.LEDGER_FULL,
    error_codes.STORE_UNAVAILABLE,
    error_codes.TOO_MANY_SOCKETS,
)


def security_schemes() -> JsonObject:
    """The three ways to send each secret; one of them is enough."""
    schemes: JsonObject = {}
    for name, (field, meaning) in SECRETS.items():
        schemes[f"{name}_subprotocol"] = {
            "type": "httpApiKey",
            "in": "header",
            "name": "Sec-WebSocket-Protocol",
            "description": f"{meaning} Offer `{field}.<secret>` together with `{SUBPROTOCOL}`.",
        }
        schemes[name] = {"type": "http", "scheme": "bearer", "description": meaning}
        schemes[f"{name}_query"] = {
            "type": "httpApiKey",
            "in": "query",
            "name": field,
            "description": f"{meaning} Intermediaries may log URLs: prefer the other ways.",
        }
    return schemes


def refusal_table() -> str:
    """The refusals as a Markdown table."""
    return _table(
        ("status", "`code`", "sentence"),
        [(str(kind.status), f"`{kind.code}`", kind.sentence.en) for kind in REFUSALS],
    )


def closings() -> str:
    """The close codes as a Markdown table."""
    messages = [value for value in vars(close_codes).values() if isinstance(value, CloseMessage)]
    return _table(
        ("code", "`error` before it", "why"),
        [_closing(message) for message in sorted(messages, key=lambda f: f.code)],
    )


def _closing(message: CloseMessage) -> tuple[str, str, str]:
    if message.error is None:
        return str(message.code), "none", "The game was told to `reconnect`, and did."
    return str(message.code), f"`{message.error.code}`", message.error.message


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
