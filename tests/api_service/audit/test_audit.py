"""The books of a room balance, and where one thing in them is altered, the audit says what."""

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from api_service.audit import audit
from tests.api_service.audit.audits import TWO_BUTTONS, audited, audited_after, book, of, played
from tests.api_service.ledger.books import Books, open_books
from tests.api_service.ledger.loss import RestoredLedger, restored_ledger
from tests.room_keys import room_keys
from tests.shards import mark_restored
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.room_machine import RoomMachine
from tests.shared.engine.room_model import RoomModel
from tests.shared.engine.rooms import ONE_PRESS_FIRES, fire, play, press


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
async def restored(
    anyio_backend: object, tmp_path: Path, own_database_url: str
) -> AsyncIterator[RestoredLedger]:
    async with restored_ledger(tmp_path, own_database_url) as opened:
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
    assert found.booked_to >= found.opened_at


async def test_what_stops_and_a_resume_throw_away_is_in_the_books(books: Books) -> None:
    """Once each, whether it is booked at once or with what follows."""
    engine = books.engine
    room_id, term, _ = await play(engine, TWO_BUTTONS)
    await press(engine, room_id, "ann", skill1=6, enemy1=3)
    for is_paused in (True, True, False):
        await press(engine, room_id, "bob", skill1=2)
        await engine.pause(room_id, None, paused=is_paused, discard=True)
        if is_paused:
            await book(books, room_id)
    await press(engine, room_id, "bob", skill1=1)
    await engine.finish(room_id, term)
    await book(books, room_id)
    found = await audited(books, room_id)
    assert (found.differences, found.balanced) == ((), True)
    skill, enemy = of(found, "skill1"), of(found, "enemy1")
    assert (skill.presses, skill.thresholds, skill.discarded, skill.remainder) == (13, 5, 7, 1)
    assert (enemy.presses, enemy.thresholds, enemy.discarded, enemy.remainder) == (3, 0, 3, 0)


async def test_a_room_that_nobody_booked_is_unknown(books: Books) -> None:
    assert await audit(books.database, "nowhere") is None


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


COPY = "kept:"  # before keys
SKILL = "round 1, skill1"
NOT_15 = "16 accepted + 0 returned is not {} in triggers + {} left + {} discarded: {}"
ALTERED = {
    "a press too many": (
        """UPDATE presses SET count = count + 1
        WHERE room_id = :room AND viewer_id = 'ann' AND event_type = 'skill1'""",
        {
            ("presses by viewer", f"{SKILL}: everybody's presses are 17, 16 are booked: +1"),
            (
                "summary",
                (
                    "the summary of round 1, most presses of all buttons:"
                    " it says ('ann', 11), the rows ('ann', 12)"
                ),
            ),
        },
    ),
    "a threshold": (
        "UPDATE triggers SET threshold = 6 WHERE room_id = :room AND seq = 2",
        {("balance", f"{SKILL}: {NOT_15.format(16, 0, 1, -1)}")},
    ),
    "a missing trigger": (
        "DELETE FROM triggers WHERE room_id = :room AND seq = 2",
        {
            ("balance", f"{SKILL}: {NOT_15.format(10, 0, 1, '+5')}"),
            ("gap in the numbers", "log epoch E: 1 missing, the first is 2"),
        },
    ),
    "a missing last trigger": (
        "DELETE FROM triggers WHERE room_id = :room AND seq = 5",
        {
            (
                "balance",
                (
                    "round 2, skill1: 7 accepted + 0 returned is not 0 in triggers + 2 left"
                    " + 0 discarded: +5"
                ),
            ),
            ("gap in the numbers", "the log stands at number 5, the last here is 4"),
        },
    ),
    "a number given twice": (
        "UPDATE triggers SET seq = 4 WHERE room_id = :room AND seq = 2",
        {
            ("gap in the numbers", "log epoch E: 1 missing, the first is 2"),
            ("repeated numbers", "log epoch E: 1 given twice, the first is 4"),
        },
    ),
    "a trigger given twice": (
        """INSERT INTO triggers (room_id, epoch, seq, round, event_type, threshold, viewer_count,
            viewer_id, fired_at)
        SELECT room_id, epoch + 1, seq, round, event_type, threshold, viewer_count, viewer_id,
            fired_at
        FROM triggers WHERE room_id = :room AND seq = 1""",
        {
            ("balance", f"{SKILL}: {NOT_15.format(20, 0, 1, -5)}"),
            ("repeated numbers", "log epoch E: 1 given twice, the first is 1"),
        },
    ),
    "a first number": (
        "UPDATE triggers SET seq = 9 WHERE room_id = :room AND seq = 1",
        {
            ("gap in the numbers", "log epoch E: 4 missing, the first is 1"),
            ("gap in the numbers", "the log stands at number 5, the last here is 9"),
        },
    ),
    "a remainder": (
        """UPDATE accounts SET count = count + 1
        WHERE room_id = :room AND round = 1 AND event_type = 'skill1'""",
        {("balance", f"{SKILL}: {NOT_15.format(15, 1, 1, -1)}")},
    ),
    "what was discarded": (
        """UPDATE accounts SET discarded = discarded - 1
        WHERE room_id = :room AND event_type = 'skill1' AND discarded > 0""",
        {("balance", f"{SKILL}: {NOT_15.format(15, 0, 0, '+1')}")},
    ),
    "what was accepted": (
        """UPDATE accounts SET accepted = accepted + 1
        WHERE room_id = :room AND round = 2 AND event_type = 'skill1'""",
        {
            (
                "balance",
                (
                    "round 2, skill1: 8 accepted + 0 returned is not 5 in triggers + 2 left"
                    " + 0 discarded: +1"
                ),
            ),
            ("missing entries", "round 2, skill1: Redis counted 8, 7 are booked: -1"),
        },
    ),
    "what was booked": (
        """UPDATE accounts SET booked = booked + 1
        WHERE room_id = :room AND round = 2 AND event_type = 'skill1'""",
        {
            (
                "presses by viewer",
                "round 2, skill1: everybody's presses are 7, 8 are booked: -1",
            ),
            (
                "forgotten presses",
                "round 2, skill1: Redis counted 7, 8 are booked: +1, and it never lost any",
            ),
        },
    ),
    "a missing account": (
        "DELETE FROM accounts WHERE room_id = :room AND round = 2 AND event_type = 'skill1'",
        {
            (
                "balance",
                (
                    "round 2, skill1: 0 accepted + 0 returned is not 5 in triggers + 0 left"
                    " + 0 discarded: -5"
                ),
            ),
            (
                "presses by viewer",
                "round 2, skill1: everybody's presses are 7, 0 are booked: +7",
            ),
        },
    ),
    "a summary's number": (
        "UPDATE rounds SET seq = 3 WHERE room_id = :room AND round = 1",
        {
            ("summary", "the summary of round 1 is number E-3, and says E-4 of round 1"),
            ("gap in the numbers", "log epoch E: 1 missing, the first is 4"),
            ("repeated numbers", "log epoch E: 1 given twice, the first is 3"),
        },
    ),
    "a summary's total": (
        r"""UPDATE rounds SET summary = replace(summary::text, '"count"\:16', '"count"\:17')::json
        WHERE room_id = :room AND round = 1""",
        {("summary", "the summary of round 1, total of skill1: it says 17, the rows 16")},
    ),
    "who pressed most, by a summary": (
        """UPDATE rounds SET summary = replace(summary::text, '"ann"', '"eve"')::json
        WHERE room_id = :room AND round = 1""",
        {
            (
                "summary",
                (
                    "the summary of round 1, most presses of enemy1:"
                    " it says ('eve', 4), the rows ('ann', 4)"
                ),
            ),
            (
                "summary",
                (
                    "the summary of round 1, most presses of all buttons:"
                    " it says ('eve', 11), the rows ('ann', 11)"
                ),
            ),
        },
    ),
    "a missing summary": (
        "UPDATE rounds SET summary = NULL WHERE room_id = :room AND round = 1",
        {("summary", "the summary of round 1 cannot be read: Input data was truncated")},
    ),
}


@pytest.mark.parametrize("name", ALTERED)
async def test_what_was_altered_is_found_and_named(books: Books, room_id: str, name: str) -> None:
    """An audit names the round, the button and the difference of every change in PostgreSQL."""
    change, differences = ALTERED[name]
    found = await audited_after(books, room_id, change)
    assert not found.balanced
    numbers = found.epochs[-1].epoch
    told = {(each.kind, each.sentence.replace(str(numbers), "E")) for each in found.differences}
    assert told == differences


# Redis forgets.


async def room_with_forgotten_presses(restored: RestoredLedger) -> str:
    """A room of which Redis has forgotten 9 booked presses of skill1 and 2 of enemy1."""
    room_id = (await play(restored.engine, TWO_BUTTONS)).room_id
    await press(restored.engine, room_id, skill1=7)
    await restored.save()
    await press(restored.engine, room_id, skill1=9, enemy1=2)
    await book(restored.books, room_id)
    await restored.lose_what_came_since()
    await restored.restore()
    await press(restored.engine, room_id, skill1=3)
    return room_id


async def test_presses_that_redis_forgot_are_named_and_the_books_balance(
    restored: RestoredLedger,
) -> None:
    """They were booked, then Redis lost its latest writes: the books count them as forgotten."""
    room_id = await room_with_forgotten_presses(restored)
    await book(restored.books, room_id)
    found = await audited(restored.books, room_id)
    assert found.differences == ()
    skill, enemy = of(found, "skill1"), of(found, "enemy1")
    assert (skill.presses, skill.forgotten, skill.triggers, skill.remainder) == (19, 9, 2, 0)
    assert (enemy.presses, enemy.forgotten, enemy.remainder) == (2, 2, 0)
    assert [(e.first, e.last, e.forgotten) for e in found.epochs] == [
        (1, 1, 0),
        (2, 3, 2),
        (2, 2, 0),
    ]


async def test_a_round_that_redis_forgot_balances_as_forgotten(restored: RestoredLedger) -> None:
    """Redis loses the round's end and the next round's presses, and the round continues."""
    room_id, term, _ = await play(restored.engine, TWO_BUTTONS)
    await press(restored.engine, room_id, skill1=7)
    await restored.save()
    await restored.engine.finish(room_id, term)
    await restored.engine.start(room_id, term)
    await press(restored.engine, room_id, skill1=9)
    await book(restored.books, room_id)
    await restored.lose_what_came_since()
    await restored.restore()
    await press(restored.engine, room_id, "bob", skill1=3)
    await book(restored.books, room_id)
    found = await audited(restored.books, room_id)
    assert [each.sentence for each in found.differences] == []
    assert of(found, "skill1").forgotten == 0
    assert (of(found, "skill1", 2).presses, of(found, "skill1", 2).forgotten) == (9, 9)
    assert restored.books.counted("forgotten_presses_total") == 9


async def test_a_button_that_redis_forgot_balances_as_forgotten(restored: RestoredLedger) -> None:
    """It came, was pressed and fired after the state to which Redis goes back."""
    room_id = (await play(restored.engine, ONE_PRESS_FIRES)).room_id
    await press(restored.engine, room_id, skill1=7)
    await restored.save()
    await restored.engine.change_settings(room_id, lambda _: TWO_BUTTONS)
    await press(restored.engine, room_id, "bob", enemy1=6)
    await book(restored.books, room_id)
    await restored.lose_what_came_since()
    await restored.restore()
    await press(restored.engine, room_id, "ann", skill1=3)
    await book(restored.books, room_id)
    found = await audited(restored.books, room_id)
    assert [each.sentence for each in found.differences] == []
    skill, enemy = of(found, "skill1"), of(found, "enemy1")
    assert (skill.presses, skill.forgotten, skill.triggers) == (10, 0, 10)
    assert (enemy.presses, enemy.forgotten, enemy.triggers, enemy.remainder) == (6, 6, 0, 0)
    assert restored.books.counted("forgotten_presses_total") == 6


async def test_a_round_that_redis_lost_balances_and_the_next_one_goes_on(
    restored: RestoredLedger,
) -> None:
    """Redis loses everything: the round closes with what is booked, numbers continue."""
    room_id = (await play(restored.engine, TWO_BUTTONS)).room_id
    await press(restored.engine, room_id, skill1=7, enemy1=3)
    await restored.lose_and_restore()
    held = await restored.engine.attach(
        room_id, "gateway", log_epoch=None, last_seq=None, skip=False
    )
    await restored.engine.start(room_id, held.term)
    await press(restored.engine, room_id, "bob", skill1=6, enemy1=2)
    await book(restored.books, room_id)
    found = await audited(restored.books, room_id)
    assert found.differences == ()
    assert [(e.first, e.last, e.forgotten) for e in found.epochs] == [(1, 1, 0), (2, 3, 0)]
    assert (of(found, "skill1").triggers, of(found, "skill1").remainder) == (1, 2)


async def test_a_round_that_redis_forgot_a_part_of_and_then_lost_balances(
    restored: RestoredLedger,
) -> None:
    """Its summary has what is booked, which Redis had not counted any more."""
    room_id = await room_with_forgotten_presses(restored)
    await restored.lose_and_restore()
    await book(restored.books, room_id)
    found = await audited(restored.books, room_id)
    assert [each.sentence for each in found.differences] == []
    assert (of(found, "skill1").presses, of(found, "skill1").forgotten) == (19, 9)


# Whatever happens.


class AuditedRoom(RoomMachine):
    """Books what was played, and audits it at the end.

    The machine of the engine's own test, with rollbacks to an earlier state, and without rules that
    write no entry, and invariants that the engine's test proves.
    """

    database_url: ClassVar[str]

    the_books_balance_and_are_the_models = None  # type: ignore[assignment]
    the_log_has_no_gap_and_is_the_models = None  # type: ignore[assignment]
    the_room_looks_as_it_should = None  # type: ignore[assignment]
    compare_a_viewer = heartbeat = press_what_is_not_there = None  # type: ignore[assignment]
    read = repeat = write = let_paces_pass = None  # type: ignore[assignment]

    kept: tuple[RoomModel, int] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.earlier: dict[int, int] = {}  # log epochs of triggers that are not of the present one
        opening = open_books(self.url, self.database_url)
        self.books = self.run(self.stack.enter_async_context(opening))

    @initialize()
    def begin(self) -> None:
        self.start()

    @rule()
    def remember(self) -> None:
        """Keep the present state as that of a lagging replica."""
        self.run(self._forget(f"{COPY}*"))
        self.run(self._copy("", COPY))
        self.kept = deepcopy(self.model), self.term

    @precondition(lambda self: self.kept is not None)
    @rule()
    def fall_back(self) -> None:
        """Fail over to that replica: Redis loses everything since, but it is booked."""
        assert self.kept is not None
        self.run(self.book())
        self.run(self._forget(f"streamario:*{self.model.room_id}*"))
        self.run(self._copy(COPY, ""))
        (self.model, self.term), self.kept = self.kept, None
        for seq in self.model.outcomes:
            self.earlier.setdefault(seq, self.model.log_epoch)
        self.run(self._go_on())

    def log_epoch_of(self, _seq: int) -> int:
        return self.earlier.get(_seq, self.model.log_epoch)

    async def _go_on(self) -> None:
        room_id, store = self.model.room_id, self.engine.store
        await store.command("HSET", room_keys(room_id).room, "history", "another")
        self.model.log_epoch = (await self.engine.read(room_id, 0, 0, limit=1)).log_epoch

    async def _forget(self, pattern: str) -> None:
        for key in await self.engine.store.command("KEYS", pattern):
            await self.engine.store.command("DEL", key)

    async def _copy(self, before: str, after: str) -> None:
        store = self.engine.store
        for key in await store.command("KEYS", f"{before}streamario:*{self.model.room_id}*"):
            bare = key.removeprefix(before)
            await store.command("COPY", f"{before}{bare}", f"{after}{bare}", "REPLACE")

    def teardown(self) -> None:
        try:
            self.run(self.book())
            found = self.run(audited(self.books, self.model.room_id))
            assert found.differences == ()
        finally:
            super().teardown()

    async def book(self) -> None:
        await book(self.books, self.model.room_id)


@pytest.fixture
async def standing_url(anyio_backend: object, tmp_path: Path) -> AsyncIterator[str]:
    """A Valkey whose clock stands: needs do not fall beside the model's."""
    async with clocked_server(tmp_path, stands=True) as server:
        await mark_restored(server.url)
        yield server.url


def test_whatever_happens_in_a_room_its_books_balance(
    standing_url: str, own_database_url: str
) -> None:
    """Random rooms, also on servers that lose booked data."""
    AuditedRoom.url, AuditedRoom.database_url = standing_url, own_database_url
    run_state_machine_as_test(
        AuditedRoom,
        settings=settings(max_examples=15, stateful_step_count=40, deadline=None, derandomize=True),
    )
