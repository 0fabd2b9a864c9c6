"""Signed viewer ids, room tokens and studio keys, and the access keys of games and operators.

Signatures are HMAC-SHA-256 (RFC 2104) truncated to 128 bits (RFC 2104, section 5), in base64url
without padding. Each purpose has a separate key, so that a signature is valid for one purpose only.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from functools import lru_cache
from secrets import token_urlsafe
from typing import NamedTuple

from ulid import PureRandomPolicy, ULIDGenerator

ROOM_TOKEN_LIFETIME_S = 7 * 24 * 60 * 60
SIGNATURE_BYTES = 16
SIGNED_ULID_LENGTH = 26 + 1 + 22  # characters: ULID, dot, signature
VIEWERS_REMEMBERED = 20_000

SCOPED_TOKEN = re.compile(
    r"([0-9]{1,15})\.([a-z]{1,16})\.([A-Za-z0-9_-]{12})\.[A-Za-z0-9_-]{22}", re.ASCII
)
_TOKEN_ID = re.compile(r"[A-Za-z0-9_-]{12}", re.ASCII)
ULID_PATTERN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)
# Purely random, so that one ULID does not reveal another of the same millisecond.
_ulids = ULIDGenerator(policy=PureRandomPolicy())


def new_ulid() -> str:
    """A new ULID, of which nobody can guess another."""
    return str(_ulids.generate())


def is_ulid(text: str) -> bool:
    """Whether `text` is a ULID in its canonical form: 26 upper-case Crockford base32 digits."""
    return ULID_PATTERN.fullmatch(text) is not None


def is_token_id(text: str) -> bool:
    """Whether a token with less right can have this id."""
    return _TOKEN_ID.fullmatch(text) is not None


def new_token_id() -> str:
    """A random id for a token with less right: 12 characters of base64url."""
    return token_urlsafe(9)


def bare(viewer_id: str) -> str:
    """The public half of a viewer id, not verified; a bare ULID stays as it is."""
    return viewer_id.partition(".")[0].upper()


def bearer_in(authorization: str) -> str | None:
    """The token of an `Authorization: Bearer` header (RFC 6750, section 2.1), if it has one."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


class Scoped(NamedTuple):
    """What a token with less right names: its id, what it may do, and until when (s since 1970)."""

    token_id: str
    scope: str
    expires_s: int


class Signer:
    """Signs with the first secret key, and accepts signatures of any of the keys.

    Raises ValueError if there is no key, or an empty one.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys or not all(secret_keys):
            raise ValueError("signing needs at least one secret key, and none may be empty")
        self._viewer_keys = _keys_for(b"streamario viewer id v1", secret_keys)
        self._room_keys = _keys_for(b"streamario room token v1", secret_keys)
        self._studio_keys = _keys_for(b"streamario studio key v1", secret_keys)
        self._scoped_keys = _keys_for(b"streamario scoped token v1", secret_keys)
        # Cached, because a viewer sends its id with every press.
        self._verified = lru_cache(maxsize=VIEWERS_REMEMBERED)(self._verify_viewer)

    def new_viewer_id(self) -> str:
        """The id of a new viewer, `ULID.signature`."""
        return self.sign_viewer(new_ulid())

    def sign_viewer(self, ulid: str) -> str:
        """The id, `ULID.signature`, of the viewer with this ULID (in canonical form)."""
        return f"{ulid}.{_signature(self._viewer_keys[0], ulid)}"

    def verify_viewer(self, viewer_id: str) -> str | None:
        """The viewer's ULID in canonical form, or None if the signature is not valid."""
        if len(viewer_id) != SIGNED_ULID_LENGTH or not viewer_id.isascii():
            return None
        try:
            return self._verified(viewer_id)
        except ValueError:
            return None

    def _verify_viewer(self, viewer_id: str) -> str:
        """Raise ValueError, which lru_cache does not cache, if the signature is not valid."""
        text, _, signature = viewer_id.partition(".")
        ulid = text.upper()
        if not (is_ulid(ulid) and _signed(self._viewer_keys, ulid, signature)):
            raise ValueError("not signed here")
        return ulid

    def sign_studio(self, studio_id: str) -> str:
        """The key, `ULID.signature`, that opens the studio with this ULID (in canonical form)."""
        return f"{studio_id}.{_signature(self._studio_keys[0], studio_id)}"

    def verify_studio_key(self, key: str) -> str | None:
        """The ULID of the studio that this key opens, or None if the signature is not valid."""
        ulid, _, signature = key.partition(".")
        is_key = key.isascii() and is_ulid(ulid) and _signed(self._studio_keys, ulid, signature)
        return ulid if is_key else None

    def room_token(self, room_id: str, now_s: float) -> str:
        """A token that owns the room for seven days from `now_s` (s since 1970).

        Its form is `EXPIRY.signature`, all token characters (RFC 9110, section 5.6.2), because a
        client may send it as a WebSocket subprotocol.
        """
        expiry = str(int(now_s) + ROOM_TOKEN_LIFETIME_S)
        return f"{expiry}.{_signature(self._room_keys[0], f'{expiry}.{room_id}')}"

    def verify_room_token(self, token: str, room_id: str, now_s: float) -> bool:
        """Whether `token` was signed here for this room and is still valid at `now_s`."""
        if not (token.isascii() and room_id.isascii()):
            return False
        expiry, _, signature = token.partition(".")
        # `int` is safe after the signature is verified: we sign only numbers.
        genuine = _signed(self._room_keys, f"{expiry}.{room_id}", signature)
        return genuine and now_s < int(expiry)

    def scoped_token(self, room_id: str, scoped: Scoped) -> str:
        """A token with less right than the room's own, `EXPIRY.SCOPE.ID.signature`."""
        text = f"{scoped.expires_s}.{scoped.scope}.{scoped.token_id}"
        return f"{text}.{_signature(self._scoped_keys[0], f'{text}.{room_id}')}"

    def read_scoped_token(self, token: str, room_id: str, now_s: float) -> Scoped | None:
        """What `token` names, if it was signed here for this room and is valid at `now_s`.

        Whether it was revoked, only Redis knows.
        """
        shape = SCOPED_TOKEN.fullmatch(token)
        if shape is None or not room_id.isascii():
            return None
        text, _, signature = token.rpartition(".")
        if not _signed(self._scoped_keys, f"{text}.{room_id}", signature):
            return None
        scoped = Scoped(token_id=shape[3], scope=shape[2], expires_s=int(shape[1]))
        return scoped if now_s < scoped.expires_s else None


class AccessKeys:
    """The keys that permit one action, such as opening rooms; without any, everyone may do it."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = tuple(_bytes(key) for key in keys if key)
        self.open_to_all = not self._keys

    def allows(self, key: str | None) -> bool:
        """Whether `key` permits the action. The comparison takes constant time."""
        if self.open_to_all or key is None:
            return self.open_to_all
        encoded = _bytes(key)
        return sum(hmac.compare_digest(encoded, valid) for valid in self._keys) > 0


def _bytes(text: str) -> bytes:
    # The environment and requests may contain lone surrogates, which must compare, not raise.
    return text.encode("utf-8", "surrogatepass")


def _keys_for(purpose: bytes, secret_keys: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(hmac.digest(_bytes(secret), purpose, "sha256") for secret in secret_keys)


def _signature(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()


def _signed(keys: Iterable[bytes], text: str, signature: str) -> bool:
    # Compared in base64, so that a signature has only one valid spelling; it must be ASCII.
    return any(hmac.compare_digest(_signature(key, text), signature) for key in keys)
