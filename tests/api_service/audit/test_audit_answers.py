"""What games answer is audited as presses are."""

from collections.abc import AsyncIterator

import pytest

from tests.api_service.audit.answered_room import answered
from tests.api_service.audit.audits import audited, audited_after, of
from tests.api_service.ledger.books import Books, open_books
from tests.conftest import own_database
from tests.shared.engine.rooms import own_server


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
