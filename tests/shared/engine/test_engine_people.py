"""How many viewers are in a trigger: those who pressed the button since its last one."""

import asyncio

from shared.engine.engine import Engine
from shared.wire.game_messages import GameEvent, decode_logged
from tests.room_keys import room_keys
from tests.shared.engine.fired_trigger import a_trigger
from tests.shared.engine.rooms import age_triggers, button, play, playing, press, whole_log

PACE = 10_000  # ms


async def people(engine: Engine, room_id: str) -> list[int]:
    """Those of the room's triggers, in their order."""
    log = await whole_log(engine, room_id)
    return [message.people for message in log if isinstance(message, GameEvent)]


async def test_each_viewer_is_in_a_trigger_once_however_often_it_pressed(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 6), button("enemy1", 3)))
    for viewer in ("ann", "bob", "ann", "bob", "carl"):
        await press(engine, room_id, viewer, skill1=1, enemy1=1 if viewer == "ann" else 0)
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "dora", enemy1=1)
    assert await people(engine, room_id) == [3, 2]


async def test_all_are_in_the_first_trigger_of_a_press_and_one_in_the_others(
    engine: Engine,
) -> None:
    """What remains is the tipping viewer's, who is in the next trigger only once."""
    room_id, _, _ = await play(engine, playing(button("skill1", 4)))
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "bob", skill1=2)
    await press(engine, room_id, "carl", skill1=10)
    assert await people(engine, room_id) == [3, 1, 1]
    await press(engine, room_id, "carl", skill1=1)
    await press(engine, room_id, "dora", skill1=2)
    assert await people(engine, room_id) == [3, 1, 1, 2]


async def test_a_trigger_that_takes_all_presses_leaves_nobody_for_the_next(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 4, pace_ms=PACE)))
    await age_triggers(engine, room_id, 1, PACE)
    for viewer in ("ann", "bob", "carl"):
        await press(engine, room_id, viewer, skill1=2)
    await age_triggers(engine, room_id, 1, PACE)
    await press(engine, room_id, "carl", skill1=6)
    assert await people(engine, room_id) == [2, 1]


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


async def test_a_reset_begins_another_bar(engine: Engine) -> None:
    """Whoever pressed before is new in it; what another button gathers is not mixed up."""
    room_id, term, _ = await play(engine, playing(button("skill1", 4), button("enemy1", 4)))
    await press(engine, room_id, "ann", skill1=2)
    await press(engine, room_id, "bob", skill1=1)
    await engine.reset(room_id)
    await press(engine, room_id, "ann", skill1=4, enemy1=3)
    await engine.pause(room_id, term, paused=True)
    await engine.pause(room_id, term, paused=False, discard=True)
    await press(engine, room_id, "bob", enemy1=1)
    await press(engine, room_id, "ann", enemy1=3)
    assert await people(engine, room_id) == [1, 2]


async def test_a_round_begins_without_people(engine: Engine) -> None:
    room_id, term, _ = await play(engine, playing(button("skill1", 3)))
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "bob", skill1=1)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", skill1=3)
    assert await people(engine, room_id) == [1]


async def test_presses_given_back_bring_nobody(engine: Engine) -> None:
    fired = await a_trigger(engine)
    await fired.say("failed")
    await press(engine, fired.room.room_id, "another", skill1=1)
    assert (await people(engine, fired.room.room_id))[-1] == 1


async def test_who_is_blocked_later_still_counts(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 2)))
    await press(engine, room_id, "ann", skill1=1)
    await engine.block(room_id, "ann")
    await press(engine, room_id, "bob", skill1=1)
    assert await people(engine, room_id) == [2]


async def test_a_repeated_or_refused_press_brings_nobody(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 3), button("x", enabled=False)))
    for _ in range(3):
        await press(engine, room_id, "ann", batch_id="once", skill1=1)
    await press(engine, room_id, "bob", x=1)
    await press(engine, room_id, "carl", skill1=2)
    assert await people(engine, room_id) == [2]


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
