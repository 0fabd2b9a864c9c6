"""Reads requests and builds answers: limited bodies, JSON as structs, tokens, client addresses."""

import asyncio
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api_service.http.headers import OF_JSON
from shared.identity.addresses import Address, client_address, forwarded, is_trusted
from shared.identity.origins import linked_host
from shared.identity.tokens import SCOPED_TOKEN, AccessKeys, Signer, bearer_in, is_ulid
from shared.process.settings import Network, Settings
from shared.wire.error_codes import (
    BODY_TOO_LARGE,
    FORBIDDEN,
    INVALID_BODY,
    INVALID_GAME_KEY,
    INVALID_QUERY,
    INVALID_REQUEST,
    INVALID_ROOM_TOKEN,
    ROOM_NOT_FOUND,
)
from shared.wire.languages import Sentence, echoed, weights_of
from shared.wire.query import fields_in
from shared.wire.refusal import Refused

BODY_LIMIT: Final = 16 * 1024  # bytes; a press may be a long batch
FASTEST: Final = 1  # of gzip's levels; the slowest saves another tenth
SMALL_BODY_LIMIT: Final = 4 * 1024  # bytes; ids, names and commands
SETTINGS_BODY_LIMIT: Final = 64 * 1024  # bytes; 24 buttons with captions in many languages
NAMES: Final = frozenset({"name", "viewer_name"})  # the fields that hold people's names
HALF_A_CHARACTER: Final = rb"\ud"  # how an escaped surrogate begins, in lower case
NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# s; a slow loris must not occupy one of `RequestMiddleware`'s slots for longer.
BODY_WITHIN: Final = 10.0
# Scope key, set if the whole body has arrived: its reader needs no timer.
BODY_IS_HERE: Final = "streamario.body_is_here"
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TOKEN = re.compile(r"([0-9]{1,15})\.[A-Za-z0-9_-]{22}", re.ASCII)

TOO_SLOW: Final = Sentence(
    "The request body did not come in time.", "リクエストの本文が時間内に届きませんでした。"
)
NAMED_TWICE: Final = Sentence("Expected once", "1 回だけ指定してください")
HUNG_UP: Final = Sentence(
    "The client went away before its answer came.", "応答する前に、接続が切れました。"
)
TOO_LONG: Final = Sentence(
    "The request body is longer than {limit} bytes.",
    "リクエストの本文が {limit} バイトを超えています。",
)
NO_JSON: Final = Sentence(
    "The request body is not JSON in UTF-8.", "リクエストの本文が UTF-8 の JSON ではありません。"
)
NO_OBJECT: Final = Sentence("Expected an object", "オブジェクトを指定してください")
# `reason` is msgspec's message about the value, in English only.
WRONG_FIELD: Final = Sentence("{field}: {reason}", "{field}：値が正しくありません（{reason}）")
WRONG_SHAPE: Final = Sentence("{reason}", "値が正しくありません（{reason}）")
# As msgspec says of a required field.
VIEWER_ID_REQUIRED: Final = WRONG_SHAPE.about(reason="Object missing required field `viewer_id`")
NO_STUDIO_KEY: Final = WRONG_FIELD.about(field="studio_key", reason="Expected `str | null`")
NO_VIEWER_ID: Final = Sentence(
    "viewer_id: Expected a viewer id, or its first part",
    "viewer_id：視聴者 ID か、その前半を指定してください",
)

T = TypeVar("T")
_encoder = msgspec.json.Encoder()
_any_json: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


async def read_body(request: Request, limit: int) -> bytes:
    """Read the body. Raises Refused if it is longer than `limit` bytes, or too slow.

    Whoever allows more than `SMALL_BODY_LIMIT` spends a limit before it parses what it read.
    """
    body, more = b"", True
    try:
        async with asyncio.timeout(None if request.scope.get(BODY_IS_HERE) else BODY_WITHIN):
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise Refused(INVALID_REQUEST, HUNG_UP)
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > limit:
                    raise Refused(BODY_TOO_LARGE, TOO_LONG.about(limit=limit))
    except TimeoutError:
        raise Refused(INVALID_REQUEST, TOO_SLOW) from None
    return body


async def hangs_up(request: Request, *, within: float) -> bool:
    """Wait up to `within` s for the client to hang up, discarding the body. Returns if it did."""
    try:
        async with asyncio.timeout(within):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


def json_in(body: bytes, *, required: bool = False) -> Any:
    """A body as plain JSON values. Raises Refused.

    An empty body reads as `{}`, unless one is `required`.
    """
    return decoded(body, _any_json.decode) if body or required else {}


async def read_struct(request: Request, shape: type[T]) -> T:
    """The request's small body as a struct; an empty body reads as `{}`. Raises Refused.

    A field that is to be an integer may also be written as `1.0`.
    """
    raw = json_in(await read_body(request, SMALL_BODY_LIMIT))
    if isinstance(raw, dict):
        raw = {name: whole(value) for name, value in raw.items()}
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise Refused(INVALID_BODY, field_problem(error)) from None


def whole(value: object) -> object:
    """The integer that a number such as `1.0` means; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_query(request: Request, shape: type[T]) -> T:
    """The request's query as a struct. Raises Refused."""
    fields = fields_in(request.scope["query_string"].decode("latin-1"))
    for name, times in Counter(name for name, _ in fields).items():
        if times > 1:
            raise Refused(INVALID_QUERY, WRONG_FIELD.about(field=echoed(name), reason=NAMED_TWICE))
    try:
        return msgspec.convert(dict(fields), shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(INVALID_QUERY, field_problem(error)) from None


def decoded(body: bytes, decode: Callable[[bytes], T]) -> T:
    """Decode a body; lone surrogates in its names are removed. Raises Refused.

    JavaScript can cut an emoji in half, and writes what is left as `\\ud83d`. In any field but a
    name, that is an error.
    """
    with suppress(*NOT_JSON):
        return decode(body)
    try:
        return decode(_with_whole_names(body))
    except (*NOT_JSON, ValueError, OverflowError):
        raise Refused(INVALID_BODY, NO_JSON) from None


def _with_whole_names(body: bytes) -> bytes:
    """The body as JSON again, without lone surrogates in its names.

    Raises ValueError, OverflowError or RecursionError if it is not JSON even so.
    """
    if HALF_A_CHARACTER not in body.lower():
        raise ValueError("the body has no escaped surrogate")
    raw = json.loads(body.decode(), parse_constant=_refuse)
    for field in NAMES & raw.keys() if isinstance(raw, dict) else ():
        if isinstance(raw[field], str):
            raw[field] = _LONE_SURROGATE.sub("", raw[field])
    return _encoder.encode(raw)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def field_problem(error: msgspec.ValidationError) -> Sentence:
    """What is wrong with which field, in one line: "push_events[0].push_count: Expected …"."""
    reason, _, path = str(error).rpartition(" - at `$")
    if not reason:
        return WRONG_SHAPE.about(reason=error)
    return WRONG_FIELD.about(field=path.rstrip("`").lstrip("."), reason=reason)


def answer(
    body: msgspec.Struct, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A struct as a JSON answer that is never cached."""
    return Response(
        _encoder.encode(body), status, {**OF_JSON, **(headers or {})}, "application/json"
    )


def compressed_answer(request: Request, body: msgspec.Struct) -> Response:
    """Like `answer`, compressed for whoever accepts it: for what is large and asked for once."""
    headers = {**OF_JSON, "Vary": "Accept-Encoding"}
    encoded = _encoder.encode(body)
    if accepts_gzip(request):
        encoded = gzip.compress(encoded, FASTEST, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(encoded, 200, headers, "application/json")


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes gzip, and likes it no less than the plain bytes.

    As `Accept-Encoding` says (RFC 9110, section 12.5.3); without it the plain bytes are sent.
    """
    weights = weights_of(",".join(request.headers.getlist("accept-encoding")))
    others = weights.get("*", 0)
    gzip = weights.get("gzip", weights.get("x-gzip", others))
    return gzip > 0 and gzip >= weights.get("identity", others)


def host_of(request: Request) -> str:
    """The host in the Host header, without a port; "" if there is no valid one."""
    return linked_host(request.headers.get("host", ""))


def viewers_ws_url(request: Request, settings: Settings) -> str:
    """The URL of the gateways for this client's viewers' socket, without a path.

    Through a tunnel it has the same origin as the API.
    """
    if settings.tunnel and (host := _host_at_tunnel(request.scope, settings)):
        return f"{'wss' if settings.tunnel.is_secure else 'ws'}://{host}"
    return settings.ws_url_from(host_of(request))


def _host_at_tunnel(scope: Scope, settings: Settings) -> str:
    """The host, with its port, of a request that came through the tunnel's front; else ""."""
    host = told_by_proxy(scope, settings.trusted_proxies, b"x-forwarded-host")
    return host if host and linked_host(host) else ""


def room_id_of(request: Request) -> str:
    """The room id in the path. Raises Refused if no room can have this id."""
    room_id: str = request.path_params["room_id"]
    if not is_ulid(room_id):
        raise Refused(ROOM_NOT_FOUND)
    return room_id


def bearer(request: Request) -> str | None:
    """The token of the request's `Authorization: Bearer`, if there is one."""
    return bearer_in(request.headers.get("authorization", ""))


def require_game_key(request: Request, keys: AccessKeys) -> None:
    """Raise Refused unless the request may open rooms and studios."""
    if not keys.allows(bearer(request)):
        raise Refused(INVALID_GAME_KEY)


def require_room_token(request: Request, signer: Signer) -> None:
    """Raise Refused unless the request carries the token of the room that its path names."""
    room_id = request.path_params["room_id"]
    token = bearer(request) or ""
    shape = _TOKEN.fullmatch(token) or SCOPED_TOKEN.fullmatch(token)
    now = time.time()
    if shape is None or int(shape[1]) <= now:
        raise Refused(INVALID_ROOM_TOKEN)
    # Also a token with less right: no room's own token has its shape.
    if not signer.verify_room_token(token, room_id, now):
        raise Refused(FORBIDDEN)


def address_of(scope: Scope, trusted: Sequence[Network]) -> Address:
    """The client's address, behind the trusted proxies."""
    peer = scope["client"][0] if scope["client"] else None
    if not trusted:
        return _address_of_peer(peer)
    return client_address(peer, _header_values(scope, b"x-forwarded-for"), trusted)


@lru_cache(maxsize=4096)
def _address_of_peer(peer: str | None) -> Address:
    return client_address(peer, (), ())


def came_over_https(scope: Scope, settings: Settings) -> bool:
    """Whether the client used HTTPS.

    Through a tunnel its URL says so. `X-Forwarded-Proto` counts from a trusted proxy only.
    """
    if settings.tunnel and _host_at_tunnel(scope, settings):
        return settings.tunnel.is_secure
    schemes = _header_values(scope, b"x-forwarded-proto")
    if schemes and scope["client"] and is_trusted(scope["client"][0], settings.trusted_proxies):
        # Proxies append: the nearest one's value is last.
        return schemes[-1].rpartition(",")[2].strip().lower() == "https"
    return bool(scope["scheme"] == "https")


def told_by_proxy(scope: Scope, trusted: Sequence[Network], name: bytes) -> str | None:
    """A header's first value from a trusted proxy, `name` in lower case; None from anybody else."""
    peer = scope["client"][0] if scope["client"] else None
    return forwarded(peer, trusted, next(iter(_header_values(scope, name)), None))


def _header_values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
