"""After Redis's clock is set by an hour, nothing lasts longer than twice its period."""

from collections.abc import AsyncIterator

import pytest

from shared.engine.engine import Engine
from shared.engine.refusals import RateLimited
from shared.identity.addresses import Address
from shared.wire.refusal import Refused
from tests.batches import counted
from tests.room_keys import room_keys
from tests.shared.engine.clocks import HOUR, ClockedServer, clocked_server
from tests.shared.engine.rooms import (
    LOCAL,
    ONE_PRESS_FIRES,
    PUBLIC,
    button,
    engine_at,
    open_room,
    play,
    playing,
    press,
)
from tests.waiting import until

pytestmark = pytest.mark.parametrize("step", [-HOUR, HOUR], ids=["back", "forward"])

COOLDOWN = 2_000  # ms
ATTACHES = 5
REMEMBERED, ALL_REMEMBERED_FOR = 8, 15  # batches, s
never_fires = playing(button("skill1", 1_000), button("skill2", 1_000), button("enemy1", 1_000))


@pytest.fixture(scope="module")
async def clock(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ClockedServer]:
    async with clocked_server(tmp_path_factory.mktemp("clock")) as server:
        yield server


@pytest.fixture
async def engine(clock: ClockedServer) -> AsyncIterator[Engine]:
    """An engine for which an address counts for one viewer."""
    async with engine_at(clock.url, active_per_address=1) as opened:
        yield opened


async def viewer_count(engine: Engine, room_id: str) -> int:
    return (await engine.stats(room_id)).viewer_count


async def test_a_cooldown_lasts_no_longer_than_it_may(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 1, cooldown_ms=COOLDOWN)))
    assert (await press(engine, room_id, skill1=1)).fired
    clock.step(step)
    (stat,) = (await engine.stats(room_id)).stats
    assert stat.cooldown_left_ms <= COOLDOWN

    async def fires() -> bool:
        return bool((await press(engine, room_id, skill1=1)).fired)

    await until(fires)


async def test_who_has_left_is_active_no_more(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """Viewers who continue to press stay active; those of an hour ago do not raise thresholds."""
    room_id, _, _ = await play(engine, never_fires)
    for viewer in ("ann", "bob", "carl"):
        await engine.join(room_id, viewer, LOCAL)
    clock.step(step)
    assert await viewer_count(engine, room_id) == 0
    assert await engine.join(room_id, "ann", LOCAL) == 1
    assert (await press(engine, room_id, "dora", skill1=1)).state.viewer_count == 2
    assert await engine.store.command("ZCARD", room_keys(room_id).active) == 2


async def test_an_address_keeps_no_place_for_who_has_left(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    room_id, _, _ = await play(engine, never_fires)
    await engine.join(room_id, "ann", PUBLIC)
    clock.step(step)
    await engine.join(room_id, "bob", PUBLIC)
    await engine.join(room_id, "ann", PUBLIC)
    assert await engine.store.command("ZRANGE", room_keys(room_id).active, 0, -1) == ["bob"]


async def test_the_owner_is_told_who_is_active(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    room_id, _, _ = await play(engine, never_fires)
    await engine.join(room_id, "ann", LOCAL)
    clock.step(step)
    for viewer in ("bob", "carl"):
        await engine.join(room_id, viewer, LOCAL)
    assert await engine.store.command("HGET", room_keys(room_id).room, "published_viewers") == "2"


async def test_a_game_is_let_in_whenever_it_came_before(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """Five attempts in ten seconds are allowed, whatever the clock did."""
    room_id = await open_room(engine)
    await engine.store.command("PERSIST", room_keys(room_id).room)  # it waits a quarter of an hour
    for _ in range(2):
        for _ in range(ATTACHES):
            await engine.admit(room_id)
        with pytest.raises(Refused, match="too_many_attaches"):
            await engine.admit(room_id)
        clock.step(step)


async def test_a_game_whose_gateway_died_is_connected_no_more(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """A gateway that is alive calls `check` within 5 s. A room set to `hold` then holds."""
    room_id, term, _ = await play(engine, playing(button("skill1", 1), on_disconnect="hold"))
    clock.step(step)
    assert not (await engine.describe(room_id)).connected
    assert not (await press(engine, room_id, skill1=1)).fired
    await engine.check(room_id, term)
    assert (await engine.describe(room_id)).connected
    assert (await press(engine, room_id, skill1=1)).fired


async def test_a_later_socket_has_the_greater_term(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    clock.step(step)
    held = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    assert held.term > term
    assert held.log_epoch == log_epoch


async def test_what_a_game_acknowledged_is_forgotten(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """Within the usual minute."""
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, skill1=2)
    await engine.ack(room_id, term, log_epoch, 2)
    clock.step(step)
    await engine.ack(room_id, term, log_epoch, 2)
    assert await engine.store.command("XLEN", room_keys(room_id).log) == 0


async def test_an_addresss_empty_bucket_fills_again(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    address = Address(text="203.0.113.9", key=f"stepped {step}", limited=True)

    async def pays() -> bool:
        try:
            await engine.spend("viewers", address, per_minute=600, burst=1)
        except RateLimited:
            return False
        return True

    assert await pays()
    clock.step(step)
    await until(pays)


async def test_an_addresss_empty_bucket_in_a_room_fills_again(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """No viewer behind the address is locked out."""
    room_id, _, _ = await play(engine, never_fires)

    async def pays(viewer: str = "bob") -> bool:
        return (await press(engine, room_id, viewer, address=PUBLIC, skill1=1)).rejected.rate == 0

    await press(engine, room_id, "ann", address=PUBLIC, skill1=20, skill2=20, enemy1=20)
    clock.step(step)
    await until(pays)


async def test_a_batch_without_a_number_counts_once(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """Its repeat comes after the clock was set back; an hour later it is no repeat any more."""
    room_id, _, _ = await play(engine, never_fires)
    await press(engine, room_id, batch_id="first", skill1=1)
    clock.step(step)
    again = await press(engine, room_id, batch_id="first", skill1=1)
    assert again.duplicate == (step < 0)


async def test_batches_without_a_number_are_forgotten_in_time(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """Those that a viewer sent before the clock was set count from now, not for another hour."""
    room_id, _, _ = await play(engine, never_fires)
    await press(engine, room_id, batch_id="first", skill1=1)
    clock.step(step)
    for n in range(REMEMBERED):
        await press(engine, room_id, batch_id=f"later {n}", skill1=1)
    again = await press(engine, room_id, batch_id="first", skill1=1)
    assert again.duplicate == (step < 0)
    clock.step(ALL_REMEMBERED_FOR + 1)
    again = await press(engine, room_id, batch_id="first", skill1=1)
    assert again.duplicate == (step > 0)  # counted again a moment ago: among the last eight


async def test_each_of_several_batches_is_known_after_the_clock_was_set_back(
    engine: Engine, clock: ClockedServer, step: int
) -> None:
    """Its repeat gets the same outcome, though another batch was counted since."""
    room_id, _, _ = await play(engine, never_fires)
    order = [(f"batch {n}", n) for n in (1, 2, 3)]
    first = [await press(engine, room_id, batch_id=batch, skill1=n) for batch, n in order]
    clock.step(step)
    await press(engine, room_id, batch_id="later", skill2=1)
    again = [await press(engine, room_id, batch_id=batch, skill1=n) for batch, n in order]
    assert [each.duplicate for each in again] == [step < 0] * 3
    assert [*map(counted, again)] == [*map(counted, first)]
