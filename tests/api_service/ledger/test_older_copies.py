"""An older copy of Redis comes back, with entries that were not booked when Redis was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_service.audit.audit import audit
from api_service.ledger import booking
from shared.engine.keys import shard
from tests.api_service.ledger.loss import RestoredLedger, restored_ledger
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    book,
    button,
    fire,
    play,
    playing,
    press,
    whole_log,
)

THREE_PRESSES_FIRE = playing(button("skill1", 3), button("enemy1", 2))
PRESSES = (
    "SELECT viewer_id, round, sum(count)::int FROM presses WHERE room_id = :room"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)
ACCOUNTS = (
    "SELECT round, event_type, accepted, count, booked FROM accounts WHERE room_id = :room"
    " ORDER BY 1, 2"
)


@pytest.fixture
async def restored(tmp_path: Path, own_database_url: str) -> AsyncIterator[RestoredLedger]:
    async with restored_ledger(tmp_path, own_database_url) as opened:
        yield opened


async def differences(restored: RestoredLedger, room_id: str) -> list[str]:
    found = await audit(restored.books.database, room_id)
    assert found is not None
    return [each.sentence for each in found.differences]


async def lose_unbooked(restored: RestoredLedger) -> str:
    """Press without booking, copy Redis, lose it, and press on in the room that is rebuilt.

    Returns the room's id.
    """
    engine, books = restored.engine, restored.books
    room_id, _, _ = await play(engine, THREE_PRESSES_FIRE)
    await press(engine, room_id, "ann", skill1=4)
    await books.book_all()
    await press(engine, room_id, "bob", skill1=9, enemy1=3)
    await restored.save()
    await restored.lose_everything()
    await restored.restore()
    await engine.start(room_id, None)
    await press(engine, room_id, "carl", skill1=7)
    await books.book_all()
    return room_id


@pytest.mark.parametrize("presses_first", [False, True])
async def test_what_was_not_booked_before_a_loss_is_booked_once_it_is_back(
    restored: RestoredLedger, *, presses_first: bool
) -> None:
    """Whether the ledger or a viewer is the first to come to the server with the older copy.

    What came since the copy stays in the books, as presses that Redis forgot.
    """
    engine, books = restored.engine, restored.books
    room_id = await lose_unbooked(restored)
    await restored.lose_what_came_since()
    if presses_first:
        await press(engine, room_id, "dora", skill1=1)
    await restored.restore()
    await books.book_all()
    assert await differences(restored, room_id) == []
    if not presses_first:
        await press(engine, room_id, "dora", skill1=1)
    await books.book_all()
    assert await books.rows(PRESSES, room=room_id) == [
        ("ann", 1, 4),
        ("bob", 1, 12),
        ("carl", 2, 7),
        ("dora", 1, 1),
    ]
    account = await book(engine, room_id, "skill1")
    assert (account.accepted, account.count) == (14, 2)
    assert await books.rows(ACCOUNTS, room=room_id) == [
        (1, "enemy1", 3, 1, 3),
        (1, "skill1", 14, 2, 14),
        (2, "skill1", 0, 0, 7),
    ]
    assert await differences(restored, room_id) == []
    assert books.counted("gaps_total") == 0


async def test_a_round_that_ended_before_the_loss_has_the_summary_of_the_copy(
    restored: RestoredLedger,
) -> None:
    """Nobody presses: what the books had of the room since the copy is forgotten nevertheless."""
    engine, books = restored.engine, restored.books
    room_id, term, log_epoch = await play(engine, THREE_PRESSES_FIRE)
    await press(engine, room_id, "ann", skill1=4)
    await books.book_all()
    await press(engine, room_id, "bob", skill1=9)
    seq = await engine.finish(room_id, term)
    await restored.save()
    await restored.lose_everything()
    await restored.restore()
    await engine.start(room_id, None)
    await press(engine, room_id, "carl", skill1=7)
    await books.book_all()
    await restored.lose_what_came_since()
    await restored.restore()
    await books.book_all()
    summary = "SELECT epoch, seq FROM rounds WHERE room_id = :room AND ended_at IS NOT NULL"
    assert await books.rows(summary, room=room_id) == [(log_epoch, seq)]
    room = "SELECT status, round, seq FROM rooms WHERE room_id = :room"
    assert await books.rows(room, room=room_id) == [("ended", 1, seq)]
    assert await books.rows(ACCOUNTS, room=room_id) == [
        (1, "enemy1", 0, 0, 0),
        (1, "skill1", 13, 1, 13),
        (2, "skill1", 0, 0, 7),
    ]
    assert await differences(restored, room_id) == []


async def test_a_game_hears_that_the_copy_never_had_its_last_messages(
    restored: RestoredLedger,
) -> None:
    """On its open socket, although the copy has more messages: nobody knows where they part."""
    engine, books = restored.engine, restored.books
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await books.book_all()
    await fire(engine, room_id, 4)
    await restored.save()
    await restored.lose_everything()
    await restored.restore()
    await engine.start(room_id, None)
    await fire(engine, room_id, 1)
    last = (await whole_log(engine, room_id))[-1]
    assert last.seq == 5
    await restored.lose_what_came_since()
    page = await engine.read(room_id, last.epoch, last.seq, limit=10)
    assert (page.recovered, page.start, [m.seq for m in page.messages]) == (False, 5, [6, 7])
    page = await engine.read(room_id, page.log_epoch, 7, limit=10)
    assert (page.recovered, page.start) == (True, 7)


async def test_a_look_from_before_the_copy_came_back_books_and_trims_nothing_else(
    restored: RestoredLedger,
) -> None:
    """First what the copy brought back, then what came on it; no transaction has both."""
    engine, books = restored.engine, restored.books
    room_id = await lose_unbooked(restored)
    name = shard(room_id)
    tails = {name: await books.shards.tail(name)}
    await restored.lose_what_came_since()
    await press(engine, room_id, "dora", skill1=1)
    await books.shards.trim(name, tails[name].last)
    for presses, more in ((12, True), (1, False)):
        async with books.database.checks.transaction(5) as connection:
            bookmarks = await booking.lock(connection, tails)
            runs = await booking.book(connection, books.shards, bookmarks, tails)
        run = runs[name]
        assert (run.presses, run.gaps, run.more) == (presses, 0, more)


async def test_an_epoch_that_the_release_before_left_is_not_booked_twice(
    restored: RestoredLedger,
) -> None:
    """It does not say how far it has booked the epoch."""
    engine, books = restored.engine, restored.books
    room_id = await lose_unbooked(restored)
    await books.rows("UPDATE ledger_epochs SET n = NULL RETURNING shard")
    await restored.lose_what_came_since()
    await restored.restore()
    await press(engine, room_id, "dora", skill1=1)
    await books.book_all()
    assert await books.rows(PRESSES, room=room_id) == [
        ("ann", 1, 4),
        ("carl", 2, 7),
        ("dora", 1, 1),
    ]
    assert (await books.shards.tail(shard(room_id))).unread == 0
