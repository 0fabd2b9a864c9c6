"""Reads and verifies a game's handshake. Pure: no socket, no Redis."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from shared.identity.origins import EVERY_ORIGIN, OwnPages, Sender, foreign_page, origins_of
from shared.identity.tokens import AccessKeys, Signer, bearer_in, is_ulid
from shared.process.settings import Settings
from shared.wire.error_codes import (
    FORBIDDEN_ORIGIN,
    INVALID_GAME_KEY,
    INVALID_QUERY,
    INVALID_TOKEN,
    MISSING_GAME_KEY,
    MISSING_TOKEN,
    ROOM_NOT_FOUND,
)
from shared.wire.game_messages import SUBPROTOCOL
from shared.wire.languages import Sentence
from shared.wire.parts import LARGEST_NUMBER
from shared.wire.query import fields_in
from shared.wire.refusal import Refused, of_foreign_page
from ws_gateway.sockets.grants import Claim

# The API answers 401 to a wrong and to a missing key; a gateway answers 403 to a wrong one.
WRONG_GAME_KEY: Final = replace(INVALID_GAME_KEY, status=403)

NAMED_TWICE = Sentence("The query names a field twice.", "クエリに同じ項目が 2 回あります。")
NEEDS_ROOM = Sentence("{field} needs room_id.", "{field} には room_id も必要です。")
NO_NUMBER = Sentence(
    "{field} must be a whole number from 0.", "{field} は 0 以上の整数にしてください。"
)
ONLY_VALUE = Sentence("{field} may only be {value}.", "{field} に指定できるのは {value} だけです。")


class Secrets(msgspec.Struct, frozen=True):
    """The secrets that the game sent.

    `bearer` is a room token if the game names a room, and a game key if it opens a new one.
    """

    token: str | None
    key: str | None
    bearer: str | None


def offered_subprotocols(values: Sequence[str]) -> list[str]:
    """The `Sec-WebSocket-Protocol` headers as a list."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def read_secrets(
    query: Mapping[str, str], subprotocols: Sequence[str], authorization: str
) -> Secrets:
    """The secrets sent; a subprotocol takes precedence over the query, which may be logged."""
    shown = dict(part.split(".", 1) for part in subprotocols if "." in part and part != SUBPROTOCOL)
    return Secrets(
        token=shown.get("token", query.get("token")),
        key=shown.get("key", query.get("key")),
        bearer=bearer_in(authorization),
    )


def read_query(text: str) -> dict[str, str]:
    """The query's fields. Raises Refused if it is malformed or repeats a field."""
    pairs = fields_in(text)
    query = dict(pairs)
    if len(query) != len(pairs):
        raise Refused(INVALID_QUERY, NAMED_TWICE)
    return query


def read_claim(
    query: Mapping[str, str], secrets: Secrets, signer: Signer, game_keys: AccessKeys, now_s: float
) -> Claim:
    """The verified claim of a game. Raises Refused (400, 401, 403, 404)."""
    if "room_id" not in query:
        return _claim_new(query, secrets, game_keys)
    claim = Claim(
        room_id=query["room_id"],
        log_epoch=_number(query, "epoch"),
        last_seq=_number(query, "last_seq"),
        skip=is_set(query, "replay", "none"),
        stand_in=is_set(query, "stand_in", "true"),
        round_changes=is_set(query, "round_changes", "true"),
    )
    token = secrets.token or secrets.bearer
    if not token:
        raise Refused(MISSING_TOKEN)
    if not is_ulid(query["room_id"]):
        raise Refused(ROOM_NOT_FOUND)
    if not signer.verify_room_token(token, query["room_id"], now_s):
        raise Refused(INVALID_TOKEN)
    return claim


def own_pages(settings: Settings) -> OwnPages | None:
    """Whose pages may open game sockets; None if every page may.

    Some libraries that are no browsers send the gateway's own URL as their origin.
    """
    if EVERY_ORIGIN in settings.game_origins:
        return None
    consoles = origins_of(settings.console_urls)
    listed = (*settings.frontend_url, *settings.game_origins)
    return OwnPages(
        consoles | origins_of((settings.ws_url.replace("ws", "http", 1), *listed)),
        ports=(settings.port, *(origin.port for origin in consoles)),
        has_public_url=bool(settings.public_ws_url or settings.public_api_url),
    )


def check_page(sender: Sender, own: OwnPages | None) -> None:
    """Raise Refused (403) for a page that is not `own`, unless every page may play.

    A browser's handshake has an `Origin` (RFC 6455, section 4.1); other games may use any `Host`.
    """
    if own and (sender.origin or sender.fetch_site) and (found := foreign_page(sender, own)):
        raise of_foreign_page(FORBIDDEN_ORIGIN, *found, plays=True)


def _claim_new(query: Mapping[str, str], secrets: Secrets, game_keys: AccessKeys) -> Claim:
    for field in ("token", "epoch", "last_seq", "replay", "stand_in"):
        if field in query:
            raise Refused(INVALID_QUERY, NEEDS_ROOM.about(field=field))
    key = secrets.key or secrets.bearer
    if not game_keys.allows(key):
        if not key:
            raise Refused(MISSING_GAME_KEY)
        raise Refused(WRONG_GAME_KEY)
    return Claim(
        keyed=not game_keys.open_to_all, round_changes=is_set(query, "round_changes", "true")
    )


def _number(query: Mapping[str, str], field: str) -> int | None:
    text = query.get(field)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= LARGEST_NUMBER):
        raise Refused(INVALID_QUERY, NO_NUMBER.about(field=field))
    return int(text)


def is_set(query: Mapping[str, str], field: str, value: str) -> bool:
    """Whether a field that has only one value is there. Raises Refused (400) for another value."""
    if query.get(field, value) != value:
        raise Refused(INVALID_QUERY, ONLY_VALUE.about(field=field, value=value))
    return field in query
