"""Whatever Redis loses, a game learns of it, and no number has two meanings."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from api_service.ledger import booking
from shared.engine.engine import Engine
from shared.engine.keys import shard
from shared.wire.game_messages import GameEndSummary, NumberedMessage
from tests.api_service.ledger.loss import RestoredLedger, restored_ledger
from tests.shared.engine.rooms import ONE_PRESS_FIRES, Played, book, fire, play, press, whole_log

ACTIONS = 15


@dataclass
class LogReader:
    """A game without a socket: it reads the log as a gateway does for it.

    It applies what comes after its cursor, and takes back what it is told to. `has_lost`: its round
    was lost, and it has not heard of that yet.
    """

    engine: Engine
    room: Played
    term: int
    log_epoch: int
    seq: int = 0
    applied: list[NumberedMessage] = field(default_factory=list)
    known: dict[tuple[int, int], NumberedMessage] = field(default_factory=dict)
    has_lost: bool = False

    async def read(self) -> None:
        """Read the log to its end."""
        while True:
            page = await self.engine.read(self.room.room_id, self.log_epoch, self.seq, limit=3)
            assert page.recovered is (page.start == self.seq and not self.has_lost)
            self._go_to(page.log_epoch, page.start)
            for message in page.messages:
                self._apply(message)
            if not page.messages:
                return

    async def resume(self) -> None:
        """Come back on another socket."""
        held = await self.engine.attach(
            self.room.room_id, "gateway", log_epoch=self.log_epoch, last_seq=self.seq, skip=False
        )
        # An epoch that nobody booked may have held other numbers: the game is told, if in vain.
        assert (held.start == self.seq and not self.has_lost) or not held.recovered
        self.term = held.term
        self._go_to(held.log_epoch, held.start)
        await self.read()

    def _go_to(self, log_epoch: int, seq: int) -> None:
        assert seq <= self.seq or self.has_lost
        self.has_lost = False
        self.log_epoch, self.seq = log_epoch, seq
        self.applied = [message for message in self.applied if message.seq <= seq]

    def _apply(self, message: NumberedMessage) -> None:
        assert message.seq == self.seq + 1
        assert self.known.setdefault((message.epoch, message.seq), message) == message
        self.log_epoch, self.seq = message.epoch, message.seq
        self.applied.append(message)


@dataclass
class RoomSimulation:
    """One room, its game, and everything that can happen to them."""

    restored: RestoredLedger
    game: LogReader
    random: Random

    async def act(self) -> None:
        """Do one thing; after a loss, wait until the room is back."""
        actions = (self.fire, self.fire, self.restored.books.book_all, self.game.read)
        losses = (self.lose, self.save, self.go_back)
        await self.random.choice((*actions, self.game.resume, self.end_round, *losses))()

    async def fire(self) -> None:
        await fire(self.restored.engine, self.game.room.room_id, self.random.randint(1, 4))

    async def end_round(self) -> None:
        await self.game.resume()
        await self.restored.engine.finish(self.game.room.room_id, self.game.term)
        await self.restored.engine.start(self.game.room.room_id, self.game.term)

    async def lose(self) -> None:
        """The round ends; the game hears of it on its socket or when it comes back.

        A round of which not even the beginning was booked is gone: the one before has ended, as the
        game knows.
        """
        await self.restored.lose_everything()
        await self.restored.restore()
        (summary,) = await whole_log(self.restored.engine, self.game.room.room_id)
        self.game.has_lost = (summary.epoch, summary.seq) not in self.game.known
        await self.random.choice((self.game.read, self.game.resume))()
        assert self.game.applied[-1] == summary
        assert isinstance(summary, GameEndSummary)
        await self.game.resume()
        await self.restored.engine.start(self.game.room.room_id, self.game.term)

    async def save(self) -> None:
        await self.restored.save()
        await self.restored.restore()

    async def go_back(self) -> None:
        """Roll the room back; the next entry in the room books that."""
        await self.restored.lose_what_came_since()
        await self.restored.restore()
        await self.fire()
        await self.restored.books.book_all()


@pytest.mark.parametrize("seed", range(3))
async def test_a_game_ends_with_what_the_log_holds(
    tmp_path: Path, own_database_url: str, seed: int
) -> None:
    """Redis loses everything, or its latest writes; booked or not, received or not.

    After a loss of everything, the log holds only what came since.
    """
    async with restored_ledger(tmp_path, own_database_url) as restored:
        room = await play(restored.engine, ONE_PRESS_FIRES)
        game = LogReader(restored.engine, room, room.term, room.log_epoch)
        simulation = RoomSimulation(restored, game, Random(seed))
        await restored.books.book_all()
        await simulation.save()
        for _ in range(ACTIONS):
            await simulation.act()
        await game.resume()
        held = await whole_log(restored.engine, room.room_id)
        assert held
        assert tuple(game.applied[-len(held) :]) == held
        round_ = (await restored.engine.describe(room.room_id)).round
        assert (await book(restored.engine, room.room_id, "skill1", round_)).balanced


@pytest.mark.parametrize("ahead", [0, 10**9])
async def test_shards_that_hold_more_than_a_page_are_booked_to_their_ends_and_restored(
    tmp_path: Path, own_database_url: str, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """They are restored together, and the page is full before the last one's turn.

    Their new entries may be below those booked, `ahead` ms: Redis's clock was set back.
    """
    async with restored_ledger(tmp_path, own_database_url) as restored:
        books, rooms = restored.books, list[str]()
        while len(shards := {*map(shard, rooms)}) < 5:
            rooms.append((await play(restored.engine, ONE_PRESS_FIRES)).room_id)
        await restored.save()
        await asyncio.gather(*(press(restored.engine, each, skill1=2) for each in rooms))
        await books.book_all()
        await restored.lose_what_came_since()
        further = (
            f"UPDATE ledger_progress SET epoch = epoch + {ahead} WHERE epoch > 0 RETURNING shard"
        )
        await books.rows(further)
        for room_id in rooms:
            for _ in range(4):
                await press(restored.engine, room_id, skill1=1)
        monkeypatch.setattr(booking, "batches_in", lambda _: 50)
        monkeypatch.setattr(booking, "PAGE", 200)
        monkeypatch.setattr(booking, "FIRST_READ", 2)
        await books.ledger.book_unread()
        tails = await asyncio.gather(*map(books.shards.tail, shards))
        assert [(tail.unread, tail.restored) for tail in tails] == [(0, True)] * len(shards)
        booked = "SELECT accepted, booked FROM accounts ORDER BY room_id"
        assert await books.rows(booked) == [(4, 2 + 4)] * len(rooms)
        assert [books.counted(f"{name}_total") for name in ("gaps", "failures")] == [0, 0]
