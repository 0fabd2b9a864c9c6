"""Rounds end when their game has left for good, and for no other reason."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api_service.duties.end_abandoned_rounds import CLEAN_GRACE, AbandonedRounds
from shared.engine.engine import Engine
from shared.engine.shard_ledger import Shards
from shared.redis_store.store import StoreUnavailable
from tests.room_keys import room_keys
from tests.shared.engine.clocks import HOUR, clocked_server
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    OwnServer,
    Played,
    engine_at,
    own_server,
    play,
    press,
)
from tests.waiting import until

GRACE = 300.0
SILENT = -16_000  # ms: a gateway's last word, longer ago than a game counts as connected


@dataclass
class Clock:
    """A replica's clock, which a test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[OwnServer]:
    async with own_server(tmp_path) as server:
        yield server


@pytest.fixture
async def engine(valkey: OwnServer) -> AsyncIterator[Engine]:
    async with engine_at(valkey.url) as opened:
        yield opened


def replica(engine: Engine, grace: float = GRACE) -> tuple[AbandonedRounds, Clock]:
    clock = Clock()
    return AbandonedRounds(engine, Shards(engine.store), grace, clock=clock), clock


async def status(engine: Engine, room_id: str) -> str:
    return (await engine.describe(room_id)).status


async def leave(engine: Engine, played: Played, *, clean: bool = False) -> None:
    await engine.detach(played.room_id, played.term, written=0, clean=clean)


async def fall_silent(engine: Engine, room_id: str) -> None:
    """Make the game look as if its gateway had been killed a while ago."""
    room = room_keys(room_id)
    await engine.store.command("HINCRBY", room.room, "seen_at", SILENT)
    await engine.store.command("ZINCRBY", room.running, SILENT, room_id)


async def test_a_round_ends_when_its_game_stays_away_for_the_grace(engine: Engine) -> None:
    played = await play(engine, ONE_PRESS_FIRES)
    await press(engine, played.room_id, skill1=2)
    abandoned, clock = replica(engine)
    await leave(engine, played)
    for clock.now in (0.0, GRACE / 2, GRACE - 0.1):
        await abandoned.check()
        assert await status(engine, played.room_id) == "in_game"
    clock.now = GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"
    assert [m.seq for m in (await engine.read(played.room_id, 0, 0, limit=9)).messages] == [1, 2, 3]


async def test_a_gateway_that_died_is_a_game_that_left(engine: Engine) -> None:
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await abandoned.check()
    await fall_silent(engine, played.room_id)
    await abandoned.check()
    clock.now = GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"


async def test_after_an_orderly_goodbye_ten_seconds_are_enough(engine: Engine) -> None:
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await leave(engine, played, clean=True)
    await abandoned.check()
    clock.now = CLEAN_GRACE - 0.1
    await abandoned.check()
    assert await status(engine, played.room_id) == "in_game"
    clock.now = CLEAN_GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"


async def test_a_game_that_comes_back_meanwhile_is_safe(engine: Engine) -> None:
    """If it leaves again, a new grace starts, and its greater term stops the old end."""
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await leave(engine, played)
    await abandoned.check()
    held = await engine.attach(played.room_id, "other", log_epoch=None, last_seq=None, skip=False)
    clock.now = GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "in_game"
    await engine.detach(played.room_id, held.term, written=0, clean=False)
    await abandoned.check()
    clock.now = 2 * GRACE - 0.1
    await abandoned.check()
    assert await status(engine, played.room_id) == "in_game"


async def test_a_return_that_no_check_saw_is_safe_too(engine: Engine) -> None:
    """It came back and left again between two checks: its greater term shows that."""
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await leave(engine, played)
    await abandoned.check()
    held = await engine.attach(played.room_id, "other", log_epoch=None, last_seq=None, skip=False)
    await engine.detach(played.room_id, held.term, written=0, clean=False)
    clock.now = GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "in_game"
    await abandoned.check()
    clock.now = 2 * GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"


async def test_an_outage_of_redis_ends_no_game(engine: Engine, valkey: OwnServer) -> None:
    """After a failed check, which may be Redis' fault, the grace starts again."""
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await leave(engine, played)
    await abandoned.check()
    await valkey.kill()
    clock.now = GRACE - 1
    await abandoned.check()
    await valkey.start()
    await until(lambda: _answers(engine))
    for clock.now in (GRACE, 2 * GRACE - 0.1):
        await abandoned.check()
        assert await status(engine, played.room_id) == "in_game"
    clock.now = 2 * GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"


async def test_a_room_with_a_broken_key_holds_up_no_other(engine: Engine) -> None:
    """Nor does it end the service."""
    broken, played = await play(engine, ONE_PRESS_FIRES), await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await leave(engine, broken)
    await leave(engine, played)
    await engine.store.command("SET", room_keys(broken.room_id).room, "no hash")
    await abandoned.check()
    clock.now = GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"


async def test_a_lost_permission_ends_no_game_and_no_service(engine: Engine) -> None:
    """It may have kept the games away too: the grace starts again."""
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    await leave(engine, played)
    for lost in ("hmget", "fcall"):
        await engine.store.command("ACL SETUSER", "default", f"-{lost}")
        clock.now += GRACE
        await abandoned.check()
        await engine.store.command("ACL SETUSER", "default", f"+{lost}")
        await abandoned.check()
    assert await status(engine, played.room_id) == "in_game"
    clock.now += GRACE
    await abandoned.check()
    assert await status(engine, played.room_id) == "ended"


@pytest.mark.parametrize("step", [-HOUR, HOUR], ids=["back", "forward"])
async def test_a_game_whose_gateway_died_leaves_its_round_whatever_the_clock_does(
    tmp_path: Path, step: int
) -> None:
    """The same holds for a game that closed its socket in good order."""
    async with clocked_server(tmp_path) as valkey, engine_at(valkey.url) as engine:
        silent, gone = await play(engine, ONE_PRESS_FIRES), await play(engine, ONE_PRESS_FIRES)
        await leave(engine, gone)
        valkey.step(step)
        abandoned, clock = replica(engine)
        await abandoned.check()
        clock.now = GRACE
        await abandoned.check()
        assert await status(engine, silent.room_id) == "ended"
        assert await status(engine, gone.room_id) == "ended"


@pytest.mark.parametrize("step", [-HOUR, HOUR], ids=["back", "forward"])
async def test_a_clock_that_is_set_ends_no_game(tmp_path: Path, step: int) -> None:
    """Its gateway reports the game every 5 s, thus before the grace is over."""
    async with clocked_server(tmp_path) as valkey, engine_at(valkey.url) as engine:
        played = await play(engine, ONE_PRESS_FIRES)
        abandoned, clock = replica(engine)
        await abandoned.check()
        valkey.step(step)
        await abandoned.check()
        await engine.check(played.room_id, played.term)
        for clock.now in (GRACE / 2, GRACE, 2 * GRACE):
            await abandoned.check()
            assert await status(engine, played.room_id) == "in_game"


async def test_each_replica_goes_by_what_it_saw_itself(engine: Engine) -> None:
    """A replica that saw it late waits its own grace; the early one ends the round, once."""
    played = await play(engine, ONE_PRESS_FIRES)
    (early, early_clock), (late, late_clock) = replica(engine), replica(engine)
    await leave(engine, played)
    await early.check()
    late_clock.now = early_clock.now = GRACE
    await late.check()
    assert await status(engine, played.room_id) == "in_game"
    await early.check()
    assert await status(engine, played.room_id) == "ended"
    late_clock.now = 2 * GRACE
    await late.check()
    description = await engine.describe(played.room_id)
    assert (description.status, description.round) == ("ended", 1)


async def test_a_room_that_is_no_more_is_looked_for_no_longer(engine: Engine) -> None:
    played = await play(engine, ONE_PRESS_FIRES)
    abandoned, clock = replica(engine)
    shards = Shards(engine.store)
    for shard in shards.names:
        await shards.mark_restored(shard, await shards.memory(shard))
    await leave(engine, played)
    room = room_keys(played.room_id)
    await engine.store.command("DEL", room.room)
    await abandoned.check()
    clock.now = GRACE
    await abandoned.check()
    assert await engine.store.command("ZCARD", room.running) == 0


async def test_rooms_that_do_not_run_are_left_alone(engine: Engine) -> None:
    """This holds for a room that waits for its game, and for one that has ended."""
    played = await play(engine, ONE_PRESS_FIRES)
    await engine.finish(played.room_id, played.term)
    await leave(engine, played)
    room = room_keys(played.room_id)
    assert await engine.store.command("ZCARD", room.running) == 0
    abandoned, clock = replica(engine, grace=0.0)
    await abandoned.check()
    clock.now = 1.0
    await abandoned.check()
    assert (await engine.describe(played.room_id)).round == 1


async def _answers(engine: Engine) -> bool:
    try:
        await engine.store.ping()
    except StoreUnavailable:
        return False
    return True
