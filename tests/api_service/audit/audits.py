"""Audits of rooms that tests have played."""

from sqlalchemy import text

from api_service.audit import Audit, ButtonBooks, audit, audit_through
from shared.engine.keys import shard
from tests.api_service.ledger.books import Books
from tests.shared.engine.rooms import button, play, playing, press
from tests.waiting import until

TWO_BUTTONS = playing(button("skill1", 5), button("enemy1", 5))


async def book(books: Books, room_id: str) -> None:
    """Wait until everything in the room's shard is booked, by any replica."""

    async def is_booked() -> bool:
        await books.book_all()
        return (await books.shards.tail(shard(room_id))).unread == 0

    await until(is_booked)


async def audited(books: Books, room_id: str) -> Audit:
    """Audit the books."""
    found = await audit(books.database, room_id)
    assert found is not None
    return found


async def audited_after(books: Books, room_id: str, change: str) -> Audit:
    """Audit the books with one change, then undo the change."""
    async with books.database.checks.transaction(5) as connection:
        altered = await connection.execute(text(change), {"room": room_id})
        assert altered.rowcount > 0
        found = await audit_through(connection, room_id)
        await connection.rollback()
    assert found is not None
    return found


def of(found: Audit, event_type: str, round_: int = 1) -> ButtonBooks:
    """The books of a button's round."""
    (in_round,) = [each for each in found.rounds if each.round == round_]
    (books,) = [each for each in in_round.buttons if each.event_type == event_type]
    return books


async def played(books: Books) -> str:
    """A booked room of two rounds."""
    engine = books.engine
    room_id, term, _ = await play(engine, TWO_BUTTONS)
    await book(books, room_id)
    await press(engine, room_id, "ann", name="Ann", skill1=6, enemy1=3)
    await press(engine, room_id, "bob", skill1=5)
    await book(books, room_id)
    await engine.pause(room_id, term, paused=True)
    await press(engine, room_id, "bob", skill1=9)
    await engine.pause(room_id, term, paused=False)
    await press(engine, room_id, "ann", skill1=1, enemy1=1)
    await engine.reset(room_id)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "bob", skill1=7)
    await book(books, room_id)
    return room_id
