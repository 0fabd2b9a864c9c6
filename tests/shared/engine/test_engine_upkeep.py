"""Which keys a room leaves in Redis, and how many commands it runs."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from shared.engine.engine import Engine
from shared.engine.open_room import claim_quota
from shared.engine.press import GROUP_LIMIT
from shared.engine.refusals import Conflict
from shared.identity.addresses import Address
from shared.wire.game_messages import Available, GameEndSummary
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine.rooms import (
    COUNT_TOLD,
    LOCAL,
    NEXT_PRESS,
    ONE_PRESS_FIRES,
    PUBLIC,
    button,
    commands,
    open_room,
    play,
    playing,
    press,
    whole_log,
)

TEN_MINUTES = 600_000  # ms
QUARTER_HOUR, DAY = 900, 86_400  # s
EIGHT_DAYS = 8 * DAY
# Redis commands that a press runs, including the FCALL. Think twice before you add one.
FIRST_PRESS = 24
HEARTBEAT = 7
ADDRESS = 7  # additional ones if the address is limited
FIRING = 4  # additional ones for a press that fires
TRIGGER = 3  # and for each of its triggers
MOST_LISTED = 400  # viewers of a top list


async def test_everything_that_a_room_makes_goes_away_by_itself(engine: Engine) -> None:
    """No key is without an expiry after everything that can happen to a room."""
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    address = Address(text="192.0.2.1", key=uuid4().hex, limited=True)
    await engine.spend("rooms", address, per_minute=10, burst=10)
    await claim_quota(engine.store, room_id, address.key, 10)
    await engine.echo(room_id, 1)
    for round_ in (1, 2):
        await engine.join(room_id, "joiner", PUBLIC)
        await press(engine, room_id, "ann", name="Ann", address=PUBLIC, skill1=3)
        await press(engine, room_id, "ann", skill1=2)
        await engine.block(room_id, "bob")
        await engine.pause(room_id, term, paused=True)
        await press(engine, room_id, "carl", skill1=2)
        await engine.pause(room_id, term, paused=False)
        await engine.reset(room_id)
        await engine.change_settings(room_id, lambda settings: settings)
        await engine.ack(room_id, term, log_epoch, 3)
        await engine.written(room_id, term, 3)
        await engine.finish(room_id, term)
        if round_ == 1:
            await engine.start(room_id, term)
    await engine.detach(room_id, term, written=3, clean=True)
    await engine.admit(room_id)
    made = await engine.store.command("KEYS", "streamario:*")
    mine = [key for key in made if room_id in key or address.key in key]
    assert len(mine) > 14
    lives = [await engine.store.command("TTL", key) for key in mine]
    assert [key for key, life in zip(mine, lives, strict=True) if not 0 < life <= EIGHT_DAYS] == []


async def test_a_round_without_a_press_leaves_no_counts(engine: Engine) -> None:
    """A key that does not exist needs no expiry."""
    room_id, term, _ = await play(engine)
    await engine.finish(room_id, term)
    assert await engine.store.command("EXISTS", room_keys(room_id).counts(1)) == 0


@pytest.mark.parametrize(("keyed", "waits"), [(False, QUARTER_HOUR), (True, DAY)])
async def test_an_unstarted_room_waits_for_its_game(
    engine: Engine, keyed: bool, waits: int
) -> None:
    """A quarter of an hour, or a day if it was opened with a game key."""
    room_id = new_room_id()
    await engine.open(room_id, ONE_PRESS_FIRES, keyed=keyed)
    key = room_keys(room_id).room
    assert waits - 5 <= await engine.store.command("TTL", key) <= waits
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.store.command("EXPIRE", key, 60)
    await engine.check(room_id, held.term)
    assert waits - 5 <= await engine.store.command("TTL", key) <= waits
    await engine.start(room_id, held.term)
    assert DAY - 5 <= await engine.store.command("TTL", key) <= DAY


async def test_a_block_lasts_as_long_as_the_room(engine: Engine) -> None:
    """Everything that extends the room's expiry extends that of its blocks."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await engine.block(room_id, "bob")
    room = room_keys(room_id)

    async def attach() -> None:
        nonlocal term
        held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
        term = held.term

    for keep in (
        attach,
        lambda: engine.check(room_id, term),
        lambda: engine.finish(room_id, term),
        lambda: engine.start(room_id, term),
        lambda: engine.detach(room_id, term, written=0, clean=True),
    ):
        for key in (room.room, room.blocked):
            await engine.store.command("EXPIRE", key, 60)
        await keep()
        lives = [await engine.store.command("TTL", key) for key in (room.room, room.blocked)]
        assert lives[1] >= lives[0] > 60
    assert (await press(engine, room_id, "bob", skill1=1)).rejected.blocked == 1


async def test_names_stay_no_longer_than_what_they_stand_beside(engine: Engine) -> None:
    """They expire a day after their round; a viewer who presses in the next one is named again."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    for round_ in (1, 2, 3):
        await engine.start(room_id, term)
        await press(engine, room_id, "ann", name="Ann", skill1=3)
        await press(engine, room_id, f"guest{round_}", name="Guest", skill1=2)
        await press(engine, room_id, f"guest{round_}", skill1=2)
        top = await engine.top_viewers(room_id, limit=9)
        assert [viewer.name for viewer in top.viewers] == ["Guest", "Ann"]
        await engine.finish(room_id, term)
        assert (await engine.viewer_summary(room_id, round_, "ann")).viewer_name == "Ann"
        summary = (await whole_log(engine, room_id))[-1]
        assert isinstance(summary, GameEndSummary)
        assert summary.top_overall is not None
        assert summary.top_overall.viewer_name == "Guest"
    key = room_keys(room_id).viewers(1)  # short rounds share it
    assert await engine.store.command("HLEN", key) == 1 + 3
    assert DAY - 60 <= await engine.store.command("TTL", key) <= DAY


async def test_viewers_move_on_to_a_later_round(engine: Engine) -> None:
    """With their batches, also those who pressed before a round in which they did not."""
    room_id, term, _ = await play(engine, playing(button("skill1", 1000)))
    room = room_keys(room_id)
    await press(engine, room_id, "ann", batch_id="b", name="Ann", skill1=3)
    for round_ in (2, 3):
        await engine.finish(room_id, term)
        if round_ == 3:
            await engine.store.command("HINCRBY", room.room, "viewers_at", -TEN_MINUTES)
        await engine.start(room_id, term)
    assert (await press(engine, room_id, "ann", batch_id="b", skill1=3)).duplicate
    await press(engine, room_id, "ann", skill1=1)
    assert await engine.store.command("HKEYS", room.viewers(3)) == ["ann"]
    summary = await engine.viewer_summary(room_id, 3, "ann")
    assert (summary.viewer_name, summary.total) == ("Ann", 1)


async def test_names_stay_while_somebody_new_presses(engine: Engine) -> None:
    """They last as long as the counts: in a round of weeks its first viewers keep their names."""
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    kept = room_keys(room_id).viewers(1)
    await engine.store.command("EXPIRE", kept, 60)
    await press(engine, room_id, "bob", skill1=1)
    assert await engine.store.command("TTL", kept) > DAY


async def test_a_round_of_weeks_keeps_what_the_same_viewers_press(engine: Engine) -> None:
    """The first heartbeat of its game in each hour extends the expiry of its counts and lists."""
    room_id, term, _ = await play(engine, playing(button("skill1", 1, team="skill")))
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    room = room_keys(room_id)
    kept = [room.counts(1), room.viewers(1), room.top(1, "all"), room.top(1, "skill")]
    kept.append(room.top(1, "button:skill1"))
    for key in kept:
        await engine.store.command("EXPIRE", key, 60)
    await engine.check(room_id, term)
    assert max([await engine.store.command("TTL", key) for key in kept]) <= 60
    await engine.store.command("HINCRBY", room.room, "seen_at", -3_600_000)
    await engine.check(room_id, term)
    assert min([await engine.store.command("TTL", key) for key in kept]) > 7 * DAY


async def test_viewers_who_joined_before_the_press_that_opened_the_round_expire(
    engine: Engine,
) -> None:
    """Like all others, although the room knew them before the round."""
    starts_on_press = msgspec.structs.replace(ONE_PRESS_FIRES, starts="press")
    room_id = await open_room(engine, starts_on_press)
    await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.join(room_id, "ann", PUBLIC)
    await press(engine, room_id, "ann", address=PUBLIC, skill1=1)
    assert await engine.store.command("TTL", room_keys(room_id).viewers(1)) > DAY


async def test_a_room_id_is_opened_once(engine: Engine) -> None:
    """Opening an existing room is refused."""
    room_id = await open_room(engine)
    before = await engine.store.command("HGETALL", room_keys(room_id).room)
    with pytest.raises(Conflict, match="room_exists"):
        await engine.open(room_id, ONE_PRESS_FIRES, keyed=True)
    assert await engine.store.command("HGETALL", room_keys(room_id).room) == before


@pytest.mark.parametrize(("address", "more"), [(LOCAL, 0), (PUBLIC, ADDRESS)])
async def test_a_press_runs_few_commands(engine: Engine, address: Address, more: int) -> None:
    """The number does not depend on how many press; a first press adds the name and expiries."""
    room_id, _, _ = await play(engine)
    for n in range(300):
        await engine.join(room_id, f"v{n}", LOCAL)
    for most in (FIRST_PRESS, NEXT_PRESS):
        before = await commands(engine)
        await press(engine, room_id, name="Ann", address=address, skill1=1)
        assert await commands(engine) - before <= most + more + COUNT_TOLD
    before = await commands(engine)
    await press(engine, room_id, address=address)
    assert await commands(engine) - before <= HEARTBEAT


async def test_the_set_of_active_viewers_always_expires(engine: Engine) -> None:
    """Also if it was emptied and begins anew before its expiry is extended again."""
    room_id, _, _ = await play(engine)
    active = room_keys(room_id).active
    for viewer in ("ann", "bob"):
        await press(engine, room_id, viewer, skill1=1)
        assert 50_000 < int(await engine.store.command("PTTL", active)) <= 60_000
        await engine.block(room_id, viewer)
        assert not await engine.store.command("EXISTS", active)


async def test_presses_that_travel_together_share_all_commands(engine: Engine) -> None:
    """A call of many viewers runs no more commands than one of a single viewer."""
    room_id, _, _ = await play(engine, playing(button("skill1", 100_000)))
    ran = 0
    for _ in range(2):
        before = await commands(engine)
        crowd = [press(engine, room_id, f"v{n}", skill1=1) for n in range(GROUP_LIMIT)]
        await asyncio.gather(*crowd)
        ran = await commands(engine) - before
    assert ran <= NEXT_PRESS + COUNT_TOLD


async def test_a_top_list_keeps_the_first_of_a_crowd(engine: Engine) -> None:
    """It does not grow with the crowd, and who falls off it can come back."""
    room_id, _, _ = await play(engine, playing(button("skill1", 100_000)))
    crowd = {f"v{n}": 1 + n // 50 for n in range(900)}
    await asyncio.gather(*(press(engine, room_id, who, skill1=n) for who, n in crowd.items()))
    assert await engine.store.command("ZCARD", room_keys(room_id).top(1, "all")) <= MOST_LISTED
    await press(engine, room_id, "v0", skill1=20)
    first = [each.presses for each in (await engine.top_viewers(room_id, limit=100)).viewers]
    assert first == sorted([*crowd.values(), 21], reverse=True)[:100]


async def test_each_trigger_adds_few_commands(engine: Engine) -> None:
    """For any number of gateways: one to the log, one to the owner, one to the tap."""
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, skill1=1)
    for n in (1, 11):
        before = await commands(engine)
        await press(engine, room_id, skill1=n)
        most = NEXT_PRESS + FIRING + n * TRIGGER
        assert await commands(engine) - before <= most + COUNT_TOLD


async def test_a_round_whose_game_cannot_use_a_button_goes_away_without_a_press(
    engine: Engine,
) -> None:
    room_id, term, _ = await play(engine)
    await engine.available(room_id, term, Available(event_type="skill1", available=False))
    assert 0 < await engine.store.command("TTL", room_keys(room_id).counts(1)) <= EIGHT_DAYS


async def test_each_new_presser_extends_the_life_of_its_top_lists(engine: Engine) -> None:
    """While they are short; later only the game does."""
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, "ann", skill1=1)
    lists = await engine.store.command("KEYS", f"*{room_id}*:top:*")
    assert lists
    for key in lists:
        await engine.store.command("EXPIRE", key, 100)
    await press(engine, room_id, "ann", skill1=1)
    assert {await engine.store.command("TTL", key) <= 100 for key in lists} == {True}
    await press(engine, room_id, "bob", skill1=1)
    assert {await engine.store.command("TTL", key) > 100 for key in lists} == {True}
