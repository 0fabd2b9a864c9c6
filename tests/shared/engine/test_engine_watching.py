"""What gateways learn of the rooms that their viewers watch."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import msgspec
import pytest
from redis.asyncio import Redis

from shared.engine.engine import Engine
from shared.engine.keys import inbox
from shared.engine.refusals import RoomNotFound, UnknownEventType
from shared.engine.room_snapshot import RoomSnapshot
from shared.wire.game_messages import Available, GameEndSummary, GameEvent
from shared.wire.room_settings import DEFAULT_SETTINGS, decode
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine.rooms import (
    COUNT_TOLD,
    LOCAL,
    NEXT_PRESS,
    ONE_PRESS_FIRES,
    button,
    commands,
    fire,
    open_room,
    play,
    playing,
    press,
)

Change = Callable[[Engine, str, int], Awaitable[object]]


MOST_SHOWN = 50
TOLD, NOTED = 1, 1  # commands: one nudge for each gateway, and one to store that they were sent
QUIET = playing(button("skill1", 1_000))


def gateway_id() -> str:
    """A gateway id that no other test uses."""
    return f"gateway{uuid4().hex}"


class Inbox:
    """A gateway's inbox in Redis."""

    def __init__(self, redis_url: str, gateway: str) -> None:
        self._redis_url = redis_url
        self._channel = inbox(gateway)

    async def heard_during(self, change: Awaitable[object]) -> list[str]:
        """The messages that reach the inbox while a change is made."""
        async with (
            Redis.from_url(self._redis_url, decode_responses=True) as client,
            client.pubsub(ignore_subscribe_messages=True) as pubsub,
        ):
            await pubsub.subscribe(self._channel)
            await pubsub.get_message(timeout=None)  # the confirmation
            await change
            await client.publish(self._channel, "the end")
            texts: list[str] = []
            while "the end" not in texts:
                if message := await pubsub.get_message(timeout=None):
                    texts.append(message["data"])
            return texts[:-1]


async def test_the_first_look_shows_all_of_the_room_and_nothing_that_was(engine: Engine) -> None:
    """State and settings, but no earlier triggers."""
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, skill1=2)
    watched = await engine.watch(room_id, gateway_id(), None)
    assert (watched.status, watched.round, watched.paused) == ("in_game", 1, False)
    assert [(stat.event_type, stat.current_level) for stat in watched.stats] == [("skill1", 2)]
    assert (watched.viewer_count, watched.log_epoch, watched.seq) == (1, log_epoch, 2)
    assert watched.reset_at == 0
    assert decode(watched.settings) == ONE_PRESS_FIRES
    assert watched.messages == ()


async def test_later_looks_show_what_came_since(engine: Engine) -> None:
    """Triggers and the summary in order; settings only if they changed."""
    gateway = gateway_id()
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    first = await engine.watch(room_id, gateway, None)
    await press(engine, room_id, name="Mika", skill1=2)
    second = await engine.watch(room_id, gateway, first)
    assert second.settings == first.settings
    told = [(m.seq, m.viewer_name) for m in second.messages if isinstance(m, GameEvent)]
    assert told == [(1, "Mika"), (2, "Mika")]
    changed = msgspec.structs.replace(ONE_PRESS_FIRES, title="Quiz")
    await engine.change_settings(room_id, lambda _: changed)
    await engine.finish(room_id, term)
    third = await engine.watch(room_id, gateway, second)
    assert decode(third.settings) == changed
    assert [type(message) for message in third.messages] == [GameEndSummary]
    assert third.status == "ended"


async def test_what_another_release_logged_is_passed_over(engine: Engine) -> None:
    """During a rolling upgrade a room may have messages that this release cannot decode."""
    gateway = gateway_id()
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    first = await engine.watch(room_id, gateway, None)
    room = room_keys(room_id)
    await engine.store.command("XADD", room.log, f"{log_epoch}-1", "m", '{"type":"something_new"}')
    await engine.store.command("HSET", room.room, "seq", 1)
    await press(engine, room_id, skill1=1)
    assert [m.seq for m in (await engine.watch(room_id, gateway, first)).messages] == [2]


async def test_a_look_shows_the_newest_triggers_of_a_burst(engine: Engine) -> None:
    """Triggers that are too many for people to read are left out."""
    gateway = gateway_id()
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    first = await engine.watch(room_id, gateway, None)
    await fire(engine, room_id, MOST_SHOWN + 20)
    second = await engine.watch(room_id, gateway, first)
    assert [message.seq for message in second.messages] == list(range(21, MOST_SHOWN + 21))


async def test_numbers_that_redis_forgot_are_not_waited_for(engine: Engine) -> None:
    """After a failover the room's numbers may be lower than those shown; new triggers are shown."""
    gateway = gateway_id()
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    before = await engine.watch(room_id, gateway, None)
    ahead: RoomSnapshot = msgspec.structs.replace(before, seq=before.seq + 1_000)
    turned = await engine.watch(room_id, gateway, ahead)
    assert (turned.seq, turned.messages) == (0, ())
    await press(engine, room_id, skill1=1)
    assert [m.seq for m in (await engine.watch(room_id, gateway, turned)).messages] == [1]


NOT_NOW = Available("skill1", available=False)
CHANGES: dict[str, Change] = {
    "press": lambda engine, room_id, _: press(engine, room_id, skill1=1),
    "join": lambda engine, room_id, _: engine.join(room_id, "viewer", LOCAL),
    "pause": lambda engine, room_id, term: engine.pause(room_id, term, paused=True),
    "settings": lambda engine, room_id, _: engine.change_settings(room_id, lambda s: s),
    "reset": lambda engine, room_id, _: engine.reset(room_id),
    "fire": lambda engine, room_id, _: engine.fire(room_id, "skill1"),
    "available": lambda engine, room_id, term: engine.available(room_id, term, NOT_NOW),
    "finish": lambda engine, room_id, term: engine.finish(room_id, term),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_watching_gateway_is_told_of_every_kind_of_change(
    engine: Engine, redis_url: str, change: Change
) -> None:
    """It gets one nudge, and then reads what changed."""
    gateway = gateway_id()
    room_id, term, _ = await play(engine, QUIET)
    await engine.watch(room_id, gateway, None)
    told = await Inbox(redis_url, gateway).heard_during(change(engine, room_id, term))
    assert told == [f'{{"type":"room_changed","room_id":"{room_id}"}}']


async def test_a_reset_and_a_block_tell_when_they_were(engine: Engine) -> None:
    """Pages start over: what they know of presses, and of who set off what, holds no more."""
    room_id, _, _ = await play(engine, QUIET)
    await engine.reset(room_id)
    reset = await engine.watch(room_id, gateway_id(), None)
    assert 0 < reset.reset_at <= reset.now
    await engine.store.command("HSET", room_keys(room_id).room, "reset_at", 1)
    await engine.block(room_id, "viewer")
    assert (await engine.watch(room_id, gateway_id(), None)).reset_at > 1


async def test_the_next_round_is_a_change(engine: Engine, redis_url: str) -> None:
    """Pages that show results must show the buttons again."""
    gateway = gateway_id()
    room_id, term, _ = await play(engine, QUIET)
    await engine.finish(room_id, term)
    await engine.watch(room_id, gateway, None)
    assert len(await Inbox(redis_url, gateway).heard_during(engine.start(room_id, term))) == 1


async def test_a_held_room_tells_of_its_game(engine: Engine, redis_url: str) -> None:
    """The room acts as paused while no game is connected."""
    gateway = gateway_id()
    held = msgspec.structs.replace(DEFAULT_SETTINGS, on_disconnect="hold")
    room_id, term, _ = await play(engine, held)
    await engine.watch(room_id, gateway, None)
    leaving = engine.detach(room_id, term, written=0, clean=False)
    assert len(await Inbox(redis_url, gateway).heard_during(leaving)) == 1
    assert (await engine.watch(room_id, gateway, None)).paused
    returning = engine.attach(room_id, "game", log_epoch=None, last_seq=None, skip=False)
    assert len(await Inbox(redis_url, gateway).heard_during(returning)) == 1
    assert not (await engine.watch(room_id, gateway, None)).paused


async def test_a_gateway_is_told_once_until_it_looks(engine: Engine, redis_url: str) -> None:
    """Watching gateways get one nudge for each call of watch, not for each press."""
    gateway, other = gateway_id(), gateway_id()
    room_id, _, _ = await play(engine, QUIET)
    for watching in (gateway, other):
        await engine.watch(room_id, watching, None)

    async def press_often(times: int) -> None:
        for _ in range(times):
            await press(engine, room_id, skill1=1)

    assert len(await Inbox(redis_url, gateway).heard_during(press_often(5))) == 1
    assert await Inbox(redis_url, other).heard_during(press_often(5)) == []
    await engine.watch(room_id, other, None)
    assert len(await Inbox(redis_url, other).heard_during(press_often(5))) == 1
    assert await Inbox(redis_url, gateway).heard_during(press_often(5)) == []


async def test_watching_costs_a_press_few_commands(engine: Engine) -> None:
    """They run once until the gateway calls watch; without a watching gateway there are none."""
    room_id, _, _ = await play(engine, QUIET)
    await press(engine, room_id, skill1=1)
    for gateway in (gateway_id(), gateway_id()):
        await engine.watch(room_id, gateway, None)
    before = await commands(engine)
    await press(engine, room_id, skill1=1)
    assert await commands(engine) - before <= NEXT_PRESS + COUNT_TOLD + 2 * TOLD + NOTED
    before = await commands(engine)
    await press(engine, room_id, skill1=1)
    assert await commands(engine) - before <= NEXT_PRESS + COUNT_TOLD


async def test_a_gateway_that_looks_no_more_is_forgotten(engine: Engine, redis_url: str) -> None:
    """It gets no nudge, and the next watch call of another gateway removes it from the list."""
    gone, gateway = gateway_id(), gateway_id()
    room_id, _, _ = await play(engine, QUIET)
    key = room_keys(room_id).room
    await engine.store.command("HSET", key, "watchers", f"{gone}:1:0,")
    assert await Inbox(redis_url, gone).heard_during(press(engine, room_id, skill1=1)) == []
    await engine.watch(room_id, gateway, None)
    listed: str = await engine.store.command("HGET", key, "watchers")
    assert (gone in listed, gateway in listed) == (False, True)


async def test_a_room_that_is_not_there_cannot_be_watched(engine: Engine) -> None:
    """Its viewers get an error."""
    with pytest.raises(RoomNotFound):
        await engine.watch(new_room_id(), gateway_id(), None)


async def test_a_preview_reaches_every_gateway_that_looks_at_once(
    engine: Engine, redis_url: str
) -> None:
    """Also one that has its nudge already; nothing is counted, and no game is told."""
    room_id, _, _ = await play(engine, QUIET)
    gateways = gateway_id(), gateway_id()
    for gateway in gateways:
        await engine.watch(room_id, gateway, None)
    await press(engine, room_id, skill1=1)
    before = await engine.watch(room_id, gateway_id(), None)
    told = f'{{"type":"room_changed","room_id":"{room_id}","preview":"skill1"}}'
    for gateway in gateways:
        trying = engine.preview(room_id, "skill1")
        assert await Inbox(redis_url, gateway).heard_during(trying) == [told]
    after = await engine.watch(room_id, gateway_id(), None)
    assert (after.seq, after.stats) == (before.seq, before.stats)


async def test_only_a_button_of_the_room_is_previewed(engine: Engine, redis_url: str) -> None:
    """Whether or not a round runs; a gateway that looks no more is told nothing."""
    room_id = await open_room(engine, QUIET)
    gone = gateway_id()
    key = room_keys(room_id).room
    await engine.store.command("HSET", key, "watchers", f"{gone}:1:0,")
    assert await Inbox(redis_url, gone).heard_during(engine.preview(room_id, "skill1")) == []
    with pytest.raises(UnknownEventType):
        await engine.preview(room_id, "enemy1")
    with pytest.raises(RoomNotFound):
        await engine.preview(new_room_id(), "skill1")


async def test_places_are_told_anew_only_every_five_seconds(engine: Engine) -> None:
    """To whoever watches: what those in places 1 to 10, 20, 50 and 100 have pressed."""
    room_id, term, _ = await play(engine, QUIET)
    gateway = gateway_id()
    watched = await engine.watch(room_id, gateway, None)
    assert watched.ranks == ()
    for n in range(1, 22):
        await press(engine, room_id, f"v{n}", skill1=min(n, 20))
    watched = await engine.watch(room_id, gateway, watched)
    assert [rank.place for rank in watched.ranks] == [*range(1, 11), 20]
    assert [rank.count for rank in watched.ranks] == [20, 20, *range(19, 11, -1), 2]
    await press(engine, room_id, "v1", skill1=20)
    again = await engine.watch(room_id, gateway, watched)
    assert again.ranks == watched.ranks
    long_ago = msgspec.structs.replace(again, ranks_at=again.ranks_at - 5_000)
    later = await engine.watch(room_id, gateway, long_ago)
    assert later.ranks[0].count == 21
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert (await engine.watch(room_id, gateway, later)).ranks == ()
