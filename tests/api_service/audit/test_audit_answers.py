"""What games answer, and what fires without a press, is audited as presses are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.api_service.audit.answered_room import answered
from tests.api_service.audit.audits import audited, of
from tests.api_service.audit.falsified_answers import ANSWERS_BESIDE_TABLES, FALSIFIED_ANSWERS
from tests.api_service.audit.journals import replayed_texts
from tests.api_service.audit.test_audit import audited_after
from tests.api_service.ledger.books import open_books
from tests.conftest import own_database
from tests.shared.engine.rooms import own_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api_service.ledger.books import Books

pytestmark = pytest.mark.anyio

JOURNAL = "SELECT entries FROM journal WHERE room_id = :room ORDER BY epoch, n"


@pytest.fixture(scope="module")
async def books(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Books]:
    """On a separate server: the suite's own service fires what is full."""
    with own_database(database_url) as own_url:
        async with (
            own_server(tmp_path_factory.mktemp("answers")) as server,
            open_books(server.url, own_url) as opened,
        ):
            yield opened


@pytest.fixture(scope="module")
async def room_id(books: Books) -> str:
    return await answered(books)


@pytest.fixture(scope="module")
async def journal(books: Books, room_id: str) -> list[list[Any]]:
    """All entries of the room, decoded."""
    return [entry for (entries,) in await books.rows(JOURNAL, room=room_id) for entry in entries]


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


ALTERED = {
    "another outcome": ("UPDATE triggers SET status = 'failed' WHERE {} AND seq = 1", {"outcomes"}),
    "another reason": ("UPDATE triggers SET reason = 'x' WHERE {} AND seq = 2", {"outcomes"}),
    "an end of an effect": (
        "UPDATE triggers SET ends_at = now() WHERE {} AND seq = 1",
        {"outcomes"},
    ),
    "no outcome": ("UPDATE triggers SET status = NULL WHERE {} AND seq = 1", {"outcomes"}),
    "an outcome that nobody told": (
        "UPDATE triggers SET status = 'done' WHERE {} AND seq = 3",
        {"outcomes"},
    ),
    "presses that came back": (
        "UPDATE accounts SET returned = returned + 1 WHERE {} AND event_type = 'skill1'",
        {"balance", "account"},
    ),
    "whether presses wait": (
        "UPDATE accounts SET waiting = true WHERE {} AND event_type = 'skill1'",
        {"account"},
    ),
    "what cannot be used": (
        "UPDATE accounts SET unavailable = 'x' WHERE {} AND event_type = 'skill1'",
        {"account"},
    ),
    "who fired without a press": (
        "UPDATE triggers SET viewer_id = 'eve' WHERE {} AND seq = 4",
        {"triggers"},
    ),
}


@pytest.mark.parametrize("name", ALTERED)
async def test_what_was_altered_is_found(books: Books, room_id: str, name: str) -> None:
    change, kinds = ALTERED[name]
    found = await audited_after(books, room_id, change.format("room_id = :room"))
    assert {each.kind for each in found.differences} == kinds


@pytest.mark.parametrize("name", FALSIFIED_ANSWERS)
def test_a_journal_with_a_falsified_answer_is_found(journal: list[list[Any]], name: str) -> None:
    """By counting it again alone."""
    entries: list[list[Any]] = msgspec.json.decode(msgspec.json.encode(journal))
    assert replayed_texts(map(msgspec.json.encode, entries)).differences == ()
    falsification = FALSIFIED_ANSWERS[name]
    falsification.apply(next(entry for entry in entries if falsification.fits(entry)))
    assert replayed_texts(map(msgspec.json.encode, entries)).differences != ()


@pytest.mark.parametrize("name", ANSWERS_BESIDE_TABLES)
async def test_a_journal_that_tells_another_outcome_than_the_tables_is_found(
    books: Books, room_id: str, name: str
) -> None:
    falsification = ANSWERS_BESIDE_TABLES[name]
    ((_,), (entries,), *_) = await books.rows(JOURNAL, room=room_id)
    before = msgspec.json.encode(entries).decode()
    falsification.apply(next(entry for entry in entries if falsification.fits(entry)))
    changed, before = (
        text.replace("'", "''").replace(":", r"\:")
        for text in (msgspec.json.encode(entries).decode(), before)
    )
    change = (
        f"UPDATE journal SET entries = '{changed}'"
        f" WHERE room_id = :room AND entries::jsonb = '{before}'"
    )
    found = await audited_after(books, room_id, change)
    assert [each.kind for each in found.differences] == ["outcomes"]


def test_outcomes_of_triggers_before_the_beginning_of_a_journal_are_not_checked(
    journal: list[list[Any]],
) -> None:
    """They still give presses back to their buttons."""
    start = next(n for n, entry in enumerate(journal) if entry[0] == "outcome")
    accounts = [["skill1", 11, 10, 1, 0, 2]]
    kept = ["renew", *journal[1][1:3], 1, 0, [[journal[start][5], 2]], accounts, journal[0][5]]
    replay, differences = replayed_texts(map(msgspec.json.encode, [kept, *journal[start:]]))
    assert differences == ()
    assert (replay.whole, replay.unchecked) == (False, 3)


@pytest.mark.parametrize("kind", ["outcome", "available", "full"])
def test_a_missing_answer_is_found(journal: list[list[Any]], kind: str) -> None:
    """The last of its kind is missing, before the end of its round."""
    end = next(n for n, entry in enumerate(journal) if entry[0] == "finish")
    of_kind = [n for n, entry in enumerate(journal[:end]) if entry[0] == kind]
    without = journal[: of_kind[-1]] + journal[of_kind[-1] + 1 :]
    assert replayed_texts(map(msgspec.json.encode, without)).differences != ()
