"""What moderators need of a room: everybody who pressed, the blocked, tokens with less right.

Typed methods for `pressers.lua` and `tokens.lua`. A search reads the round's viewers in small
pieces, so that Redis counts presses in between. Tokens live as long as the room: the ledger has
them, for a room that Redis loses.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from shared.engine.engine import Engine
from shared.engine.refusals import RoomNotFound
from shared.engine.replies import TopViewer, TopViewers, top_viewers_of
from shared.redis_store.store import StoreUnavailable

# Viewers of one call: it keeps Redis busy for no longer than a call that counts 32 batches.
PIECE = 100
MOST_PIECES = 2_500  # of one search
MOST_TOKENS = 20  # of one room


async def search(
    engine: Engine, room_id: str, is_wanted: Callable[[TopViewer], bool], *, limit: int
) -> TopViewers:
    """The wanted viewers among all who pressed in the room's round, at most `limit` of them.

    If there are more, they are any of them. A viewer who presses for the first time during the
    search may be missing. If the room's next round begins, so does the search.
    """
    found: dict[str, TopViewer] = {}
    round_, cursor, is_whole = 0, "0", False
    for _ in range(MOST_PIECES):
        now, next_cursor, viewers = await pressers(engine, room_id, cursor)
        if cursor != "0" and now != round_:
            found, cursor = {}, "0"
            continue
        round_, cursor, is_whole = now, next_cursor, next_cursor == "0"
        found.update((each.viewer, each) for each in viewers if is_wanted(each))
        if is_whole or len(found) > limit:
            break
    first = sorted(found.values(), key=lambda each: (-each.presses, each.viewer))
    return TopViewers(round_, tuple(first[:limit]), len(found) > limit or not is_whole)


async def pressers(
    engine: Engine, room_id: str, cursor: str
) -> tuple[int, str, tuple[TopViewer, ...]]:
    """The round, the next piece's cursor ("0": there is none), and one piece of its pressers."""
    round_, next_cursor, flat = await engine.call("pressers", room_id, cursor, PIECE)
    return round_, str(next_cursor), top_viewers_of(flat)


async def hidden(engine: Engine, room_id: str, viewers: Collection[str]) -> frozenset[str]:
    """Which of these viewers have names that the room hides."""
    return frozenset((await engine.call("hidden", room_id, *viewers))[0])


async def hidden_now(engine: Engine, room_id: str, viewers: Collection[str]) -> frozenset[str]:
    """Likewise, for what PostgreSQL tells, where a block may be missing; none if Redis is away."""
    if not viewers:
        return frozenset()
    try:
        return await hidden(engine, room_id, viewers)
    except (RoomNotFound, StoreUnavailable):
        return frozenset()


async def fired_by(engine: Engine, room_id: str, epoch: int, seq: int) -> str:
    """The viewer whose press fired a trigger of the last ten minutes; "" if none is known."""
    return str((await engine.call("fired_by", room_id, epoch, seq))[0])


async def blocked_viewers(engine: Engine, room_id: str, *, limit: int) -> TopViewers:
    """Who is blocked in the room, at most `limit` of them, with what they pressed in the round."""
    round_, count, flat = await engine.call("blocked_viewers", room_id, limit)
    first = sorted(top_viewers_of(flat), key=lambda each: (-each.presses, each.viewer))
    return TopViewers(round_, tuple(first), count > limit)


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
