"""How many viewers are in a button's bar and in its trigger: who pressed since the last one."""

import asyncio

from shared.engine.engine import Engine
from shared.wire.game_messages import GameEvent, decode_logged
from tests.room_keys import room_keys
from tests.shared.engine.rooms import button, play, playing, press, whole_log


async def people(engine: Engine, room_id: str) -> list[int]:
    """Those of the room's triggers, in their order."""
    log = await whole_log(engine, room_id)
    return [message.people for message in log if isinstance(message, GameEvent)]


async def test_viewers_of_one_call_and_of_many_are_counted_alike(engine: Engine) -> None:
    """A call counts up to 128 batches; the bar fires in the midst of one."""
    room_id, _, _ = await play(engine, playing(button("skill1", 450)))
    crowd = [f"v{n:03}" for n in range(300)]
    await asyncio.gather(*(press(engine, room_id, viewer, skill1=1) for viewer in crowd * 2))
    assert await people(engine, room_id) == [300]
    await asyncio.gather(*(press(engine, room_id, viewer, skill1=1) for viewer in crowd))
    assert await people(engine, room_id) == [300, 300]


async def test_several_calls_at_once_forget_nobody(engine: Engine) -> None:
    """Two triggers share the crowd; a viewer who presses after the first is in the second too."""
    room_id, _, _ = await play(engine, playing(button("skill1", 100)))
    await asyncio.gather(*(press(engine, room_id, f"v{n}", skill1=1) for n in range(250)))
    assert await people(engine, room_id) == [100, 100]
    await press(engine, room_id, "v0", skill1=1)
    await asyncio.gather(*(press(engine, room_id, f"w{n}", skill1=1) for n in range(49)))
    assert await people(engine, room_id) == [100, 100, 50 + 1 + 49]


async def test_a_button_tells_who_is_in_its_bar(engine: Engine) -> None:
    """Each once; after a trigger whoever has presses left, after a reset nobody."""
    room_id, _, _ = await play(engine, playing(button("skill1", 5), button("enemy1", 5)))

    async def waiting() -> list[int]:
        return [stat.people for stat in (await engine.stats(room_id)).stats]

    told = [await press(engine, room_id, viewer, skill1=1) for viewer in ("ann", "bob", "ann")]
    assert [outcome.state.stats[0].people for outcome in told] == [1, 2, 2]
    assert await waiting() == [2, 0]
    fired = await press(engine, room_id, "carl", skill1=3, enemy1=1)
    assert [stat.people for stat in fired.state.stats] == [1, 1]
    assert await waiting() == [1, 1]
    assert await people(engine, room_id) == [3]
    await engine.reset(room_id)
    assert await waiting() == [0, 0]


async def test_a_trigger_has_its_viewer_even_if_redis_lost_who_came_before(engine: Engine) -> None:
    """Such as by an older release, which counts nobody."""
    room_id, _, _ = await play(engine, playing(button("skill1", 3)))
    await press(engine, room_id, "ann", skill1=2)
    await engine.store.command("HDEL", room_keys(room_id).counts(1), "skill1:people")
    await press(engine, room_id, "ann", skill1=1)
    assert await people(engine, room_id) == [1]


async def test_who_was_in_a_trigger_of_an_older_release_is_not_in_the_next(engine: Engine) -> None:
    """That release fires a bar, but does not say that its people are gone."""
    room_id, _, _ = await play(engine, playing(button("skill1", 3)))
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "bob", skill1=1)
    fired = ("skill1:count", 0, "skill1:accepted", 3, "skill1:consumed", 3, "skill1:fired", 1)
    await engine.store.command("HSET", room_keys(room_id).counts(1), *fired)
    assert (await engine.stats(room_id)).stats[0].people == 0
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "carl", skill1=2)
    assert await people(engine, room_id) == [2]


def test_a_trigger_that_an_older_release_logged_has_no_people() -> None:
    """0: nobody counted them."""
    logged = decode_logged(
        '{"type":"game_event","room_id":"r","event_type":"skill1","trigger_count":5,'
        '"viewer_count":1,"viewer_name":null,"epoch":1,"seq":1,"fired_at":1,"replayed":false}'
    )
    assert isinstance(logged, GameEvent)
    assert logged.people == 0
