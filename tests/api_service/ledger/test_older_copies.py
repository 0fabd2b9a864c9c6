"""An older copy of Redis comes back, with entries that were not booked when Redis was lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from api_service.audit import audit
from api_service.ledger import booking
from shared.engine.keys import shard
from tests.api_service.ledger.loss import RestoredLedger, restored_ledger
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    book,
    button,
    fire,
    play,
    playing,
    press,
    whole_log,
)

ACTIONS = 20
THREE_PRESSES_FIRE = playing(button("skill1", 3), button("enemy1", 2))
PRESSES = (
    "SELECT viewer_id, round, sum(count)::int FROM presses WHERE room_id = :room"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)
ACCOUNTS = (
    "SELECT round, event_type, accepted, count, booked FROM accounts WHERE room_id = :room"
    " ORDER BY 1, 2"
)


@pytest.fixture
async def restored(tmp_path: Path, own_database_url: str) -> AsyncIterator[RestoredLedger]:
    async with restored_ledger(tmp_path, own_database_url) as opened:
        yield opened


async def differences(restored: RestoredLedger, room_id: str) -> list[str]:
    found = await audit(restored.books.database, room_id)
    assert found is not None
    return [each.sentence for each in found.differences]


async def lose_unbooked(restored: RestoredLedger) -> str:
    """Press without booking, copy Redis, lose it, and press on in the room that is rebuilt.

    Returns the room's id.
    """
    engine, books = restored.engine, restored.books
    room_id, _, _ = await play(engine, THREE_PRESSES_FIRE)
    await press(engine, room_id, "ann", skill1=4)
    await books.book_all()
    await press(engine, room_id, "bob", skill1=9, enemy1=3)
    await restored.save()
    await restored.lose_everything()
    await restored.restore()
    await engine.start(room_id, None)
    await press(engine, room_id, "carl", skill1=7)
    await books.book_all()
    return room_id


@pytest.mark.parametrize("presses_first", [False, True])
async def test_what_was_not_booked_before_a_loss_is_booked_once_it_is_back(
    restored: RestoredLedger, *, presses_first: bool
) -> None:
    """Whether the ledger or a viewer is the first to come to the server with the older copy.

    What came since the copy stays in the books, as presses that Redis forgot.
    """
    engine, books = restored.engine, restored.books
    room_id = await lose_unbooked(restored)
    await restored.lose_what_came_since()
    if presses_first:
        await press(engine, room_id, "dora", skill1=1)
    await restored.restore()
    await books.book_all()
    assert await differences(restored, room_id) == []
    if not presses_first:
        await press(engine, room_id, "dora", skill1=1)
    await books.book_all()
    assert await books.rows(PRESSES, room=room_id) == [
        ("ann", 1, 4),
        ("bob", 1, 12),
        ("carl", 2, 7),
        ("dora", 1, 1),
    ]
    account = await book(engine, room_id, "skill1")
    assert (account.accepted, account.count) == (14, 2)
    assert await books.rows(ACCOUNTS, room=room_id) == [
        (1, "enemy1", 3, 1, 3),
        (1, "skill1", 14, 2, 14),
        (2, "skill1", 0, 0, 7),
    ]
    assert await differences(restored, room_id) == []
    assert books.counted("gaps_total") == 0


async def test_a_round_that_ended_before_the_loss_has_the_summary_of_the_copy(
    restored: RestoredLedger,
) -> None:
    """Nobody presses: what the books had of the room since the copy is forgotten nevertheless."""
    engine, books = restored.engine, restored.books
    room_id, term, log_epoch = await play(engine, THREE_PRESSES_FIRE)
    await press(engine, room_id, "ann", skill1=4)
    await books.book_all()
    await press(engine, room_id, "bob", skill1=9)
    seq = await engine.finish(room_id, term)
    await restored.save()
    await restored.lose_everything()
    await restored.restore()
    await engine.start(room_id, None)
    await press(engine, room_id, "carl", skill1=7)
    await books.book_all()
    await restored.lose_what_came_since()
    await restored.restore()
    await books.book_all()
    summary = "SELECT epoch, seq FROM rounds WHERE room_id = :room AND ended_at IS NOT NULL"
    assert await books.rows(summary, room=room_id) == [(log_epoch, seq)]
    room = "SELECT status, round, seq FROM rooms WHERE room_id = :room"
    assert await books.rows(room, room=room_id) == [("ended", 1, seq)]
    assert await books.rows(ACCOUNTS, room=room_id) == [
        (1, "enemy1", 0, 0, 0),
        (1, "skill1", 13, 1, 13),
        (2, "skill1", 0, 0, 7),
    ]
    assert await differences(restored, room_id) == []


async def test_a_game_hears_that_the_copy_never_had_its_last_messages(
    restored: RestoredLedger,
) -> None:
    """On its open socket, although the copy has more messages: nobody knows where they part."""
    engine, books = restored.engine, restored.books
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await books.book_all()
    await fire(engine, room_id, 4)
    await restored.save()
    await restored.lose_everything()
    await restored.restore()
    await engine.start(room_id, None)
    await fire(engine, room_id, 1)
    last = (await whole_log(engine, room_id))[-1]
    assert last.seq == 5
    await restored.lose_what_came_since()
    page = await engine.read(room_id, last.epoch, last.seq, limit=10)
    assert (page.recovered, page.start, [m.seq for m in page.messages]) == (False, 5, [6, 7])
    page = await engine.read(room_id, page.log_epoch, 7, limit=10)
    assert (page.recovered, page.start) == (True, 7)


async def test_a_look_from_before_the_copy_came_back_books_and_trims_nothing_else(
    restored: RestoredLedger,
) -> None:
    """First what the copy brought back, then what came on it; no transaction has both."""
    engine, books = restored.engine, restored.books
    room_id = await lose_unbooked(restored)
    name = shard(room_id)
    tails = {name: await books.shards.tail(name)}
    await restored.lose_what_came_since()
    await press(engine, room_id, "dora", skill1=1)
    await books.shards.trim(name, tails[name].last)
    for presses, more in ((12, True), (1, False)):
        async with books.database.checks.transaction(5) as connection:
            runs = await booking.book(connection, books.shards, tails)
        run = runs[name]
        assert (run.presses, run.gaps, run.more) == (presses, 0, more)


@dataclass
class Losses:
    """A room whose Redis is lost, restarted, copied and replaced by its copy, at random.

    Each viewer presses once, so `held`, `copied` and `booked` name the presses that this Redis has
    had since it was empty, that its copy has, and that must be in the books.
    """

    restored: RestoredLedger
    room_id: str
    random: Random
    pressed: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    copied: set[str] = field(default_factory=set)
    booked: set[str] = field(default_factory=set)

    async def act(self) -> None:
        """Do one thing."""
        often = (self.press, self.press, self.press, self.book)
        await self.random.choice((*often, self.end_round, self.lose, self.save, self.go_back))()

    async def press(self) -> None:
        engine, viewer = self.restored.engine, f"viewer{len(self.pressed)}"
        if (await engine.describe(self.room_id)).status != "in_game":
            await engine.start(self.room_id, None)
        self.pressed[viewer] = self.random.randint(1, 4)
        await press(engine, self.room_id, viewer, skill1=self.pressed[viewer])
        self.held.add(viewer)

    async def book(self) -> None:
        """Book all, and go through shards whose Redis has begun anew."""
        await self.restored.restore()
        self.booked |= self.held

    async def end_round(self) -> None:
        engine = self.restored.engine
        if (await engine.describe(self.room_id)).status == "in_game":
            game = await engine.attach(
                self.room_id, "gateway", log_epoch=None, last_seq=None, skip=False
            )
            await engine.finish(self.room_id, game.term)

    async def lose(self) -> None:
        await self.restored.lose_everything()
        await self.restored.restore()
        self.held = set()

    async def save(self) -> None:
        await self.restored.save()
        self.copied = {*self.held}
        await self.maybe_book()

    async def go_back(self) -> None:
        await self.restored.lose_what_came_since()
        self.held = {*self.copied}
        await self.maybe_book()

    async def maybe_book(self) -> None:
        """The ledger or a viewer is the first to come to the server that has begun anew."""
        await self.random.choice((self.press, self.book))()


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_lost_or_comes_back_each_press_is_booked_once(
    restored: RestoredLedger, seed: int
) -> None:
    """All that any Redis has had when it was booked, and nothing twice."""
    books = restored.books
    room_id, _, _ = await play(restored.engine, THREE_PRESSES_FIRE)
    losses = Losses(restored, room_id, Random(seed))
    await losses.book()
    await losses.save()
    for _ in range(ACTIONS):
        await losses.act()
    await losses.book()
    found = {viewer: n for viewer, _, n in await books.rows(PRESSES, room=room_id)}
    assert found == {viewer: losses.pressed[viewer] for viewer in losses.booked}
    assert await differences(restored, room_id) == []
    assert [books.counted(f"{name}_total") for name in ("gaps", "failures")] == [0, 0]


async def test_an_epoch_that_counts_as_booked_to_its_end_is_not_booked_twice(
    restored: RestoredLedger,
) -> None:
    """Such as those of which a state before the first release did not note how far it came."""
    engine, books = restored.engine, restored.books
    room_id = await lose_unbooked(restored)
    ended = f"UPDATE ledger_progress SET n = {2**63 - 1} WHERE epoch > 0 AND (shard, epoch) NOT IN"
    await books.rows(
        f"{ended} (SELECT shard, max(epoch) FROM ledger_progress GROUP BY shard) RETURNING shard"
    )
    await restored.lose_what_came_since()
    await restored.restore()
    await press(engine, room_id, "dora", skill1=1)
    await books.book_all()
    assert await books.rows(PRESSES, room=room_id) == [
        ("ann", 1, 4),
        ("carl", 2, 7),
        ("dora", 1, 1),
    ]
    assert (await books.shards.tail(shard(room_id))).unread == 0
