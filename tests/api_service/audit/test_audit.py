"""The books of a room balance, and where one thing in them is altered, the audit says what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from api_service.audit.audit import audit, audit_through
from tests.api_service.audit.audits import TWO_BUTTONS, audited, book, of, played
from tests.api_service.audit.calls import as_call, text_of
from tests.api_service.audit.counted_room import CountedRoom, Pressed, in_calls, in_old_form
from tests.api_service.audit.falsified import ALL_FALSIFIED, FALSIFIED_BESIDE_TABLES
from tests.api_service.audit.played_room import PlayedRoom
from tests.api_service.ledger.books import open_books
from tests.api_service.ledger.loss import open_stage
from tests.shared.engine.rooms import ONE_PRESS_FIRES, fire, play, press

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import ClassVar

    from api_service.audit.statement import Audit
    from tests.api_service.ledger.books import Books
    from tests.api_service.ledger.loss import Stage

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def books(redis_url: str, database_url: str) -> AsyncIterator[Books]:
    """A replica of the suite's own ledger."""
    async with open_books(redis_url, database_url) as opened:
        yield opened


@pytest.fixture(scope="module")
async def room_id(books: Books) -> str:
    """A room whose books balance."""
    return await played(books)


@pytest.fixture
async def stage(
    anyio_backend: object, tmp_path: Path, own_database_url: str
) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, own_database_url) as opened:
        yield opened


async def test_the_books_of_a_room_balance(books: Books, room_id: str) -> None:
    """Presses = those in triggers + those left + those discarded."""
    found = await audited(books, room_id)
    assert (found.differences, found.balanced) == ((), True)
    assert (found.room_id, found.status) == (room_id, "in_game")
    skill, enemy, second = of(found, "skill1"), of(found, "enemy1"), of(found, "skill1", 2)
    assert (skill.presses, skill.triggers, skill.thresholds) == (16, 3, 15)
    assert (skill.remainder, skill.discarded, skill.forgotten) == (0, 1, 0)
    assert (enemy.presses, enemy.triggers, enemy.discarded) == (4, 0, 4)
    assert (second.presses, second.thresholds, second.remainder) == (7, 5, 2)
    assert [each.viewers for each in found.rounds] == [2, 1]
    assert [each.ended_at is None for each in found.rounds] == [False, True]
    (numbers,) = found.epochs
    assert (numbers.first, numbers.last, numbers.triggers, numbers.summaries) == (1, 5, 4, 1)
    assert (numbers.missing, numbers.repeated, numbers.forgotten) == (0, 0, 0)
    assert (found.replay.whole, found.replay.entries, found.replay.unchecked) == (True, 12, 0)
    assert (found.replay.presses, found.replay.triggers) == (27, 4)
    assert found.opened_at is not None
    assert found.booked_to is not None
    assert found.booked_to >= found.opened_at


async def test_a_room_that_nobody_booked_is_unknown(books: Books) -> None:
    assert await audit(books.database, "nowhere") is None


async def test_a_journal_that_lost_its_beginning_is_told_of_and_no_difference(
    books: Books, room_id: str
) -> None:
    lost = f"DELETE FROM journal WHERE room_id = :room AND {OPENING}"
    found = await audited_after(books, room_id, lost)
    assert found.balanced
    assert not found.replay.whole
    assert (found.replay.entries, found.replay.unchecked) == (10, 9)


async def test_a_room_is_audited_as_it_was_at_one_moment(books: Books) -> None:
    """Entries that are booked during the audit change nothing."""
    room_id = (await play(books.engine, ONE_PRESS_FIRES)).room_id
    await book(books, room_id)
    async with asyncio.TaskGroup() as group:
        pressing = group.create_task(fire(books.engine, room_id, 1_000))
        audits = 0
        while not pressing.done() or not audits:
            await books.book_all()
            booking = group.create_task(books.book_all())
            found = await audited(books, room_id)
            assert found.differences == ()
            await booking
            audits += 1
    await book(books, room_id)
    assert of(await audited(books, room_id), "skill1").presses == 1_000


# In the journal of `played`: the row of the opening, and that of the first two batches.
OPENING = "entries->0->>0 = 'open'"
TWO_BATCHES = "entries->0->>0 IN ('press', 'batches') AND size = 2"
JOURNAL_WITH = "UPDATE journal SET entries = {} WHERE room_id = :room AND " + TWO_BATCHES
IN_JOURNAL = {"missing entries", "presses by viewer", "triggers", "numbers"}
ALTERED = {
    "a press too many": (
        "UPDATE presses SET count = count + 1 WHERE room_id = :room AND viewer_id = 'ann'",
        {"presses by viewer"},
    ),
    "presses of somebody else": (
        "UPDATE presses SET viewer_id = 'eve' WHERE room_id = :room AND viewer_id = 'ann'",
        {"presses by viewer"},
    ),
    "a threshold": (
        "UPDATE triggers SET threshold = 6 WHERE room_id = :room AND seq = 2",
        {"balance", "triggers"},
    ),
    "a missing trigger": (
        "DELETE FROM triggers WHERE room_id = :room AND seq = 2",
        {"balance", "triggers", "gap in the numbers"},
    ),
    "a number given twice": (
        "UPDATE triggers SET seq = 4 WHERE room_id = :room AND seq = 2",
        {"triggers", "gap in the numbers", "repeated numbers"},
    ),
    "a first number": (
        "UPDATE triggers SET seq = 9 WHERE room_id = :room AND seq = 1",
        {"triggers", "gap in the numbers"},
    ),
    "whose press tipped a trigger": (
        "UPDATE triggers SET viewer_id = 'eve' WHERE room_id = :room AND seq = 1",
        {"triggers"},
    ),
    "a remainder": (
        "UPDATE accounts SET count = count + 1 WHERE room_id = :room AND event_type = 'skill1'",
        {"balance", "account"},
    ),
    "what was accepted": (
        (
            "UPDATE accounts SET accepted = accepted + 1"
            " WHERE room_id = :room AND round = 2 AND event_type = 'skill1'"
        ),
        {"balance", "account"},
    ),
    "what was discarded": (
        "UPDATE accounts SET discarded = discarded - 1 WHERE room_id = :room AND discarded > 0",
        {"balance", "account"},
    ),
    "a missing account": (
        "DELETE FROM accounts WHERE room_id = :room AND round = 2 AND event_type = 'skill1'",
        {"balance", "account", "presses by viewer"},
    ),
    "what was booked": (
        "UPDATE accounts SET booked = booked + 1 WHERE room_id = :room AND event_type = 'enemy1'",
        {"forgotten presses", "presses by viewer"},
    ),
    "a summary's number": (
        "UPDATE rounds SET seq = 3 WHERE room_id = :room AND round = 1",
        {"summary", "repeated numbers"},
    ),
    "what a summary tells": (
        (
            "UPDATE rounds SET summary = replace(summary::text, 'Ann', 'Eve')::json"
            " WHERE room_id = :room AND round = 1"
        ),
        {"summary"},
    ),
    "a summary that is none": (
        "UPDATE rounds SET summary = '{}' WHERE room_id = :room AND round = 1",
        {"summary"},
    ),
    "a missing summary": (
        "UPDATE rounds SET summary = NULL WHERE room_id = :room AND round = 1",
        {"summary"},
    ),
    "a room's settings": (
        "UPDATE rooms SET settings = '[]' WHERE room_id = :room",
        {"settings"},
    ),
    "a batch of the journal": (
        # Either an entry's only batch, or one of a call.
        JOURNAL_WITH.format(
            "replace(replace(entries::text, '1\",5,', '1\",4,'),"
            " '\"bob\",[[0,5', '\"bob\",[[0,4')::json"
        ),
        {"missing entries", "presses by viewer"},
    ),
    "an entry of the journal": (
        JOURNAL_WITH.format("json_build_array(entries->0)"),
        {"journal", *IN_JOURNAL},
    ),
    "a row of the journal": (
        f"DELETE FROM journal WHERE room_id = :room AND {TWO_BATCHES}",
        IN_JOURNAL,
    ),
    "an entry that is none": (
        JOURNAL_WITH.format("'[[\"press\"], [1]]'"),
        {"unreadable entry", "missing entries"},
    ),
    "a row that is no list": (
        JOURNAL_WITH.format("'{}'"),
        {"unreadable entry", "missing entries"},
    ),
}


async def audited_after(books: Books, room_id: str, change: str) -> Audit:
    """Audit the books with one change, then undo the change."""
    async with books.database.checks.transaction(5) as connection:
        altered = await connection.execute(text(change), {"room": room_id})
        assert altered.rowcount > 0
        found = await audit_through(connection, room_id)
        await connection.rollback()
    assert found is not None
    return found


@pytest.mark.parametrize("name", ALTERED)
async def test_what_was_altered_is_found(books: Books, room_id: str, name: str) -> None:
    """An audit finds every single change in PostgreSQL."""
    change, kinds = ALTERED[name]
    found = await audited_after(books, room_id, change)
    assert not found.balanced
    assert {each.kind for each in found.differences} >= kinds


@pytest.mark.parametrize(
    "summary",
    ["NULL", "'{}'", "replace(summary::text, '16}', '17}')::json"],
)
async def test_a_summary_is_held_against_the_accounts_where_the_journal_is_gone(
    books: Books, room_id: str, summary: str
) -> None:
    lost = "WITH gone AS (DELETE FROM journal WHERE room_id = :room)"
    change = f"{lost} UPDATE rounds SET summary = {{}} WHERE room_id = :room AND round = 1"
    assert (await audited_after(books, room_id, change.format("summary"))).balanced
    found = await audited_after(books, room_id, change.format(summary))
    assert [each.kind for each in found.differences] == ["summary"]


# Batches in either form of entry.


FORMS: dict[str, Callable[[CountedRoom], list[str]]] = {"old": in_old_form, "calls": in_calls}
FIVES = {"skill1": 7, "enemy1": 2}


def counted(room_id: str) -> CountedRoom:
    """A room with calls of several batches, of which some fire."""
    room = CountedRoom(TWO_BUTTONS, room_id)
    for start in (0, 3, 6):
        room.call(25_000, 3, [Pressed(start + n, FIVES) for n in range(3)])
    room.pause()
    room.call(10, 2, [Pressed(1, {"enemy1": 9}), Pressed(2, {"enemy1": 1, "skill1": 8})])
    room.resume()
    room.call(10, 2, [Pressed(1, {"enemy1": 1})])
    return room


@pytest.fixture(scope="module")
async def rooms_by_form(books: Books) -> dict[str, str]:
    """Booked rooms to which the same happened, one in each form of entry."""
    rooms = {form: uuid4().hex for form in FORMS}
    for form, room_id in rooms.items():
        await books.append(room_id, FORMS[form](counted(room_id)))
        await book(books, room_id)
    return rooms


async def test_the_same_is_booked_from_either_form_of_entry(
    books: Books, rooms_by_form: dict[str, str]
) -> None:
    """Only the number of entries differs."""
    old, calls = [await audit(books.database, rooms_by_form[form]) for form in FORMS]
    assert old is not None
    assert calls is not None
    assert old.balanced
    assert calls.balanced
    assert calls.rounds == old.rounds
    assert calls.epochs == old.epochs
    assert (old.replay.entries, calls.replay.entries) == (16, 9)
    for table in ("presses", "triggers", "accounts", "room_viewers", "rounds"):
        rows = f"SELECT to_jsonb(t) - 'room_id' FROM {table} t WHERE room_id = :room ORDER BY 1"
        first, second = [await books.rows(rows, room=room) for room in rooms_by_form.values()]
        assert first == second != []


async def test_a_journal_may_hold_both_forms_of_entry(books: Books) -> None:
    """Processes of two releases count presses of one room during an upgrade."""
    room = counted(uuid4().hex)
    texts = []
    for n, each in enumerate(room.journal):
        if not isinstance(each, list):
            texts.append(text_of(each))
        else:
            texts += map(text_of, each if n % 2 else [as_call(each)])
    await books.append(room.room_id, texts)
    await book(books, room.room_id)
    found = await audit(books.database, room.room_id)
    assert found is not None
    assert found.differences == ()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ALL_FALSIFIED)
async def test_a_journal_with_a_falsified_batch_is_found(
    books: Books, rooms_by_form: dict[str, str], form: str, name: str
) -> None:
    """Also where only the tables tell: whose batch it was, and the name of who fired."""
    falsification = ALL_FALSIFIED[name]
    room_id = rooms_by_form[form]
    ((entries,),) = await books.rows("SELECT entries FROM journal WHERE room_id = :r", r=room_id)
    falsification.apply(next(entry for entry in entries if falsification.fits(entry)))
    changed = msgspec.json.encode(entries).decode().replace("'", "''").replace(":", r"\:")
    change = f"UPDATE journal SET entries = '{changed}' WHERE room_id = :room"
    found = await audited_after(books, room_id, change)
    kinds = {each.kind for each in found.differences}
    assert kinds
    if name in FALSIFIED_BESIDE_TABLES:
        assert kinds <= {"presses by viewer", "triggers"}


# Redis forgets.


async def test_presses_that_redis_forgot_are_named_and_the_books_balance(stage: Stage) -> None:
    """They were booked, then Redis lost its latest writes: the books count them as forgotten."""
    room_id = (await play(stage.engine, TWO_BUTTONS)).room_id
    await press(stage.engine, room_id, skill1=7)
    await stage.save()
    await press(stage.engine, room_id, skill1=9, enemy1=2)
    await book(stage.books, room_id)
    await stage.lose_what_came_since()
    await stage.restore()
    await press(stage.engine, room_id, skill1=3)
    await book(stage.books, room_id)
    found = await audited(stage.books, room_id)
    assert found.differences == ()
    skill, enemy = of(found, "skill1"), of(found, "enemy1")
    assert (skill.presses, skill.forgotten, skill.triggers, skill.remainder) == (19, 9, 2, 0)
    assert (enemy.presses, enemy.forgotten, enemy.remainder) == (2, 2, 0)
    assert [(e.first, e.last, e.forgotten) for e in found.epochs] == [
        (1, 1, 0),
        (2, 3, 2),
        (2, 2, 0),
    ]


async def test_a_round_that_redis_forgot_balances_as_forgotten(stage: Stage) -> None:
    """Redis loses the round's end and the next round's presses, and the round continues."""
    room_id, term, _ = await play(stage.engine, TWO_BUTTONS)
    await press(stage.engine, room_id, skill1=7)
    await stage.save()
    await stage.engine.finish(room_id, term)
    await stage.engine.start(room_id, term)
    await press(stage.engine, room_id, skill1=9)
    await book(stage.books, room_id)
    await stage.lose_what_came_since()
    await stage.restore()
    await press(stage.engine, room_id, "bob", skill1=3)
    await book(stage.books, room_id)
    found = await audited(stage.books, room_id)
    assert [each.sentence for each in found.differences] == []
    assert of(found, "skill1").forgotten == 0
    assert (of(found, "skill1", 2).presses, of(found, "skill1", 2).forgotten) == (9, 9)


async def test_a_room_made_anew_from_the_books_goes_on_in_them(stage: Stage) -> None:
    """Redis loses everything: counts and numbers continue where the books end."""
    room_id = (await play(stage.engine, TWO_BUTTONS)).room_id
    await press(stage.engine, room_id, skill1=7, enemy1=3)
    await stage.lose_and_restore()
    await press(stage.engine, room_id, "bob", skill1=4, enemy1=2)
    await book(stage.books, room_id)
    found = await audited(stage.books, room_id)
    assert found.differences == ()
    assert [(e.first, e.last, e.forgotten) for e in found.epochs] == [(1, 1, 0), (2, 3, 0)]
    assert (of(found, "skill1").triggers, of(found, "skill1").remainder) == (2, 1)


# Whatever happens.


class AuditedRoom(PlayedRoom):
    """Books what was played, and audits it at the end."""

    database_url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        opening = open_books(self.url, self.database_url)
        self.books = self.run(self.stack.enter_async_context(opening))

    def teardown(self) -> None:
        try:
            self.run(self.book())
            found = self.run(audited(self.books, self.model.room_id))
            assert found.differences == ()
        finally:
            super().teardown()

    async def book(self) -> None:
        await book(self.books, self.model.room_id)


@pytest.mark.timeout(120)
def test_whatever_happens_in_a_room_its_books_balance(stage: Stage, own_database_url: str) -> None:
    """Random rooms, also on servers that lose booked data."""
    AuditedRoom.url, AuditedRoom.database_url = stage.valkey.url, own_database_url
    run_state_machine_as_test(
        AuditedRoom,
        settings=settings(max_examples=15, stateful_step_count=40, deadline=None, derandomize=True),
    )
