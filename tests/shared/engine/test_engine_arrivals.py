"""Who comes while no round runs: the names that gateways may show."""

import asyncio

import msgspec

from shared.engine.engine import Engine
from shared.engine.room_snapshot import RoomSnapshot
from tests.room_keys import room_keys
from tests.shared.engine.rooms import (
    LOCAL,
    ONE_PRESS_FIRES,
    PUBLIC,
    button,
    commands,
    engine_at,
    open_room,
    play,
    playing,
    press,
)

GATEWAY = "gateway"
ACTIVE_FOR = 30_000  # ms
STORED, SHOWN = 20, 5


async def looked(engine: Engine, room_id: str, last: RoomSnapshot | None = None) -> RoomSnapshot:
    return await engine.watch(room_id, GATEWAY, last)


async def come(engine: Engine, room_id: str, *names: str) -> None:
    """Viewers with these names join, whose ids are their names."""
    for name in names:
        await engine.join(room_id, name, LOCAL, name=name)


async def go_away(engine: Engine, room_id: str, viewer: str) -> None:
    """Let a viewer have been silent for so long that it is no longer active."""
    await engine.store.command("ZINCRBY", room_keys(room_id).active, -ACTIVE_FOR, viewer)


async def test_names_come_in_their_order_and_once(engine: Engine) -> None:
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    await come(engine, room_id, "Mika", "Sora")
    second = await looked(engine, room_id, first)
    assert second.arrived == ("Mika", "Sora")
    assert (await looked(engine, room_id, second)).arrived == ()


async def test_a_gateway_learns_only_of_those_who_come_after_its_first_look(engine: Engine) -> None:
    """Pages that open show who comes from now on."""
    room_id = await open_room(engine)
    await come(engine, room_id, "Mika")
    first = await looked(engine, room_id)
    assert first.arrived == ()
    await come(engine, room_id, "Sora")
    assert (await looked(engine, room_id, first)).arrived == ("Sora",)


async def test_who_stays_active_comes_once_and_who_returns_comes_again(engine: Engine) -> None:
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    await come(engine, room_id, "Mika", "Mika")
    second = await looked(engine, room_id, first)
    assert second.arrived == ("Mika",)
    await go_away(engine, room_id, "Mika")
    await come(engine, room_id, "Mika")
    assert (await looked(engine, room_id, second)).arrived == ("Mika",)


async def test_who_has_no_name_comes_with_the_first_that_it_sets(engine: Engine) -> None:
    """However often it joined before, and not again with another name."""
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    for _ in range(2):
        await engine.join(room_id, "ann", LOCAL)
    second = await looked(engine, room_id, first)
    assert (second.arrived, second.viewer_count) == ((), 1)
    for name in ("Ann", "Annie", ""):
        assert await engine.join(room_id, "ann", LOCAL, name=name) == 1
    third = await looked(engine, room_id, second)
    assert third.arrived == ("Ann",)
    assert await engine.join(room_id, "ann", LOCAL, name="Anna") == 1
    assert (await looked(engine, room_id, third)).arrived == ()


async def test_who_has_no_name_stays_active_as_long_as_others(engine: Engine) -> None:
    """The mark that it came without one is in the time at which it was active."""
    room_id = await open_room(engine)
    await engine.join(room_id, "ann", LOCAL)
    await engine.store.command("ZINCRBY", room_keys(room_id).active, -ACTIVE_FOR + 5_000, "ann")
    assert await engine.join(room_id, "bob", LOCAL, name="Bob") == 2
    await go_away(engine, room_id, "ann")
    assert await engine.join(room_id, "bob", LOCAL, name="Bob") == 1


async def test_those_who_join_in_one_call_come_each_once(engine: Engine) -> None:
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    names = ["Mika", "Sora", "Mika", "", "Yuki"]
    joins = (engine.join(room_id, name or "nobody", LOCAL, name=name) for name in names)
    assert await asyncio.gather(*joins) == [4] * 5
    assert sorted((await looked(engine, room_id, first)).arrived) == ["Mika", "Sora", "Yuki"]


async def test_of_many_the_newest_are_told_and_few_are_stored(engine: Engine) -> None:
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    crowd = [f"v{n}" for n in range(3 * STORED)]
    await asyncio.gather(*(come(engine, room_id, name) for name in crowd[:-SHOWN]))
    await come(engine, room_id, *crowd[-SHOWN:])
    assert (await looked(engine, room_id, first)).arrived == tuple(crowd[-SHOWN:])
    assert await engine.store.command("XLEN", room_keys(room_id).arrivals) == STORED
    assert await engine.store.command("TTL", room_keys(room_id).arrivals) > 0


async def test_nobody_comes_while_a_round_runs(engine: Engine) -> None:
    """Who joined in the round is there already when it has ended."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    first = await looked(engine, room_id)
    await come(engine, room_id, "Mika")
    await press(engine, room_id, "Sora", name="Sora", skill1=1)
    await engine.finish(room_id, term)
    await come(engine, room_id, "Mika", "Sora", "Yuki")
    assert (await looked(engine, room_id, first)).arrived == ("Yuki",)


async def test_hidden_and_blocked_names_are_never_told(engine: Engine) -> None:
    """Also if they were hidden or blocked after they came."""
    room_id = await open_room(engine)
    await engine.block(room_id, "Troll")
    first = await looked(engine, room_id)
    await come(engine, room_id, "Troll", "Late", "Mika")
    await engine.block(room_id, "Late")
    second = await looked(engine, room_id, first)
    assert (second.arrived, second.viewer_count) == (("Mika",), 1)
    await come(engine, room_id, "Sora")
    hidden = msgspec.structs.replace(ONE_PRESS_FIRES, show_names=False)
    await engine.change_settings(room_id, lambda _: hidden)
    await come(engine, room_id, "Yuki")
    third = await looked(engine, room_id, second)
    assert (third.arrived, third.viewer_count) == ((), 3)
    await come(engine, room_id, "Ken")
    await engine.change_settings(room_id, lambda _: ONE_PRESS_FIRES)
    assert (await looked(engine, room_id, third)).arrived == ()


async def test_who_finds_no_place_at_its_address_does_not_come(
    engine: Engine, redis_url: str
) -> None:
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    async with engine_at(redis_url, active_per_address=1) as few:
        for name in ("Mika", "Sora"):
            assert await few.join(room_id, name, PUBLIC, name=name) == 1
    assert (await looked(engine, room_id, first)).arrived == ("Mika",)


async def test_any_name_arrives_as_it_was_written(engine: Engine) -> None:
    room_id = await open_room(engine)
    first = await looked(engine, room_id)
    names = ('"\\}', "さくら🌸", "a b, c")
    await come(engine, room_id, *names)
    assert (await looked(engine, room_id, first)).arrived == names


async def test_a_crowd_that_joins_together_costs_few_commands(engine: Engine) -> None:
    """The number does not grow with it, but for the names that are stored."""
    room_id = await open_room(engine)
    await come(engine, room_id, "first")
    costs = []
    for crowd in (range(20), range(20, 120)):
        before = await commands(engine)
        joins = (engine.join(room_id, f"v{n}", LOCAL, name=f"v{n}") for n in crowd)
        await asyncio.gather(*joins)
        costs.append(await commands(engine) - before)
    assert costs[1] <= costs[0] + 1
    before = await commands(engine)
    joins = (engine.join(room_id, f"v{n}", LOCAL, name=f"v{n}") for n in range(100))
    await asyncio.gather(*joins)
    assert await commands(engine) - before <= 10


async def test_a_watch_tells_when_the_round_began_and_whether_a_press_opened_it(
    engine: Engine,
) -> None:
    """Pages count down only where the game began it."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    begun = await looked(engine, room_id)
    described = await engine.describe(room_id)
    assert (begun.started_at, begun.opened_by_press) == (described.started_at, False)
    assert not described.opened_by_press
    await engine.finish(room_id, term)
    assert (await looked(engine, room_id)).started_at is None
    opened = await open_room(engine, playing(button("skill1", 5), starts="press"))
    await engine.attach(opened, GATEWAY, log_epoch=None, last_seq=None, skip=False)
    await press(engine, opened, skill1=1)
    pressed = await looked(engine, opened)
    assert pressed.opened_by_press
    assert (await engine.describe(opened)).opened_by_press
    assert pressed.started_at is not None
