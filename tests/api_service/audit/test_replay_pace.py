"""Bars that follow a crowd are counted again alike, whatever the clock does."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest

from shared.engine.keys import shard
from shared.engine.press import PressBatch
from shared.engine.refusals import BadOutcome
from shared.engine.replies import Counting
from shared.engine.shard_ledger import EntryId, Shards
from shared.wire.game_messages import Available, Outcome
from tests.api_service.audit.journals import replayed_texts
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.rooms import LOCAL, button, engine_at, play, playing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.engine.engine import Engine
    from shared.wire.parts import OutcomeStatus
    from shared.wire.room_settings import RoomSettings
    from tests.shared.engine.clocks import ClockedServer
    from tests.shared.engine.rooms import Played

pytestmark = pytest.mark.anyio

STEPS = 600
STATUSES: tuple[OutcomeStatus, ...] = ("started", "done", "failed", "failed")
EVENT_TYPES = ("skill1", "skill2", "enemy1", "enemy2")
# s; what is longest lets crowds fall silent, and sets the clock back
GAPS = (0.0, 0.01, 0.05, 0.05, 0.3, 0.3, 1.0, 1.0, 5.0, 20.0, 70.0, -30.0)


@pytest.fixture
async def clock(tmp_path: Path) -> AsyncIterator[ClockedServer]:
    async with clocked_server(tmp_path) as server:
        yield server


@pytest.fixture
async def engine(clock: ClockedServer) -> AsyncIterator[Engine]:
    async with engine_at(clock.url) as opened:
        yield opened


def some_settings(random: Random) -> RoomSettings:
    paces = [random.choice((0, 100, 1_000, 1_000, 5_000, 60_000)) for _ in EVENT_TYPES]
    return playing(
        *(
            button(
                name, random.randint(1, 9), pace_ms=pace, cooldown_ms=random.choice((0, 0, 2_000))
            )
            for name, pace in zip(EVENT_TYPES, paces, strict=True)
        )
    )


class Crowd:
    """Does something at random at each step."""

    def __init__(self, engine: Engine, room: Played, random: Random) -> None:
        self._engine, self._room, self._random = engine, room, random
        self._viewers = self._seq = 0

    async def step(self) -> None:
        weights = {
            self._press: 70,
            self._look: 15,
            self._tell: 15,
            self._pause: 8,
            self._say: 4,
            self._change: 2,
            self._reset: 1,
        }
        (do,) = self._random.choices([*weights], [*weights.values()])
        await do()

    async def _press(self) -> None:
        self._viewers += 1  # each has its bucket full
        some = self._random.sample(EVENT_TYPES, self._random.randint(1, 3))
        presses = {name: self._random.randint(1, 20) for name in some}
        batch = PressBatch(f"v{self._viewers}", presses, uuid4().hex, LOCAL)
        counting = await self._engine.press(self._room.room_id, batch)
        assert isinstance(counting, Counting)
        self._seq = max((self._seq, *(fired.seq for fired in counting.fired)))

    async def _look(self) -> None:
        await self._engine.fire_full(self._room.room_id)

    async def _pause(self) -> None:
        room_id, term = self._room.room_id, self._room.term
        await self._engine.pause(room_id, term, paused=True)
        for _ in range(4):
            await self._press()
        discard = self._random.random() < 0.2
        await self._engine.pause(room_id, term, paused=False, discard=discard)

    async def _say(self) -> None:
        told = Available(self._random.choice(EVENT_TYPES), self._random.random() < 0.7, "busy")
        await self._engine.available(self._room.room_id, self._room.term, told)

    async def _tell(self) -> None:
        """Also of triggers that are too old."""
        seq, status = self._seq - self._random.randint(0, 9), self._random.choice(STATUSES)
        told = Outcome(self._room.log_epoch, seq, status, 1_000)
        with suppress(BadOutcome):
            await self._engine.outcome(self._room.room_id, self._room.term, told)

    async def _change(self) -> None:
        new = some_settings(self._random)
        await self._engine.change_settings(self._room.room_id, lambda _: new)

    async def _reset(self) -> None:
        await self._engine.reset(self._room.room_id)


@pytest.mark.parametrize("seed", range(3))
async def test_paces_are_counted_again_alike(
    engine: Engine, clock: ClockedServer, seed: int
) -> None:
    """Thresholds, triggers without a press, turns after a resume, and the paces at the end."""
    random = Random(seed)
    room = await play(engine, some_settings(random))
    crowd = Crowd(engine, room, random)
    for _ in range(STEPS):
        clock.step(random.choice(GAPS))
        await crowd.step()
    await engine.finish(room.room_id, room.term)
    found = await Shards(engine.store).read(shard(room.room_id), EntryId(0, 0), limit=10_000)
    journal = [text.encode() for _, text in found if f'"{room.room_id}"' in text]
    replay, differences = replayed_texts(journal)
    assert differences == ()
    assert (replay.unchecked, replay.triggers > 300) == (0, True)
    assert {"batches", "full", "pause", "available", "outcome"} <= {
        msgspec.json.decode(text)[0] for text in journal
    }
