"""What booking costs presses, in writes and statements, not in time."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec import Raw
from sqlalchemy import event
from sqlalchemy.engine import Engine as DatabaseEngine

from api_service.ledger import booking, duty, projections, rows
from api_service.ledger.projections import Booked, Postings
from shared.engine import ledger_entries
from shared.engine.ledger_entries import LedgerEntry
from shared.redis_store.redis_py import Link
from shared.redis_store.store import StoreUnavailable
from shared.wire.room_settings import encode
from tests.api_service.ledger.books import Books, open_books
from tests.room_keys import new_room_id
from tests.shared.engine.rooms import ONE_PRESS_FIRES, OwnServer, button, play, playing, press

# Writes to Redis, at most. Calls of one iteration of the event loop make two: the first call, then
# all others.
GONE_THROUGH = 18  # all shards, with nothing lost
AT = 1_728_000_000_000  # ms since 1970
REBUILT = 8  # up to 50 rooms, as far as they fit in one piece


class Statement(NamedTuple):
    """A statement that PostgreSQL got, and its number of rows."""

    text: str
    rows: int


@pytest.fixture
async def books(books: Books) -> Books:
    await books.book_all()
    return books


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Record this process' statements while the block runs."""
    asked: list[Statement] = []

    def note(_c: object, _cursor: object, text: str, parameters: Any, *_: object) -> None:
        given = parameters.get(rows.ROWS) if isinstance(parameters, dict) else None
        asked.append(Statement(text, len(msgspec.json.decode(given)) if given else 0))

    event.listen(DatabaseEngine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(DatabaseEngine, "before_cursor_execute", note)


async def test_rooms_of_many_shards_share_one_transaction(books: Books) -> None:
    """They share its statements, too: each is sent once, for any number of rooms."""
    rooms = [(await play(books.engine, ONE_PRESS_FIRES)).room_id for _ in range(20)]
    await books.book_all()
    before = books.counted("transactions_total")
    await asyncio.gather(*(press(books.engine, room_id, skill1=2) for room_id in rooms))
    with statements() as asked:
        assert await books.ledger.book_unread() == len(rooms)
    assert books.counted("transactions_total") == before + 1
    texts = [statement.text for statement in asked]
    assert len(texts) == len(set(texts))
    assert len(texts) <= 10


@contextmanager
def writes() -> Iterator[list[int]]:
    """Record the writes to Redis, by their sizes in bytes."""
    made: list[int] = []
    send, send_held = Link.send, Link._send_held

    def note(link: Link, encoded: bytes) -> None:
        if link._held is None:
            made.append(len(encoded))
        send(link, encoded)

    def note_held(link: Link, transport: asyncio.WriteTransport) -> None:
        if link._held:
            made.append(sum(map(len, link._held)))
        send_held(link, transport)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Link, "send", note)
        patch.setattr(Link, "_send_held", note_held)
        yield made


async def test_all_shards_are_gone_through_together(
    valkey: OwnServer, own_database_url: str
) -> None:
    """With a distant Redis, all shards wait at the same time, not one after another."""
    async with open_books(valkey.url, own_database_url) as fresh:
        with writes() as made:
            assert await fresh.ledger.book_unread() == 0
        tails = await asyncio.gather(*map(fresh.shards.tail, fresh.shards.names))
        assert all(tail.restored for tail in tails)
        assert len(made) <= GONE_THROUGH


async def test_lost_rooms_of_many_shards_come_back_together(books: Books) -> None:
    """Rooms that are read from the books together are rebuilt together."""
    rooms = [(await play(books.engine, ONE_PRESS_FIRES)).room_id for _ in range(40)]
    await asyncio.gather(*(press(books.engine, room_id, skill1=2) for room_id in rooms))
    await books.book_all()
    await books.engine.store.command("FLUSHALL", "SYNC")
    with writes() as made:
        await books.ledger.book_unread()
    assert books.counted("rooms_rebuilt_total") == len(rooms)
    assert len(made) <= GONE_THROUGH + REBUILT


async def test_a_shard_that_cannot_be_gone_through_keeps_no_other_from_it(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards are then tried one by one, and the others first."""
    await books.engine.store.command("FLUSHALL", "SYNC")
    mark = books.shards.mark_restored
    stuck = books.shards.names[3]

    async def marking(name: str, history: str) -> bool:
        if name == stuck:
            raise StoreUnavailable("its master is away")
        return await mark(name, history)

    monkeypatch.setattr(books.shards, "mark_restored", marking)
    for _ in range(3):
        await books.ledger.book_unread()
    tails = await asyncio.gather(*map(books.shards.tail, books.shards.names))
    restored = dict(zip(books.shards.names, (tail.restored for tail in tails), strict=True))
    assert [name for name in restored if not restored[name]] == [stuck]


async def test_presses_of_a_viewer_in_a_minute_are_one_row(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "MINUTE", 10**9)
    settings = playing(button("skill1", 1_000), button("enemy1", 1_000))
    room_id = (await play(books.engine, settings)).room_id
    await books.book_all()
    for viewer in ("ann", "bob"):
        for _ in range(20):
            await press(books.engine, room_id, viewer, skill1=1, enemy1=1)
    with statements() as asked:
        assert await books.book_all() == 40
    sent = {text.split("(")[0].strip(): n for text, n in asked if text.startswith("INSERT")}
    assert sent == {
        "INSERT INTO presses": 4,
        "INSERT INTO rounds": 1,
        "INSERT INTO accounts": 2,
        "INSERT INTO ledger_progress": 1,
    }


def crowd(room_id: str, batches: int, in_call: int) -> list[str]:
    """Entries of a room in which each of `batches` viewers pressed once and fired."""
    opening = ledger_entries.RoomOpening(room_id, AT, 0, 1, Raw(encode(ONE_PRESS_FIRES).encode()))
    entries: list[LedgerEntry] = [opening, ledger_entries.RoundStarted(room_id, AT, 1)]
    for first in range(0, batches, in_call):
        numbers = range(first + 1, min(first + in_call, batches) + 1)
        buttons = (ledger_entries.CountedButton("skill1", numbers[-1], 0),)
        call = tuple(
            ledger_entries.CountedBatch(
                f"viewer{n}", ((0, 1),), None, (ledger_entries.FiredTrigger("skill1", 1, n),)
            )
            for n in numbers
        )
        entries.append(ledger_entries.BatchesCounted(room_id, AT, 1, 1, 1, buttons, call))
    return [msgspec.json.encode(entry).decode() for entry in entries]


@pytest.mark.parametrize("in_call", [1, 50])
async def test_presses_are_answered_between_the_pieces_of_a_large_page(
    books: Books, monkeypatch: pytest.MonkeyPatch, in_call: int
) -> None:
    """One turn of the event loop handles at most one piece of batches or rows."""
    monkeypatch.setattr(booking, "READ", 400)
    monkeypatch.setattr(booking, "POSTED", 150)
    monkeypatch.setattr(rows, "PIECE", 300)
    room_id = new_room_id()
    await books.append(room_id, crowd(room_id, 1_000, in_call))
    posted = longest = 0
    post = projections.post

    def counting(to: Postings, page: Sequence[Booked]) -> None:
        nonlocal posted, longest
        posted += sum(map(booking.batches_in, page))
        longest = max(longest, posted)
        post(to, page)

    async def turn() -> None:
        nonlocal posted
        while True:
            posted = 0
            await asyncio.sleep(0)

    monkeypatch.setattr(booking, "post", counting)
    turning = asyncio.create_task(turn())
    with statements() as asked:
        assert await books.book_all() > 1_000
    turning.cancel()
    assert longest == 150
    assert max(statement.rows for statement in asked) == 300


@pytest.mark.parametrize("in_call", [1, 9])
async def test_a_page_in_many_pieces_is_booked_as_if_it_were_one(
    books: Books, monkeypatch: pytest.MonkeyPatch, in_call: int
) -> None:
    """This holds for pieces of any size, wherever they end."""
    for name, size in (("PAGE", 70), ("READ", 30), ("FIRST_READ", 3), ("POSTED", 7)):
        monkeypatch.setattr(booking, name, size)
    monkeypatch.setattr(rows, "PIECE", 11)
    room_id = new_room_id()
    await books.append(room_id, crowd(room_id, 200, in_call))
    assert await books.book_all() == 1 + 2 + 200
    for table in ("presses", "triggers"):
        assert await books.rows(f"SELECT count(*) FROM {table}") == [(200,)]
    accounts = "SELECT accepted, count, discarded, booked FROM accounts"
    assert await books.rows(accounts) == [(200, 0, 0, 200)]
    assert books.counted("gaps_total") == 0


async def test_a_page_holds_so_many_batches_however_few_entries_they_are_in(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it there is no pause, and the next page begins with the next entry."""
    for name, size in (("PAGE", 100), ("FIRST_READ", 5), ("POSTED", 25)):
        monkeypatch.setattr(booking, name, size)
    room_id = new_room_id()
    await books.append(room_id, crowd(room_id, 400, 25))
    pages = []
    while booked := await books.ledger.book_unread():
        pages.append(booked)
    assert sum(pages) == 1 + 2 + 400
    assert all(100 <= page < 125 for page in pages[:-1])
    assert {duty.pause_after(page) for page in pages[:-1]} == {0.0}
    assert await books.rows("SELECT sum(count)::int FROM presses") == [(400,)]
    assert books.counted("gaps_total") == 0


async def test_shards_whose_batches_exceed_a_page_have_transactions_of_their_own(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are few entries, so they are in one group; all have their turn."""
    for name, size in (("PAGE", 100), ("FIRST_READ", 5), ("POSTED", 25)):
        monkeypatch.setattr(booking, name, size)
    for room_id in [new_room_id() for _ in range(6)]:
        await books.append(room_id, crowd(room_id, 60, 20))
    before = books.counted("transactions_total")
    assert await books.ledger.book_unread() == 6 * (1 + 2 + 60)
    assert books.counted("transactions_total") == before + 3
    assert await books.rows("SELECT sum(count)::int FROM presses GROUP BY room_id") == [(60,)] * 6
    assert await books.ledger.book_unread() == 0
    assert books.counted("gaps_total") == 0


async def test_small_shards_are_read_together_and_no_piece_grows_by_it(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards are read together up to the size of a first reply."""
    monkeypatch.setattr(booking, "FIRST_READ", 30)
    rooms = [(await play(books.engine, ONE_PRESS_FIRES)).room_id for _ in range(6)]
    await books.book_all()
    for room_id in rooms:
        for _ in range(10):
            await press(books.engine, room_id, skill1=1)
    reading: set[str] = set()
    most = 0
    read = books.shards.read

    async def noting(name: str, *arguments: Any, **options: Any) -> list[tuple[str, str]]:
        nonlocal most
        reading.add(name)
        most = max(most, len(reading))
        found = await read(name, *arguments, **options)
        reading.discard(name)
        return found

    monkeypatch.setattr(books.shards, "read", noting)
    assert await books.ledger.book_unread() == 60
    assert most == 3


async def test_names_are_booked_as_they_are(books: Books) -> None:
    """No character in them is special to JSON or SQL."""
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    names = ['"', "\\", "'; --", "{a,b}", "[1]", "null", "ねこ 👩‍👩‍👧", "\u2028", "%(given)s %s :x"]
    for i, name in enumerate(names):
        await press(books.engine, room_id, f"viewer{i}", name=name, skill1=1)
    await books.book_all()
    for table, column in (("room_viewers", "name"), ("triggers", "viewer_name")):
        query = f"SELECT {column} FROM {table} ORDER BY viewer_id"
        assert [row[0] for row in await books.rows(query)] == names


async def test_looks_come_in_a_rhythm_that_lets_rows_merge() -> None:
    """After a whole page there is no pause, since there may be more."""
    page = booking.PAGE
    assert [duty.pause_after(booked) for booked in (2 * page, page)] == [0.0, 0.0]
    assert [duty.pause_after(booked) for booked in (page - 1, 1)] == [duty.BOOK_EVERY] * 2
    assert duty.pause_after(0) == duty.CHECK_EVERY < duty.BOOK_EVERY
