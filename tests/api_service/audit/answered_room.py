"""A room in which the game answers."""

from shared.wire.game_messages import Available, Outcome
from tests.api_service.audit.audits import book
from tests.api_service.ledger.books import Books
from tests.shared.engine.rooms import button, play, playing, press

ANSWERED = playing(
    button("skill1", 5),
    button("skill2", 4),
    button("enemy1", 5),
    button("enemy2", 5),
)
DONE, FAILED, SECOND, LATE, ENDED = 1, 2, 4, 6, 7  # numbers of triggers


async def answered(books: Books) -> str:
    """A booked room of two rounds; triggers and their outcomes are booked together, or apart."""
    engine = books.engine
    room_id, term, log_epoch = await play(engine, ANSWERED)

    async def tell(seq: int, *told: str | int) -> None:
        await engine.outcome(room_id, term, Outcome(log_epoch, seq, *told))  # type: ignore[arg-type]

    await press(engine, room_id, "ann", name="Ann", skill1=11)
    await book(books, room_id)
    await tell(DONE, "started", 5_000)
    await tell(DONE, "done")
    await tell(FAILED, "failed", 0, "no dragon")
    await engine.available(room_id, term, Available("enemy1", False, "busy"))
    await press(engine, room_id, "bob", enemy1=5, skill2=9)
    await tell(SECOND, "failed")
    await engine.available(room_id, term, Available("enemy1", True))
    await press(engine, room_id, "ann", skill1=1)
    await engine.pause(room_id, term, paused=True)
    await press(engine, room_id, "bob", enemy1=5, enemy2=5)
    await engine.pause(room_id, term, paused=False)
    await press(engine, room_id, "bob", enemy1=1)
    await engine.pause(room_id, term, paused=True)
    await engine.pause(room_id, term, paused=False, discard=True)
    await engine.available(room_id, term, Available("enemy2", False, "no boss"))
    await press(engine, room_id, "ann", skill1=5)
    await engine.finish(room_id, term)
    await tell(ENDED, "failed")
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", skill1=2)
    await tell(LATE, "failed")
    await book(books, room_id)
    return room_id
