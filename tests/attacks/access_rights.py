"""Who may use each route and socket, and the secrets that clients send."""

import time
from enum import Enum
from typing import Any, Final, NamedTuple

import httpx

from shared.engine.moderation import ValidToken, add_token
from shared.identity.tokens import ROOM_TOKEN_LIFETIME_S, Scoped, Signer, new_ulid
from shared.wire.game_messages import RoomCreated
from tests.attacks.bystanders import start_round
from tests.room_keys import new_room_id
from tests.ws_gateway.game_end import code_of
from tests.ws_gateway.gateways import Crowd

NEW, OLD, RETIRED = "the new signing key", "the old signing key", "a retired signing key"
VALID: Final = "valid_000000"  # the id of the room's moderator token
GAME_KEYS: Final = ("a game key of today", "a game key of yesterday")
ADMIN: Final = "the admin token"
STUDIO_ID: Final = new_ulid()
KEYS: Final[dict[str, Any]] = {
    "secret_keys": (NEW, OLD),
    "game_keys": GAME_KEYS,
    "admin_token": ADMIN,
}


class Shown(Enum):
    """The secret that a client sends."""

    NOTHING = "nothing"
    GARBAGE = "garbage"
    EXPIRED = "a token that has expired"
    OTHER_ROOM = "the token of another room"
    UNKNOWN = "a token signed by somebody else"
    RETIRED = "a token signed by a key that was taken away"
    OLD = "a token signed by the old key"
    NEW = "a token signed by the new key"
    VIEWER = "a viewer's id"
    GAME_KEY = "a game key"
    OLD_GAME_KEY = "a game key that is not the first"
    ADMIN = "the admin token"
    STUDIO_KEY = "a studio's key"
    OLD_STUDIO_KEY = "a studio's key signed by the old key"
    FORGED_STUDIO_KEY = "a studio's key signed by a key that was taken away"
    MODERATOR = "a moderator token"
    OLD_MODERATOR = "a moderator token signed by the old key"
    REVOKED_MODERATOR = "a moderator token that was revoked"
    EXPIRED_MODERATOR = "a moderator token that has expired"
    MODERATOR_OF_OTHER_ROOM = "a moderator token of another room"
    FORGED_MODERATOR = "a moderator token signed by somebody else"
    OTHER_SCOPE = "a token for something else than moderation"


def secret(shown: Shown, room_id: str) -> str | None:
    """Return the secret itself, or None."""
    now = time.time()
    long_ago = now - ROOM_TOKEN_LIFETIME_S - 1
    return {
        Shown.NOTHING: None,
        Shown.GARBAGE: "1.x",
        Shown.EXPIRED: Signer([NEW]).room_token(room_id, long_ago),
        Shown.OTHER_ROOM: Signer([NEW]).room_token(new_room_id(), now),
        Shown.UNKNOWN: Signer(["nobody knows this key"]).room_token(room_id, now),
        Shown.RETIRED: Signer([RETIRED]).room_token(room_id, now),
        Shown.OLD: Signer([OLD]).room_token(room_id, now),
        Shown.NEW: Signer([NEW]).room_token(room_id, now),
        Shown.VIEWER: Signer([NEW]).new_viewer_id(),
        Shown.GAME_KEY: GAME_KEYS[0],
        Shown.OLD_GAME_KEY: GAME_KEYS[1],
        Shown.ADMIN: ADMIN,
        Shown.STUDIO_KEY: Signer([NEW]).sign_studio(STUDIO_ID),
        Shown.OLD_STUDIO_KEY: Signer([OLD]).sign_studio(STUDIO_ID),
        Shown.FORGED_STUDIO_KEY: Signer([RETIRED]).sign_studio(STUDIO_ID),
        Shown.MODERATOR: lesser(NEW, room_id),
        Shown.OLD_MODERATOR: lesser(OLD, room_id),
        Shown.REVOKED_MODERATOR: lesser(NEW, room_id, token_id="revoked_0000"),
        Shown.EXPIRED_MODERATOR: lesser(NEW, room_id, expires_s=int(now) - 1),
        Shown.MODERATOR_OF_OTHER_ROOM: lesser(NEW, new_room_id()),
        Shown.FORGED_MODERATOR: lesser("nobody knows this key", room_id),
        Shown.OTHER_SCOPE: lesser(NEW, room_id, scope="feed"),
    }[shown]


def lesser(
    key: str, room_id: str, *, token_id: str = VALID, scope: str = "moderator", expires_s: int = 0
) -> str:
    """Return a token with less right than the room's own."""
    scoped = Scoped(token_id, scope, expires_s or int(time.time()) + ROOM_TOKEN_LIFETIME_S)
    return Signer([key]).scoped_token(room_id, scoped)


FORGED: Final = (Shown.OTHER_ROOM, Shown.UNKNOWN, Shown.RETIRED)
OWNED: Final = (Shown.OLD, Shown.NEW)
MODERATING: Final = (Shown.MODERATOR, Shown.OLD_MODERATOR)
LESSER: Final = (
    *MODERATING,
    Shown.REVOKED_MODERATOR,
    Shown.MODERATOR_OF_OTHER_ROOM,
    Shown.FORGED_MODERATOR,
    Shown.OTHER_SCOPE,
)
KEYED: Final = (Shown.GAME_KEY, Shown.OLD_GAME_KEY)
# The answer to each secret; "" means access.
ANYBODY: Final = dict.fromkeys(Shown, "")
OWNER: Final = {
    **dict.fromkeys(Shown, "401 invalid_room_token"),
    **dict.fromkeys((*FORGED, *LESSER), "403 forbidden"),
    **dict.fromkeys(OWNED, ""),
}
MODERATOR: Final = {**OWNER, **dict.fromkeys(MODERATING, "")}
KEY_HOLDER: Final = {**dict.fromkeys(Shown, "401 invalid_game_key"), **dict.fromkeys(KEYED, "")}
STREAMER: Final = {
    **dict.fromkeys(Shown, "401 invalid_studio_key"),
    Shown.STUDIO_KEY: "",
    Shown.OLD_STUDIO_KEY: "",
}
OPERATOR: Final = {**dict.fromkeys(Shown, "401 invalid_admin_token"), Shown.ADMIN: ""}
# For sockets, where a secret of the wrong kind is an invalid one, not a missing one.
GAME: Final = {
    **dict.fromkeys(Shown, "403 invalid_token"),
    Shown.NOTHING: "401 missing_token",
    **dict.fromkeys(OWNED, ""),
}
NEW_GAME: Final = {
    **dict.fromkeys(Shown, "403 invalid_game_key"),
    Shown.NOTHING: "401 missing_game_key",
    **dict.fromkeys(KEYED, ""),
}


class Row(NamedTuple):
    """The answers of a route, and a valid body, so that only the secret can be refused.

    `in_vain` is the answer that grants access but has no result: a round still runs, nothing has
    this id, the body is no picture.
    """

    allowed: dict[Shown, str]
    body: object = None
    in_vain: str = ""


NOTHING, NO_ROOM = "404 not_found", "404 room_not_found"
SETUP: Final = {"name": "x", "settings": {}}
VIEWER: Final = Signer([OLD]).new_viewer_id()
ROUTES: Final = {
    "POST /api/rooms/{room_id}/events": Row(ANYBODY, {"viewer_id": VIEWER, "event_type": "skill1"}),
    "GET /get_viewer_id": Row(ANYBODY),
    "POST /api/viewers": Row(ANYBODY, {"viewer_id": VIEWER}),
    "POST /api/viewers/set_name": Row(ANYBODY, {"viewer_id": VIEWER, "name": "x"}),
    "POST /api/rooms": Row(KEY_HOLDER, {}),
    "GET /api/rooms/{room_id}": Row(ANYBODY),
    "PATCH /api/rooms/{room_id}/settings": Row(OWNER, {"title": "x"}),
    "POST /api/rooms/{room_id}/join": Row(ANYBODY, {"viewer_id": VIEWER}),
    "GET /api/rooms/{room_id}/stats": Row(ANYBODY),
    "GET /api/rooms/{room_id}/results": Row(ANYBODY, in_vain="409 room_not_ended"),
    "POST /api/rooms/{room_id}/reset": Row(OWNER),
    "POST /api/rooms/{room_id}/fire": Row(OWNER, {"event_type": "skill1"}),
    "POST /api/rooms/{room_id}/round": Row(OWNER, {"command": "start"}),
    "POST /api/rooms/{room_id}/preview": Row(OWNER, {"event_type": "skill1"}),
    "GET /api/rooms/{room_id}/viewers": Row(MODERATOR),
    "GET /api/rooms/{room_id}/fired_by": Row(MODERATOR),
    "POST /api/rooms/{room_id}/block": Row(MODERATOR, {"viewer_id": VIEWER}),
    "POST /api/rooms/{room_id}/unblock": Row(MODERATOR, {"viewer_id": VIEWER}),
    "POST /api/rooms/{room_id}/hide_names": Row(MODERATOR),
    "POST /api/rooms/{room_id}/show_names": Row(MODERATOR),
    "POST /api/rooms/{room_id}/tokens": Row(OWNER, {"scope": "moderator"}),
    "GET /api/rooms/{room_id}/tokens": Row(OWNER),
    "DELETE /api/rooms/{room_id}/tokens/{token_id}": Row(OWNER),
    "POST /api/studios": Row(KEY_HOLDER),
    "GET /api/studio/qr.svg": Row(STREAMER),
    "POST /api/studio/media": Row(STREAMER, in_vain="415 unsupported_media_type"),
    "GET /api/media/{media_id}": Row(ANYBODY, in_vain=NOTHING),
    "GET /api/studio/setups": Row(STREAMER),
    "POST /api/studio/setups": Row(STREAMER, SETUP),
    "GET /api/studio/setups/{setup_id}": Row(STREAMER, in_vain=NOTHING),
    "PUT /api/studio/setups/{setup_id}": Row(STREAMER, SETUP, NOTHING),
    "DELETE /api/studio/setups/{setup_id}": Row(STREAMER, in_vain=NOTHING),
    "GET /api/studios/{studio_id}/newest_room": Row(ANYBODY),
    "GET /api/studios/{studio_id}/handle": Row(ANYBODY),
    "PUT /api/studios/{studio_id}/handle": Row(STREAMER, {"handle": "luna"}, "403 forbidden"),
    "DELETE /api/studios/{studio_id}/handle": Row(STREAMER, in_vain="403 forbidden"),
    "GET /api/handles/{handle}": Row(ANYBODY, in_vain=NOTHING),
    "GET /api/studio/rooms": Row(STREAMER),
    "GET /api/studio/rooms/{room_id}": Row(STREAMER, in_vain=NO_ROOM),
    "PUT /api/studio/rooms/{room_id}": Row(STREAMER, {}, "400 invalid_body"),
    "DELETE /api/studio/rooms/{room_id}": Row(STREAMER, in_vain=NO_ROOM),
    "GET /api/studio/rooms/{room_id}/rounds/{round}": Row(STREAMER, in_vain=NOTHING),
    "GET /healthz": Row(ANYBODY),
    "GET /readyz": Row(ANYBODY),
    "GET /metrics": Row(OPERATOR),
    "GET /openapi.json": Row(ANYBODY),
}
# What stands in a path instead of each id.
IDS: Final = {
    "media_id": "0" * 32,
    "setup_id": new_ulid(),
    "studio_id": new_ulid(),
    "handle": "nobodys",
    "round": 1,
    "token_id": "somebody_els",
}
SOCKETS: Final = {
    "/ws-unity?room_id={room_id}": Row(GAME),
    "/ws-unity": Row(NEW_GAME),
    "/ws-viewer?room_id={room_id}": Row(ANYBODY),
    "/metrics": Row(OPERATOR),
    "/healthz": Row(ANYBODY),
    "/readyz": Row(ANYBODY),
    "/asyncapi.json": Row(ANYBODY),
}


async def answers(http: httpx.AsyncClient, room_id: str) -> dict[tuple[str, Shown], str]:
    """Ask for every route with every secret; return the refusals, "" where there was none."""
    told = {}
    for route, row in ROUTES.items():
        method, path = route.format(room_id=room_id, **IDS).split(" ")
        for shown in row.allowed:
            token = secret(shown, room_id)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = await http.request(method, path, json=row.body, headers=headers)
            told[route, shown] = refusal_of(answer.status_code, answer.content)
            if answer.status_code == 401 and row.allowed is not ANYBODY:
                assert answer.headers["WWW-Authenticate"] == "Bearer"
    return told


def expected_answers() -> dict[tuple[str, Shown], str]:
    """Return the refusals of the table."""
    return {
        (route, shown): refusal or row.in_vain
        for route, row in ROUTES.items()
        for shown, refusal in row.allowed.items()
    }


def refusal_of(status: int, body: bytes) -> str:
    """Return a refusal's status and code, or "" for any other answer."""
    return "" if status < 400 else f"{status} {code_of(body)}"


async def moderated_room(crowd: Crowd) -> RoomCreated:
    """Open a room with a running round and a moderator."""
    opened = await crowd.open_room()
    await start_round(crowd, opened.room_id)
    long_from_now = int(time.time() * 1000) + 3_600_000
    await add_token(crowd.engine, opened.room_id, ValidToken(VALID, "moderator", long_from_now))
    return opened
