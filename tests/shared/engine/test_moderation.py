"""Tokens with less right than a room's own, and the search over all who pressed."""

import asyncio
import time
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared.engine import moderation
from shared.engine.engine import Engine
from shared.engine.moderation import (
    MOST_TOKENS,
    ValidToken,
    add_token,
    blocked_viewers,
    hidden_now,
    remove_token,
    search,
    tokens,
)
from shared.engine.refusals import RoomNotFound
from shared.engine.replies import TopViewer
from shared.wire.refusal import Refused
from tests.batches import batch_of, sent
from tests.room_keys import room_keys
from tests.shared.engine.rooms import open_room, play, press

SOON = int(time.time() * 1000) + 3_600_000


def anybody(viewer: TopViewer) -> bool:
    return True


def is_one(wanted: str, viewer: TopViewer) -> bool:
    return viewer.viewer == wanted


async def test_a_token_is_valid_until_it_is_removed(engine: Engine) -> None:
    room_id = await open_room(engine)
    first, second = ValidToken("one", "moderator", SOON), ValidToken("two", "feed", SOON + 1)
    for token in (second, first, first):
        await add_token(engine, room_id, token)
    assert await tokens(engine, room_id) == [first, second]
    for _ in range(2):  # a repeat changes nothing
        await remove_token(engine, room_id, "one")
        assert await tokens(engine, room_id) == [second]


async def test_a_room_has_only_so_many_tokens_and_forgets_those_that_have_expired(
    engine: Engine,
) -> None:
    room_id = await open_room(engine)
    await add_token(engine, room_id, ValidToken("expired", "moderator", 1))
    for n in range(MOST_TOKENS):
        await add_token(engine, room_id, ValidToken(f"t{n}", "moderator", SOON))
    assert "expired" not in {token.token_id for token in await tokens(engine, room_id)}
    with pytest.raises(Refused, match="too_many_tokens"):
        await add_token(engine, room_id, ValidToken("one more", "moderator", SOON))
    await remove_token(engine, room_id, "t3")
    await add_token(engine, room_id, ValidToken("in its place", "moderator", SOON))


async def test_a_token_lives_as_long_as_its_room(engine: Engine) -> None:
    room_id = await open_room(engine)
    await add_token(engine, room_id, ValidToken("one", "moderator", SOON))
    await engine.store.command("DEL", room_keys(room_id).room)
    with pytest.raises(RoomNotFound):
        await tokens(engine, room_id)


async def crowd(engine: Engine, room_id: str, size: int) -> dict[str, str]:
    """Press as so many viewers. Returns their names by id."""
    names = {uuid4().hex: f"Viewer {n}" for n in range(size)}
    batches = [
        batch_of(viewer, {"skill1": 1 + n % 7}, name=name)
        for n, (viewer, name) in enumerate(names.items())
    ]
    await asyncio.gather(*(sent(engine, room_id, batch) for batch in batches))
    return names


async def test_a_search_finds_every_presser_in_small_pieces(engine: Engine) -> None:
    """Redis looks at a few hundred viewers in one call, however many there are."""
    room_id, _, _ = await play(engine)
    names = await crowd(engine, room_id, 2_000)
    calls = await engine.store.command("INFO", "commandstats")
    found = await search(engine, room_id, anybody, limit=5_000)
    after = await engine.store.command("INFO", "commandstats")
    assert {each.viewer: each.name for each in found.viewers} == names
    assert (found.round, found.more) == (1, False)
    presses = [each.presses for each in found.viewers]
    assert presses == sorted(presses, reverse=True)
    pieces = after["cmdstat_hscan"]["calls"] - calls.get("cmdstat_hscan", {"calls": 0})["calls"]
    assert 2_000 / moderation.PIECE <= pieces <= 2 * 2_000 / moderation.PIECE


async def test_a_search_stops_when_it_has_enough(engine: Engine) -> None:
    room_id, _, _ = await play(engine)
    await crowd(engine, room_id, 1_000)
    found = await search(engine, room_id, anybody, limit=50)
    assert (len(found.viewers), found.more) == (50, True)
    (last,) = (await search(engine, room_id, lambda v: v.name == "Viewer 999", limit=50)).viewers
    assert (last.name, last.presses, last.blocked) == ("Viewer 999", 1 + 999 % 7, False)


async def test_who_pressed_most_come_first_and_nobody_hears_of_others(engine: Engine) -> None:
    room_id, _, _ = await play(engine)
    for viewer, presses in (("ann", 1), ("bob", 3), ("eve", 2)):
        await press(engine, room_id, viewer, skill1=presses)
    top = await engine.top_viewers(room_id, limit=2)
    assert ([each.viewer for each in top.viewers], top.more) == (["bob", "eve"], False)


async def test_a_search_that_finds_as_many_as_it_may_looks_for_more(engine: Engine) -> None:
    """In all pieces, wherever in them the last one was: that there are no more is certain."""
    room_id, _, _ = await play(engine)
    for viewer in list(await crowd(engine, room_id, 1_000))[:20]:
        found = await search(engine, room_id, partial(is_one, viewer), limit=1)
        assert ([each.viewer for each in found.viewers], found.more) == ([viewer], False)


async def test_a_search_knows_nobody_of_an_earlier_round(engine: Engine) -> None:
    room_id, term, _ = await play(engine)
    await press(engine, room_id, "early", name="Ann", skill1=1)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "late", name="Bob", skill1=2)
    found = await search(engine, room_id, anybody, limit=50)
    assert (found.round, [each.viewer for each in found.viewers]) == (2, ["late"])


async def test_a_search_begins_again_with_the_next_round(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, term, _ = await play(engine)
    await crowd(engine, room_id, 1_000)
    late: dict[str, str] = {}
    read_piece = moderation.pressers

    async def read_and_start(*arguments: Any) -> Any:
        piece = await read_piece(*arguments)
        if not late:
            assert piece[1] != "0", "there is a second piece"
            await engine.finish(room_id, term)
            await engine.start(room_id, term)
            late.update(await crowd(engine, room_id, 1_000))
        return piece

    monkeypatch.setattr(moderation, "pressers", read_and_start)
    found = await search(engine, room_id, anybody, limit=5_000)
    assert {each.viewer for each in found.viewers} == late.keys()
    assert (found.round, found.more) == (2, False)


async def test_a_block_again_changes_nothing(engine: Engine) -> None:
    """Neither in the ledger nor on pages, which would start over."""
    room_id = await open_room(engine)
    key = room_keys(room_id)
    await engine.block(room_id, "ann", most=1)
    entries = await engine.store.command("XLEN", key.ledger[0])
    state = await engine.store.command("HGETALL", key.room)
    await engine.block(room_id, "ann", most=1)
    assert await engine.store.command("HGETALL", key.room) == state
    assert await engine.store.command("XLEN", key.ledger[0]) == entries
    with pytest.raises(Refused, match="too_many_blocked"):
        await engine.block(room_id, "bob", most=1)


async def test_whoever_is_blocked_is_listed_whether_or_not_they_pressed(engine: Engine) -> None:
    room_id, _, _ = await play(engine)
    await press(engine, room_id, "ann", name="Ann", skill1=2)
    for viewer in ("ann", "silent"):
        await engine.block(room_id, viewer)
    found = await blocked_viewers(engine, room_id, limit=100)
    listed = [(each.viewer, each.name, each.presses, each.blocked) for each in found.viewers]
    assert listed == [("ann", "Ann", 2, True), ("silent", None, 0, True)]
    assert not found.more
    assert not (await blocked_viewers(engine, room_id, limit=2)).more
    assert (await blocked_viewers(engine, room_id, limit=1)).more
    (ann,) = (await search(engine, room_id, anybody, limit=50)).viewers
    assert ann.blocked


async def test_names_that_postgresql_tells_are_hidden_while_redis_has_the_room(
    engine: Engine,
) -> None:
    room_id = await open_room(engine)
    await engine.block(room_id, "ann")
    assert await hidden_now(engine, room_id, ["ann", "bob"]) == {"ann"}
    assert await hidden_now(engine, "nowhere", ["ann", "bob"]) == set()
