"""What games answer is audited as presses are."""

from collections.abc import AsyncIterator

import pytest

from shared.wire.game_messages import Available, Outcome
from tests.api_service.audit.audits import audited, audited_after, book, of
from tests.api_service.ledger.books import Books, open_books
from tests.conftest import own_database
from tests.shared.engine.rooms import button, own_server, play, playing, press

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


@pytest.fixture(scope="module")
async def books(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Books]:
    with own_database(database_url) as own_url:
        async with (
            own_server(tmp_path_factory.mktemp("answers")) as server,
            open_books(server.url, own_url) as opened,
        ):
            yield opened


@pytest.fixture(scope="module")
async def room_id(books: Books) -> str:
    return await answered(books)


async def test_what_a_game_answers_balances(books: Books, room_id: str) -> None:
    """Presses + returned = those in triggers + those left + those discarded."""
    found = await audited(books, room_id)
    assert found.differences == ()
    skill, second = of(found, "skill1"), of(found, "skill2")
    assert (skill.presses, skill.returned, skill.thresholds) == (17, 5, 20)
    assert (skill.remainder, skill.discarded, skill.difference) == (0, 2, 0)
    assert (skill.triggers, skill.done, skill.failed) == (4, 1, 2)
    assert (second.presses, second.returned, second.discarded, second.failed) == (9, 4, 5, 1)
    assert (of(found, "enemy1").triggers, of(found, "enemy2").discarded) == (1, 5)


async def test_presses_that_came_back_and_did_not_are_found(books: Books, room_id: str) -> None:
    change = "UPDATE accounts SET returned = returned + 1 WHERE room_id = :room AND returned > 4"
    found = await audited_after(books, room_id, change)
    assert [(each.kind, each.sentence) for each in found.differences] == [
        (
            "balance",
            (
                "round 1, skill1: 17 accepted + 6 returned is not 20 in triggers + 0 left"
                " + 2 discarded: +1"
            ),
        )
    ]
