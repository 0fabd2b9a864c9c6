"""Outcomes of counted batches, as their repeats get them."""

import asyncio
from collections.abc import Mapping

from shared.engine.engine import Engine
from shared.engine.replies import Counting
from shared.wire.parts import LARGEST_NUMBER
from tests.batches import Counted, batch_of, counted, sent
from tests.shared.engine.rooms import PER_REQUEST, Book, book, button, fire, play, playing, press

FULL_BUTTONS = playing(*(button(f"skill{n}", 300) for n in range(24)))


async def send(
    engine: Engine, room_id: str, presses: Mapping[str, int], batch_id: str, batch_no: int = 0
) -> Counting:
    batch = batch_of("viewer", dict(presses), batch_id, batch_no=batch_no)
    counting = await sent(engine, room_id, batch)
    assert isinstance(counting, Counting)
    return counting


async def test_a_batch_that_fires_hundreds_of_triggers_is_remembered_whole(engine: Engine) -> None:
    """As the first one does after the streamer has lowered the threshold of a nearly full bar."""
    room_id, _, _ = await play(engine, playing(button("skill1", 100_000)))
    await fire(engine, room_id, 1_000)
    await engine.change_settings(room_id, lambda _: playing(button("skill1", 1)))
    counting = await press(engine, room_id, batch_id="b", skill1=1)
    assert counted(counting) == (Counted("skill1", 1, 1_001),)
    again = await press(engine, room_id, batch_id="b", skill1=1)
    assert (again.duplicate, counted(again)) == (True, counted(counting))
    assert await book(engine, room_id, "skill1") == Book(0, 1_001, 1_001, 0, 1_001)
    next_one = await press(engine, room_id, "other", skill1=1)
    assert [trigger.seq for trigger in next_one.fired] == [1_002]


async def test_a_batch_of_all_buttons_is_remembered_whole(engine: Engine) -> None:
    """Twenty-four of them, each with rejected presses."""
    room_id, _, _ = await play(engine, FULL_BUTTONS)
    presses = {each.event_type: 2**31 for each in FULL_BUTTONS.buttons}
    counting = await send(engine, room_id, presses, "b")
    assert counting.rejected.clamp == 24 * (2**31 - PER_REQUEST)
    again = await send(engine, room_id, presses, "b")
    assert (again.duplicate, counted(again)) == (True, counted(counting))
    assert again.rejected == counting.rejected


async def test_a_numbered_batch_that_stands_twice_in_a_call_counts_once(engine: Engine) -> None:
    """Even if between the two more senders of its viewer press than are remembered."""
    room_id, _, _ = await play(engine, FULL_BUTTONS)
    senders = ["page", "other1", "other2", "other3", "other4", "page"]
    first, *_, again = await asyncio.gather(
        *(send(engine, room_id, {"skill1": 2}, sender, batch_no=1) for sender in senders)
    )
    assert (first.duplicate, again.duplicate) == (False, True)
    assert counted(again) == counted(first)
    assert (await book(engine, room_id, "skill1")).accepted == 10


async def test_a_number_that_was_overtaken_in_its_call_is_still_no_new_batch(
    engine: Engine,
) -> None:
    """Each copy of it gets no presses, also the one that comes after its sender was forgotten."""
    room_id, _, _ = await play(engine, FULL_BUTTONS)
    order = [("page", 2), ("page", 1), *((f"other{n}", 1) for n in range(4)), ("page", 1)]
    found = await asyncio.gather(
        *(send(engine, room_id, {"skill1": 2}, sender, batch_no=no) for sender, no in order)
    )
    assert [counting.duplicate for counting in found] == [False, True, *[False] * 4, True]
    assert found[-1].results[0].accepted == 0
    assert (await book(engine, room_id, "skill1")).accepted == 10


async def test_a_sender_without_a_name_is_kept_like_any_other(engine: Engine) -> None:
    """An id may consist of nothing but its number."""
    room_id, _, _ = await play(engine, playing(button("skill1", 1_000)))
    await send(engine, room_id, {"skill1": 1}, "#5", 5)
    await send(engine, room_id, {"skill1": 1}, "page", LARGEST_NUMBER)
    assert (await send(engine, room_id, {"skill1": 1}, "#5", 5)).duplicate
    assert (await send(engine, room_id, {"skill1": 1}, "page", LARGEST_NUMBER)).duplicate
    assert (await book(engine, room_id, "skill1")).accepted == 2


async def test_of_a_viewers_senders_the_oldest_is_forgotten_first(engine: Engine) -> None:
    """The last one and three others are known; a repeat of theirs counts nothing."""
    room_id, _, _ = await play(engine, FULL_BUTTONS)
    for sender in ("a", "b", "c", "d", "e"):
        await send(engine, room_id, {"skill1": 2}, sender, batch_no=1)
    again = await send(engine, room_id, {"skill1": 2}, "b", batch_no=1)
    assert again.duplicate
    assert (await book(engine, room_id, "skill1")).accepted == 10


async def test_senders_that_take_turns_push_no_other_out(engine: Engine) -> None:
    """Such as two tabs of one viewer: each is known once, however many batches it has sent."""
    room_id, _, _ = await play(engine, FULL_BUTTONS)
    await send(engine, room_id, {"skill1": 2}, "early", batch_no=1)
    for number in range(1, 6):
        for sender in ("tab", "other tab"):
            await send(engine, room_id, {"skill1": 2}, sender, batch_no=number)
    assert (await send(engine, room_id, {"skill1": 2}, "early", batch_no=1)).duplicate
