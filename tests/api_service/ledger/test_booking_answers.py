"""What games answer is booked, whenever it comes."""

from shared.wire.game_messages import Outcome
from tests.api_service.ledger.books import Books
from tests.shared.engine.rooms import button, play, playing, press

TWO = playing(button("skill1", 5), button("enemy1", 5))
OUTCOMES = (
    "SELECT seq, status, reason, ends_at > fired_at FROM triggers"
    " WHERE room_id = :room ORDER BY seq"
)
ACCOUNTS = (
    "SELECT event_type, accepted, count, returned FROM accounts"
    " WHERE room_id = :room AND round = 1 ORDER BY event_type"
)


async def test_an_outcome_is_booked_with_its_trigger_and_after_it(books: Books) -> None:
    """In the same run, in a later one, and after the round's end; the last one stays."""
    engine = books.engine
    room_id, term, log_epoch = await play(engine, TWO)

    async def tell(told: Outcome) -> None:
        await engine.outcome(room_id, term, told)

    await press(engine, room_id, skill1=20)
    await tell(Outcome(log_epoch, 1, "done"))
    await tell(Outcome(log_epoch, 2, "started", 60_000))
    await books.book_all()
    assert await books.rows(OUTCOMES, room=room_id) == [
        (1, "done", "", None),
        (2, "started", "", True),
        (3, None, None, None),
        (4, None, None, None),
    ]
    await tell(Outcome(log_epoch, 2, "done"))
    await tell(Outcome(log_epoch, 3, "failed", reason="no dragon"))
    await engine.finish(room_id, term)
    await tell(Outcome(log_epoch, 4, "failed"))
    await books.book_all()
    assert await books.rows(OUTCOMES, room=room_id) == [
        (1, "done", "", None),
        (2, "done", "", None),
        (3, "failed", "no dragon", None),
        (4, "failed", "", None),
    ]


async def test_what_came_back_is_booked(books: Books) -> None:
    """Returned presses wait for the next press, over any number of runs."""
    engine = books.engine
    room_id, term, log_epoch = await play(engine, TWO)
    await press(engine, room_id, skill1=6)
    await engine.outcome(room_id, term, Outcome(log_epoch, 1, "failed"))
    for _ in range(2):
        await books.book_all()
        assert await books.rows(ACCOUNTS, room=room_id) == [("skill1", 6, 6, 5)]
        await engine.change_settings(room_id, lambda settings: settings)
    await press(engine, room_id, "another", skill1=1)
    await books.book_all()
    assert await books.rows(ACCOUNTS, room=room_id) == [("skill1", 7, 2, 5)]


async def test_no_reason_keeps_a_shard_from_being_booked(books: Books) -> None:
    """PostgreSQL takes no NUL; the reason is cleaned as names are."""
    engine = books.engine
    room_id, term, log_epoch = await play(engine, TWO)
    await press(engine, room_id, skill1=5)
    reason = "no\x00 \u202edragon\n"
    await engine.outcome(room_id, term, Outcome(log_epoch, 1, "failed", reason=reason))
    await books.book_all()
    assert await books.rows(OUTCOMES, room=room_id) == [(1, "failed", "no dragon", None)]
    assert books.counted("failures_total") == 0
