"""The ledger's metrics."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from api_service.ledger import duty
from shared.engine.keys import SHARD_KEYS, shard
from shared.engine.shard_ledger import EntryId, Tail
from shared.wire.refusal import Refused
from tests.api_service.ledger.books import Books, open_books
from tests.shared.engine.rooms import ONE_PRESS_FIRES, OwnServer, play, press
from tests.waiting import until

BACKLOG = 20


async def test_the_fullest_shard_is_told_as_a_share_of_what_it_may_hold(
    valkey: OwnServer, own_database_url: str
) -> None:
    """It is a share of one shard: at 1 its rooms refuse presses, and others still accept them."""
    async with open_books(valkey.url, own_database_url, BACKLOG) as books:
        room_id, elsewhere = [(await play(books.engine, ONE_PRESS_FIRES)).room_id for _ in "12"]
        await books.book_all()
        assert books.counted("fullest_shard") == 0
        while (await books.shards.tail(shard(room_id))).unread < BACKLOG:
            await press(books.engine, room_id, skill1=1)
        with pytest.raises(Refused, match="ledger_full"):
            await press(books.engine, room_id, skill1=1)
        await press(books.engine, elsewhere, skill1=1)
        unread = (await books.shards.tail(shard(room_id))).unread
        await books.ledger.book_unread()
        assert books.counted("fullest_shard") == unread / BACKLOG >= 1
        assert books.counted("unread_entries") > unread
        await books.book_all()
        assert books.counted("fullest_shard") == 0


async def test_a_restart_is_no_booking(valkey: OwnServer, own_database_url: str) -> None:
    """The lag of a ledger that always dies before it books must still grow."""
    async with open_books(valkey.url, own_database_url) as books:
        room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
        await books.book_all()
        await books.rows("UPDATE rooms SET seen_at = now() - interval '1 hour' RETURNING room_id")
        await press(books.engine, room_id, skill1=1)
    async with open_books(valkey.url, own_database_url) as again:
        await again.ledger.book_unread()
        again.ledger._metrics.note_unread([Tail(1, 1, EntryId(1, 1), restored=True)])
        assert 0 <= again.counted("lag_seconds") < 60
        await again.rows("UPDATE rooms SET seen_at = now() - interval '1 hour' RETURNING room_id")
    async with open_books(valkey.url, own_database_url) as third:
        await third.ledger._learn_progress()
        third.ledger._metrics.note_unread([Tail(1, 1, EntryId(1, 1), restored=True)])
        assert 3_590 < third.counted("lag_seconds") < 3_700


async def test_a_database_that_refuses_to_be_read_ends_no_service(
    valkey: OwnServer, own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role lacks a privilege: presses still count, and booking resumes once it has it."""
    monkeypatch.setattr(duty, "STUCK_PAUSE", 0.05)
    role = f"reader_{uuid4().hex}"
    with psycopg.connect(own_database_url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN".encode())
        url = make_url(own_database_url).set(username=role).render_as_string(hide_password=False)
        async with open_books(valkey.url, url) as books:
            await play(books.engine, ONE_PRESS_FIRES)
            booking = asyncio.create_task(books.ledger.run_forever())
            await until(lambda: _counts(books, "failures_total", 2))
            assert not booking.done()
            assert await books.database.state() == "away"  # what the service looks at
            assert "permission denied" in books.database.why_away
            owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}".encode())
            await until(lambda: _counts(books, "entries_total", 2))
            booking.cancel()
            await asyncio.wait([booking])
        owner.execute(f"DROP OWNED BY {role}".encode())
        owner.execute(f"DROP ROLE {role}".encode())


async def test_a_shard_with_a_broken_key_holds_up_no_other(
    valkey: OwnServer, own_database_url: str
) -> None:
    """It counts as a failure, and rests a while."""
    async with open_books(valkey.url, own_database_url) as books:
        room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
        broken = next(name for name in SHARD_KEYS if name != shard(room_id))
        await books.engine.store.command("SET", SHARD_KEYS[broken].ledger, "no stream")
        assert await books.book_all() > 0
        assert books.counted("failures_total") == 1


async def _counts(books: Books, figure: str, least: int) -> bool:
    return books.counted(figure) >= least
