"""Which tokens with less right than the room's own are valid: typed methods for `tokens.lua`.

They live as long as the room: the ledger has them, for a room that Redis loses.
"""

from __future__ import annotations

from typing import NamedTuple

from shared.engine.engine import Engine

MOST_TOKENS = 20  # of one room


class ValidToken(NamedTuple):
    """A valid token of a room, without its signature; `expires_at` in ms since 1970."""

    token_id: str
    scope: str
    expires_at: int


async def tokens(engine: Engine, room_id: str) -> list[ValidToken]:
    """The room's valid tokens, the one that expires first at the front."""
    (flat,) = await engine.call("tokens", room_id)
    found = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    return sorted(map(ValidToken._make, found), key=lambda token: token.expires_at)


async def add_token(engine: Engine, room_id: str, token: ValidToken) -> None:
    """Make a token valid. Raises Refused if the room has `MOST_TOKENS`, or its ledger is full."""
    await engine.call("add_token", room_id, *token, MOST_TOKENS, engine.ledger_limits)


async def remove_token(engine: Engine, room_id: str, token_id: str) -> None:
    """Make a token invalid at once; one that is not valid stays so."""
    await engine.call("remove_token", room_id, token_id)
