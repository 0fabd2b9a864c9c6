"""Entries are booked exactly once, even if replicas die or repeat."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from api_service.audit import audit
from api_service.books.errors import DatabaseUnavailable
from api_service.ledger import booking, duty, projections, rows
from shared.engine.keys import shard
from shared.engine.ledger_entries import BatchesCounted
from shared.engine.shard_ledger import EntryId
from shared.redis_store.store import StoreUnavailable
from shared.wire.refusal import Refused
from shared.wire.room_settings import encode
from tests.api_service.ledger.books import Books, open_books
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    OwnServer,
    button,
    fire,
    play,
    playing,
    press,
)
from tests.waiting import until

PRESSES = (  # there is a row for each minute
    "SELECT viewer_id, event_type, sum(count)::int FROM presses"
    " WHERE room_id = :room GROUP BY 1, 2 ORDER BY 1, 2"
)
TRIGGERS = (
    "SELECT seq, event_type, threshold, viewer_id, viewer_name FROM triggers"
    " WHERE room_id = :room ORDER BY seq"
)
ACCOUNT = (
    "SELECT accepted, count, discarded, booked FROM accounts"
    " WHERE room_id = :room AND round = 1 AND event_type = 'skill1'"
)
TOTAL = "SELECT coalesce(sum(count), 0)::int FROM presses WHERE room_id = :room"


async def test_everything_that_happens_in_a_room_is_booked(books: Books) -> None:
    engine = books.engine
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 3), button("enemy1", 2)))
    await press(engine, room_id, "ann", name="Ann", skill1=2, enemy1=1)
    await press(engine, room_id, "bob", skill1=2)
    await engine.pause(room_id, term, paused=True)
    await press(engine, room_id, "bob", skill1=9)
    await engine.pause(room_id, term, paused=False)
    await press(engine, room_id, "ann", skill1=1)
    await engine.reset(room_id)
    await engine.block(room_id, "bob")
    seq = await engine.finish(room_id, term)
    await books.book_all()
    assert await books.rows(PRESSES, room=room_id) == [
        ("ann", "enemy1", 1),
        ("ann", "skill1", 3),
        ("bob", "skill1", 4),
    ]
    assert await books.rows(TRIGGERS, room=room_id) == [
        (1, "skill1", 3, "bob", None),
        (2, "skill1", 3, "ann", "Ann"),
    ]
    assert await books.rows(ACCOUNT, room=room_id) == [(7, 0, 1, 7)]
    viewers = "SELECT viewer_id, name, blocked FROM room_viewers WHERE room_id = :room ORDER BY 1"
    assert await books.rows(viewers, room=room_id) == [("ann", "Ann", False), ("bob", None, True)]
    room = "SELECT status, round, epoch, seq FROM rooms WHERE room_id = :room"
    assert await books.rows(room, room=room_id) == [("ended", 1, log_epoch, seq)]
    ended = (
        "SELECT round, seq, summary->>'type' FROM rounds"
        " WHERE room_id = :room AND ended_at >= started_at"
    )
    assert await books.rows(ended, room=room_id) == [(1, seq, "game_end_summary")]
    assert books.counted("gaps_total") == 0


async def test_a_press_of_the_streamer_is_booked_as_a_trigger_of_no_viewer(books: Books) -> None:
    """It is among the booked presses of the button and of the round, and no viewer's."""
    engine = books.engine
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 5)))
    await press(engine, room_id, "ann", skill1=2)
    await engine.fire(room_id, "skill1")
    await books.book_all()
    assert await books.rows(TRIGGERS, room=room_id) == [(1, "skill1", 3, None, None)]
    assert await books.rows(PRESSES, room=room_id) == [("ann", "skill1", 2)]
    assert await books.rows(ACCOUNT, room=room_id) == [(3, 0, 0, 3)]
    sums = "SELECT presses, triggers FROM rounds WHERE room_id = :room"
    assert await books.rows(sums, room=room_id) == [(3, 1)]
    room = "SELECT epoch, seq FROM rooms WHERE room_id = :room"
    assert await books.rows(room, room=room_id) == [(log_epoch, 1)]
    assert books.counted("presses_total") == 3
    await engine.finish(room_id, term)
    await books.book_all()
    found = await audit(books.database, room_id)
    assert found is not None
    assert found.differences == ()


FIRST = "SELECT first_viewer_id FROM rounds WHERE room_id = :room ORDER BY round"


async def test_who_pressed_first_is_booked_once(books: Books) -> None:
    """In the order of the ledger, whoever presses later; the streamer is nobody."""
    engine = books.engine
    room_id, term, _ = await play(engine, playing(button("skill1", 5)))
    await press(engine, room_id, "zoe", skill1=1)
    await press(engine, room_id, "ann", skill1=1)
    await books.book_all()
    await press(engine, room_id, "bob", skill1=1)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await engine.fire(room_id, "skill1")
    await books.book_all()
    assert await books.rows(FIRST, room=room_id) == [("zoe",), (None,)]
    await press(engine, room_id, "bob", skill1=1)
    await books.book_all()
    assert await books.rows(FIRST, room=room_id) == [("zoe",), ("bob",)]


async def test_the_books_follow_blocks_and_their_end(books: Books) -> None:
    """In one page of the ledger or in several; a press in between changes nothing."""
    engine = books.engine
    room_id, _, _ = await play(engine, playing(button("skill1", 3)))
    viewers = "SELECT viewer_id, name, blocked FROM room_viewers WHERE room_id = :room ORDER BY 1"
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    await engine.block(room_id, "ann")
    await engine.block(room_id, "bob")
    await engine.unblock(room_id, "bob")
    await books.book_all()
    assert await books.rows(viewers, room=room_id) == [("ann", "Ann", True), ("bob", None, False)]
    await press(engine, room_id, "bob", name="Bob", skill1=1)
    await books.book_all()
    await engine.unblock(room_id, "ann")
    await engine.block(room_id, "bob")
    await books.book_all()
    assert await books.rows(viewers, room=room_id) == [("ann", "Ann", False), ("bob", "Bob", True)]


async def test_a_name_that_came_with_refused_presses_is_booked_with_the_next(books: Books) -> None:
    engine = books.engine
    off = playing(button("skill1", 3), button("enemy1", 2, enabled=False))
    room_id, _, _ = await play(engine, off)
    await press(engine, room_id, "ann", name="Ann", enemy1=1)
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    await books.book_all()
    names = "SELECT viewer_id, name FROM room_viewers WHERE room_id = :room"
    assert await books.rows(names, room=room_id) == [("ann", "Ann")]


async def test_many_replicas_book_each_press_once(
    books: Books, valkey: OwnServer, own_database_url: str
) -> None:
    """Five replicas book at the same time, while presses come."""
    rooms = [(await play(books.engine, ONE_PRESS_FIRES)).room_id for _ in range(4)]
    async with AsyncExitStack() as stack:
        replicas = [
            await stack.enter_async_context(open_books(valkey.url, own_database_url))
            for _ in range(5)
        ]
        async with asyncio.TaskGroup() as group:
            booking_ = [group.create_task(each.ledger.run_forever()) for each in replicas]
            await asyncio.gather(*(fire(books.engine, room_id, 500) for room_id in rooms))
            await until(lambda: _all_is_booked(books))
            for task in booking_:
                task.cancel()
        gaps = sum(each.counted("gaps_total") for each in replicas)
    for room_id in rooms:
        assert await books.rows(TOTAL, room=room_id) == [(500,)]
        numbers = [row[0] for row in await books.rows(TRIGGERS, room=room_id)]
        assert numbers == list(range(1, 501))
        assert await books.rows(ACCOUNT, room=room_id) == [(500, 0, 0, 500)]
    assert gaps == 0


async def test_one_that_dies_before_its_commit_has_booked_nothing(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await fire(books.engine, room_id, 10)
    write = rows.write

    async def dies(*arguments: object) -> None:
        await write(*arguments)  # type: ignore[arg-type]
        raise DatabaseUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(booking, "write", dies)
        with pytest.raises(DatabaseUnavailable):
            await books.ledger.book_unread()
    assert await books.rows(TOTAL, room=room_id) == [(0,)]
    await books.book_all()
    assert await books.rows(TOTAL, room=room_id) == [(10,)]


async def test_one_that_dies_after_its_commit_is_not_repeated(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next replica trims the entries, and does not book them again."""
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await fire(books.engine, room_id, 10)

    async def untrimmed(*_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(books.shards, "trim", untrimmed)
        await books.book_all()
    unread = (await books.shards.tail(shard(room_id))).unread
    assert unread > 0
    assert await books.book_all() == 0
    assert (await books.shards.tail(shard(room_id))).unread == 0
    assert await books.rows(TOTAL, room=room_id) == [(10,)]


@pytest.mark.usefixtures("real_limits")
async def test_a_frozen_replica_holds_no_shard_for_long(books: Books) -> None:
    """PostgreSQL ends its idle transaction; the replica treats that as an outage."""
    await books.book_all()
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id

    async def freeze() -> None:
        async with books.database.results.transaction(10) as connection:
            await booking.lock(connection, [shard(room_id)])
            limit = await connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
            assert limit == "10s"
            await connection.execute(text("SET idle_in_transaction_session_timeout = '50ms'"))
            pid = await connection.scalar(text("SELECT pg_backend_pid()"))
            assert await books.ledger.book_unread() == 0
            await until(lambda: _is_ended(books, pid))
            await connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        await freeze()
    assert await books.book_all() == 3


async def test_entries_that_nobody_booked_are_an_alarm(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await press(books.engine, room_id, skill1=1)
    await books.book_all()
    await press(books.engine, room_id, skill1=2)
    await press(books.engine, room_id, skill1=3)
    stream = room_keys(room_id).ledger[0]
    first = (await books.engine.store.command("XRANGE", stream, "-", "+", "COUNT", 1))[0][0]
    await books.engine.store.command("XDEL", stream, first)
    await books.book_all()
    assert books.counted("gaps_total") == 1
    assert "ledger entries missing" in caplog.text
    assert await books.rows(ACCOUNT, room=room_id) == [(6, 0, 0, 4)]


async def test_presses_that_redis_forgot_are_told_and_stay_booked(
    books: Books, valkey: OwnServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Redis restarts without its latest writes: the books have more, and say how much."""
    engine = books.engine
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, skill1=3)
    await books.book_all()
    await valkey.kill()
    kept = [(path, path.read_bytes()) for path in _files(valkey)]
    await valkey.start()
    await press(engine, room_id, skill1=4)
    await books.book_all()
    assert await books.rows(ACCOUNT, room=room_id) == [(7, 0, 0, 7)]
    await valkey.kill()
    for path in _files(valkey):
        path.unlink()
    for path, data in kept:
        path.write_bytes(data)
    await valkey.start()
    await press(engine, room_id, skill1=1)
    await books.book_all()
    assert await books.rows(ACCOUNT, room=room_id) == [(4, 0, 0, 8)]
    assert books.counted("forgotten_presses_total") == 4
    assert books.counted("gaps_total") == 0
    assert "redis forgot presses" in caplog.text
    log_epochs = await books.rows("SELECT base FROM log_epochs ORDER BY epoch")
    assert log_epochs == [(0,), (3,)] or log_epochs == [(0,), (3,), (3,)]
    assert (await books.rows("SELECT count(*), count(DISTINCT epoch) FROM triggers"))[0][0] == 8
    assert log_epoch < (await engine.check(room_id, term) or pytest.fail("lost")).log_epoch


async def test_what_redis_takes_back_while_a_page_is_read_is_taken_back(books: Books) -> None:
    """The page has a round's end from one server; a promoted one does not know of it."""
    room_id, settings = new_room_id(), encode(ONE_PRESS_FIRES)
    stream, command = room_keys(room_id).ledger[0], books.engine.store.command
    before = [
        f'["open","{room_id}",1,0,1,{settings}]',
        f'["start","{room_id}",2,1]',
        f'["batches","{room_id}",3,1,1,1,[["skill1",9,9]],[["ann",[[0,9]]]]]',
        f'["finish","{room_id}",4,1,1,1,[["skill1",9,9,0,0]],{{}}]',
    ]
    kept = f'["renew","{room_id}",6,1,[[1,0],[2,0]],[["skill1",5,5,0,0]],{settings}]'
    await books.append(room_id, before)
    await command("XADD", stream, "2-0", "e", '["epoch","",5,1,2]')
    await command("XADD", stream, "2-1", "e", kept)
    await books.book_all()
    assert await books.rows(ACCOUNT, room=room_id) == [(5, 5, 0, 9)]
    assert await books.rows(TOTAL, room=room_id) == [(9,)]
    ended = "SELECT ended_at, seq, summary FROM rounds WHERE room_id = :room"
    assert await books.rows(ended, room=room_id) == [(None, None, None)]
    assert books.counted("forgotten_presses_total") == 4


async def test_a_server_that_forgot_everything_and_whose_clock_is_behind_is_booked_too(
    books: Books, valkey: OwnServer
) -> None:
    """The booked epochs are greater than its own; its next entries get ids above them."""
    future = EntryId(9_000_000_000_000, 5)
    booked = (
        "INSERT INTO ledger_progress SELECT shard, :epoch, :n FROM ledger_progress RETURNING shard"
    )
    await books.rows(booked, epoch=future.ledger_epoch, n=future.n)
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await press(books.engine, room_id, skill1=1)
    assert await books.book_all() > 3
    assert await books.rows(TOTAL, room=room_id) == [(1,)]
    await press(books.engine, room_id, skill1=1)
    await books.book_all()
    assert await books.rows(TOTAL, room=room_id) == [(2,)]


async def test_a_ledger_that_lost_its_booked_tail_goes_on_above_what_is_booked(
    books: Books,
) -> None:
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await press(books.engine, room_id, skill1=1)
    await books.book_all()
    ahead = "UPDATE ledger_progress SET n = n + 10 WHERE epoch > 0 RETURNING shard"
    await books.rows(ahead)
    last = (await books.shards.tail(shard(room_id))).last
    await press(books.engine, room_id, skill1=1)
    await books.book_all()
    after = (await books.shards.tail(shard(room_id))).last
    assert after.ledger_epoch > last.ledger_epoch
    await press(books.engine, room_id, skill1=1)
    await books.book_all()
    numbers = [row[0] for row in await books.rows(TRIGGERS, room=room_id)]
    assert numbers == [1, 3]


async def test_presses_go_on_while_postgresql_is_away_until_the_backlog_is_full(
    valkey: OwnServer, books: Books
) -> None:
    """A full backlog refuses presses and trims nothing; once booked, presses count again."""
    engine = type(books.engine)(books.engine.store, ledger_backlog=20)
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    counted = 0
    while (await books.shards.tail(shard(room_id))).unread < 20:
        await press(engine, room_id, f"v{counted}", batch_id=str(counted), skill1=1)
        counted += 1
    with pytest.raises(Refused, match="ledger_full"):
        await press(engine, room_id, "v", skill1=1)
    again = await press(engine, room_id, "v0", batch_id="0", skill1=1)
    assert again.duplicate
    heartbeat = await press(engine, room_id, "v", batch_id="h")
    assert heartbeat.state.round == 1
    await engine.pause(room_id, term, paused=True)
    await engine.pause(room_id, term, paused=False)
    await books.book_all()
    await press(engine, room_id, "late", skill1=1)
    await books.book_all()
    assert await books.rows(TOTAL, room=room_id) == [(counted + 1,)]


async def test_a_look_that_others_have_overtaken_skips_nothing(
    books: Books, valkey: OwnServer
) -> None:
    """Others book more, and Redis restarts: unread entries of the older epoch are still read."""
    engine, room_id = books.engine, (await play(books.engine, ONE_PRESS_FIRES)).room_id
    tails = {shard(room_id): await books.shards.tail(shard(room_id))}
    await press(engine, room_id, skill1=1)
    await books.book_all()
    await press(engine, room_id, skill1=2)
    await valkey.kill()
    await valkey.start()
    await press(engine, room_id, skill1=4)
    for presses, more in ((2, True), (4, False)):  # each ledger epoch has its own transaction
        async with books.database.checks.transaction(5) as connection:
            runs = await booking.book(connection, books.shards, tails)
        run = runs[shard(room_id)]
        assert (run.presses, run.gaps, run.more) == (presses, 0, more)


async def test_why_the_ledger_waits_is_told_once(
    books: Books, valkey: OwnServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason is Redis' error, not the name of the first shard."""
    await valkey.kill()
    with caplog.at_level(logging.WARNING, "api_service.ledger.duty"):
        for _ in range(2):
            await books.ledger.book_unread()
    (line,) = caplog.records
    assert line.getMessage() == "ledger waits"
    assert len(line.fields["reason"]) > len("00")  # type: ignore[attr-defined]


async def test_an_entry_that_is_not_understood_stops_its_shard_alone(
    books: Books, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer release wrote it: booking stops before it, and nothing is lost."""
    monkeypatch.setattr(duty, "STUCK_PAUSE", 0.0)
    await books.book_all()
    stuck = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    stream = room_keys(stuck).ledger[0]
    head = (await books.shards.tail(shard(stuck))).last
    await books.engine.store.command("XADD", stream, f"{head.ledger_epoch}-*", "e", '["new","",1]')
    await press(books.engine, stuck, skill1=1)
    other = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await press(books.engine, other, skill1=2)
    await books.book_all()
    assert await books.rows(TOTAL, room=other) == [(2,)]
    assert await books.rows(TOTAL, room=stuck) == [(0,)]
    assert (await books.shards.tail(shard(stuck))).unread > 0
    assert books.counted("failures_total") > 0
    assert "ledger shard not booked" in caplog.text


async def test_an_entry_that_nothing_posts_stops_its_shard_alone(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty, "STUCK_PAUSE", 0.0)
    stuck = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    other = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await books.book_all()
    await press(books.engine, other, skill1=2)
    await books.engine.block(stuck, "ann")
    with monkeypatch.context() as patch:
        some = {BatchesCounted: projections.ADDED[BatchesCounted]}
        patch.setattr(projections, "ADDED", some)
        await books.book_all()
    assert await books.rows(TOTAL, room=other) == [(2,)]
    assert books.counted("failures_total") > 0
    assert (await books.shards.tail(shard(stuck))).unread == 1


async def test_a_lost_permission_lets_shards_rest_and_ends_no_service(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it is there again, everything is booked."""
    monkeypatch.setattr(duty, "STUCK_PAUSE", 0.0)
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await books.book_all()
    await press(books.engine, room_id, skill1=2)
    for lost in ("fcall", "xrange"):
        failures = books.counted("failures_total")
        await books.engine.store.command("ACL SETUSER", "default", f"-{lost}")
        assert await books.ledger.book_unread() == 0
        assert books.counted("failures_total") > failures
        await books.engine.store.command("ACL SETUSER", "default", f"+{lost}")
    await books.book_all()
    assert await books.rows(TOTAL, room=room_id) == [(2,)]


async def _is_ended(books: Books, pid: int) -> bool:
    return not await books.rows("SELECT pid FROM pg_stat_activity WHERE pid = :pid", pid=pid)


def _files(valkey: OwnServer) -> list[Path]:
    return list((valkey.folder / "appendonlydir").iterdir())


async def _all_is_booked(books: Books) -> bool:
    tails = await asyncio.gather(*map(books.shards.tail, books.shards.names))
    return not any(tail.unread for tail in tails)


async def test_the_lag_grows_while_nothing_is_booked_and_is_none_when_all_is(books: Books) -> None:
    """An alert on the lag thus fires during the outage itself."""
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await books.book_all()
    await books.ledger.book_unread()
    assert books.counted("lag_seconds") == 0
    await press(books.engine, room_id, skill1=1)
    lock = "SELECT shard FROM ledger_progress FOR UPDATE"
    async with books.database.results.transaction(10) as connection:
        await connection.execute(text(lock))
        await books.ledger.book_unread()
        first = books.counted("lag_seconds")
        await until(lambda: _grown(books, first))
    await books.book_all()
    await books.ledger.book_unread()
    assert books.counted("lag_seconds") == 0


async def _grown(books: Books, than: float) -> bool:
    return books.counted("lag_seconds") > than


@pytest.mark.usefixtures("real_limits")
async def test_a_shard_that_is_stuck_in_postgresql_holds_up_no_other(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another session locks a row that its booking needs: the other shards go first."""
    monkeypatch.setattr(duty, "BOOK_WITHIN", 0.5)
    one = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    other = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await books.book_all()
    first, behind = sorted((one, other), key=shard)
    async with books.database.results.transaction(20) as connection:
        hold = text("SELECT 1 FROM rooms WHERE room_id = :room FOR UPDATE")
        await connection.execute(hold, {"room": first})
        for room_id in (first, behind):
            await press(books.engine, room_id, skill1=1)
        with pytest.raises(DatabaseUnavailable):
            await books.ledger.book_unread()
        assert await books.rows(TOTAL, room=behind) == [(0,)]
        with pytest.raises(DatabaseUnavailable):
            await books.ledger.book_unread()
        assert await books.rows(TOTAL, room=behind) == [(1,)]
    await books.book_all()
    assert await books.rows(TOTAL, room=first) == [(1,)]


async def test_a_shard_that_cannot_be_read_holds_up_no_other_for_more_than_a_look(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards are then booked one per transaction, until all succeed again."""
    one = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    other = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await books.book_all()
    for room_id in (one, other):
        await press(books.engine, room_id, skill1=1)
    read = books.shards.read

    async def unreadable(name: str, after: EntryId, *, limit: int) -> list[tuple[str, str]]:
        if name == shard(one):
            raise StoreUnavailable
        return await read(name, after, limit=limit)

    with monkeypatch.context() as patch:
        patch.setattr(books.shards, "read", unreadable)
        assert await books.ledger.book_unread() == 0
        assert await books.ledger.book_unread() == 1
        assert await books.rows(TOTAL, room=other) == [(1,)]
    await books.book_all()
    before = books.counted("transactions_total")
    for room_id in (one, other):
        await press(books.engine, room_id, skill1=1)
    assert await books.ledger.book_unread() == 2
    assert books.counted("transactions_total") == before + 1
