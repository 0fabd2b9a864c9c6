"""Rebuilding rooms in hard cases: many, half done, twice at once, or from incomplete books."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from shared.engine.keys import room_keys
from shared.engine.press import PressBatch
from shared.engine.rebuild import Rebuilding
from shared.redis_store.store import StoreUnavailable
from tests.api_service.ledger.books import open_books
from tests.api_service.ledger.loss import open_stage, snapshot
from tests.shared.engine.rooms import (
    LOCAL,
    ONE_PRESS_FIRES,
    button,
    fire,
    numbers,
    play,
    playing,
    press,
)
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.engine.engine import Engine
    from tests.api_service.ledger.loss import Stage

pytestmark = pytest.mark.anyio

SIX_BUTTONS = playing(*(button(f"button{n}", 50) for n in range(6)))
CROWD = 20_000
MEGABYTE = 2**20


@pytest.fixture
async def stage(tmp_path: Path, own_database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, own_database_url) as opened:
        yield opened


async def test_one_that_dies_half_way_is_followed_by_one_that_does_it_whole(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No one sees the half-built room, and nothing of it stays."""
    engine = stage.engine
    room_id, _, _ = await play(engine, SIX_BUTTONS)
    await press(engine, room_id, "ann", name="Ann", button0=20, button1=20, button2=11)
    await engine.block(room_id, "bob")
    await stage.books.book_all()
    before = await snapshot(engine, room_id)
    await stage.lose_everything()
    half_way = asyncio.Event()

    async def stands_still(*_: object) -> None:
        half_way.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Rebuilding, "put_names", stands_still)
        dying = asyncio.create_task(stage.restore())
        await half_way.wait()
        dying.cancel()
        await asyncio.wait([dying])
    keys = room_keys(room_id)
    assert await _exists(engine, keys.counts(1))
    assert not await _exists(engine, keys.room)
    await engine.store.command("HSET", keys.viewers(1), "leftover", "of somebody")
    await stage.restore()
    assert await snapshot(engine, room_id) == before


async def test_many_ledgers_at_once_make_a_room_once(stage: Stage, own_database_url: str) -> None:
    """A rebuilt room is used at once, while other replicas still rebuild it."""
    engine = stage.engine
    rooms = [(await play(engine, ONE_PRESS_FIRES)).room_id for _ in range(8)]
    for room_id in rooms:
        await press(engine, room_id, "ann", skill1=5)
    await stage.books.book_all()
    await stage.lose_everything()
    async with open_books(stage.valkey.url, own_database_url) as other:
        ledgers = [stage.books.ledger, other.ledger]
        looking = [asyncio.create_task(ledger.run_forever()) for ledger in ledgers]
        await asyncio.gather(*(_press_once_back(engine, room_id) for room_id in rooms))
        await stage.restore()
        for task in looking:
            task.cancel()
        await asyncio.wait(looking)
        made = [each.counted("rooms_rebuilt_total") for each in (stage.books, other)]
    assert sum(made) == len(rooms)
    for room_id in rooms:
        assert await numbers(engine, room_id) == list(range(1, 7))


async def test_a_log_keeps_the_last_ten_thousand(stage: Stage) -> None:
    """Older messages are reported as a gap."""
    engine = stage.engine
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 1)
    await stage.books.book_all()
    more = (
        "INSERT INTO triggers SELECT room_id, epoch, n, round, event_type, threshold,"
        " viewer_count, viewer_id, viewer_name, fired_at"
        " FROM triggers, generate_series(2, 12000) AS n RETURNING seq"
    )
    stage.books.are_falsified = True
    await stage.books.rows(more)
    await stage.books.rows("UPDATE rooms SET seq = 12000 RETURNING seq")
    await stage.lose_and_restore()
    assert await numbers(engine, room_id) == list(range(2_001, 12_001))
    held = await engine.attach(room_id, "gateway", log_epoch=log_epoch, last_seq=1_999, skip=False)
    assert (held.start, held.recovered) == (2_000, False)
    held = await engine.attach(room_id, "gateway", log_epoch=log_epoch, last_seq=2_000, skip=False)
    assert (held.start, held.recovered) == (2_000, True)


@pytest.mark.parametrize("missing", [3, 5])
async def test_a_number_that_the_books_lack_is_told_as_a_gap(stage: Stage, missing: int) -> None:
    """Even the last number is: it is not reused in its own epoch."""
    engine = stage.engine
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 5)
    await stage.books.book_all()
    stage.books.are_falsified = True
    await stage.books.rows("DELETE FROM triggers WHERE seq = :seq RETURNING seq", seq=missing)
    await stage.lose_and_restore()
    held = await engine.attach(room_id, "gateway", log_epoch=log_epoch, last_seq=1, skip=False)
    assert (held.start, held.seq, held.recovered) == (missing, 5, False)
    await fire(engine, room_id, 1)
    page = await engine.read(room_id, log_epoch, 1, limit=10)
    assert [message.seq for message in page.messages] == list(range(missing + 1, 7))


async def test_numbers_that_redis_forgot_before_stay_forgotten(stage: Stage) -> None:
    """After several epochs, the log has exactly what it had before everything was lost."""
    engine = stage.engine
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 4)
    await stage.save()
    for more in (3, 2):
        await fire(engine, room_id, more)
        await stage.books.book_all()
        await stage.lose_what_came_since()
        await stage.restore()
    await fire(engine, room_id, 1)
    before = await snapshot(engine, room_id)
    await stage.lose_and_restore()
    after = await snapshot(engine, room_id)
    assert (after.log, after.counts) == (before.log, before.counts)
    assert [message.seq for message in after.log] == [1, 2, 3, 4, 5]
    booked = await stage.books.rows("SELECT count(*) FROM triggers")
    assert booked == [(4 + 3 + 2 + 1,)]


async def test_a_crowd_comes_back_without_sitting_in_memory(stage: Stage) -> None:
    """Twenty thousand viewers who pressed all six buttons, each with a name."""
    engine = stage.engine
    room_id, _, _ = await play(engine, SIX_BUTTONS)
    buttons = dict.fromkeys((f"button{n}" for n in range(6)), 1)
    await engine.press(room_id, PressBatch("ann", buttons, name="Ann", batch_id="b", address=LOCAL))
    await stage.books.book_all()
    await _multiply_viewers(stage, room_id)
    await stage.lose_everything()
    tracemalloc.start()
    try:
        await stage.restore()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    keys = room_keys(room_id)
    assert await engine.store.command("HLEN", keys.viewers(1)) == 1 + CROWD
    for key in (keys.top(1, "all"), keys.button_top(1, "button5")):
        assert await engine.store.command("ZCARD", key) >= 100
    last = await engine.viewer_summary(room_id, 1, "ann-20000")
    assert (last.viewer_name, last.total, last.counts) == ("Ann", 6, buttons)
    assert peak < 6 * MEGABYTE


async def _multiply_viewers(stage: Stage, room_id: str) -> None:
    presses = (
        "INSERT INTO presses SELECT room_id, round, viewer_id || '-' || n, event_type, minute, 1"
        " FROM presses, generate_series(1, :crowd) AS n WHERE room_id = :room RETURNING 1"
    )
    viewers = (
        "INSERT INTO room_viewers SELECT room_id, viewer_id || '-' || n, name, blocked"
        " FROM room_viewers, generate_series(1, :crowd) AS n WHERE room_id = :room RETURNING 1"
    )
    for statement in (presses, viewers):
        await stage.books.rows(statement, crowd=CROWD, room=room_id)


async def _press_once_back(engine: Engine, room_id: str) -> None:
    async def counted() -> bool:
        try:
            return (await press(engine, room_id, "bob", batch_id="b", skill1=1)).fired[0].seq == 6
        except StoreUnavailable:
            return False

    await until(counted)


async def _exists(engine: Engine, key: str) -> bool:
    return bool(await engine.store.command("EXISTS", key))
