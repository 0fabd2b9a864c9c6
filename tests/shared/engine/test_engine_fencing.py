"""One socket owns a room: the newest."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from shared.engine.engine import Engine
from shared.engine.keys import inbox
from shared.engine.refusals import RoomNotFound
from shared.engine.refusals import SocketReplaced as ReplacedError
from shared.wire.game_messages import (
    Echo,
    GameEvent,
    InboxMessage,
    Replaced,
    ViewerCountUpdate,
    decode_inbox,
)
from shared.wire.refusal import Refused
from tests.room_keys import room_keys
from tests.shared.engine.rooms import LOCAL, ONE_PRESS_FIRES, fire, open_room, play, press

HOUR = 3_600_000  # ms


@asynccontextmanager
async def listening(url: str, *channels: str) -> AsyncIterator[PubSub]:
    async with (
        Redis.from_url(url, decode_responses=True) as client,
        client.pubsub(ignore_subscribe_messages=True) as pubsub,
    ):
        await pubsub.subscribe(*channels)
        yield pubsub


async def heard(pubsub: PubSub, *kinds: type[InboxMessage]) -> InboxMessage:
    """The next message of these kinds."""
    while True:
        message = decode_inbox((await next_of(pubsub))["data"])
        if isinstance(message, kinds):
            return message


async def next_of(pubsub: PubSub) -> dict[str, str]:
    """The next message, with its channel."""
    while True:
        if told := await pubsub.get_message(timeout=None):
            return dict(told)


@pytest.mark.parametrize(
    "command",
    [
        lambda engine, room_id, term: engine.ack(room_id, term, 1, 1),
        lambda engine, room_id, term: engine.written(room_id, term, 1),
        lambda engine, room_id, term: engine.start(room_id, term),
        lambda engine, room_id, term: engine.pause(room_id, term, paused=True),
        lambda engine, room_id, term: engine.finish(room_id, term),
        lambda engine, room_id, term: engine.check(room_id, term),
    ],
    ids=["ack", "written", "start", "pause", "finish", "check"],
)
async def test_a_replaced_socket_can_do_nothing_more(
    engine: Engine, command: Callable[[Engine, str, int], Awaitable[object]]
) -> None:
    """Its commands are refused because of its lower term, and the room does not change."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    before = await engine.store.command("HGETALL", room_keys(room_id).room)
    with pytest.raises(ReplacedError):
        await command(engine, room_id, term)
    assert await engine.store.command("HGETALL", room_keys(room_id).room) == before


async def test_a_replaced_socket_that_goes_leaves_the_room_alone(engine: Engine) -> None:
    """When the older socket closes, the newer one stays attached."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    held = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    await engine.detach(room_id, term, written=0, clean=True)
    assert (await engine.describe(room_id)).connected
    assert await engine.check(room_id, held.term) is not None


async def test_the_owner_before_is_told(engine: Engine, redis_url: str) -> None:
    """Its gateway gets `replaced` in its inbox, with the old term."""
    room_id, term, _ = await play(engine)
    async with listening(redis_url, inbox("gateway")) as pubsub:
        await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
        assert await heard(pubsub, Replaced) == Replaced(room_id=room_id, term=term)


async def test_terms_grow_with_every_attach(engine: Engine) -> None:
    """Also within one millisecond."""
    room_id = await open_room(engine)
    attaches = [
        engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
        for _ in range(20)
    ]
    terms = [held.term for held in await asyncio.gather(*attaches)]
    assert terms == sorted(set(terms))


async def test_a_room_that_forgot_the_term_asks_to_be_attached_again(engine: Engine) -> None:
    """No other socket owns the room, so the socket may stay open."""
    room_id, term, _ = await play(engine)
    await engine.store.command("HSET", room_keys(room_id).room, "term", term - 1)
    assert await engine.check(room_id, term) is None
    await engine.store.command("HSET", room_keys(room_id).room, "term", term, "owner", "")
    assert await engine.check(room_id, term) is None


@pytest.mark.parametrize("forgotten", [("owner", "term"), ("owner",), ("term",)], ids=" ".join)
async def test_a_socket_that_is_attached_again_keeps_its_term(
    engine: Engine, redis_url: str, forgotten: tuple[str, ...]
) -> None:
    """Its earlier commands stay valid; it may attach twice; no `replaced` is sent.

    Nothing that was not applied counts as acknowledged.
    """
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await engine.store.command("HDEL", room_keys(room_id).room, *forgotten)
    assert await engine.check(room_id, term) is None
    async with listening(redis_url, inbox("gateway")) as pubsub:
        _, *helds = await asyncio.gather(
            engine.pause(room_id, term, paused=True),
            engine.attach_again(room_id, "gateway", term),
            engine.attach_again(room_id, "gateway", term),
        )
        assert [(held.term, held.start, held.seq) for held in helds] == [(term, 0, 3)] * 2
        await engine.pause(room_id, term, paused=False)
        await engine.ack(room_id, term, log_epoch, 0)
        assert await engine.check(room_id, term) is not None
        await engine.echo("gateway", 1)
        assert isinstance(await heard(pubsub, Replaced, Echo), Echo)


@pytest.mark.parametrize("ahead", [-HOUR, HOUR], ids=["clock goes on", "clock went back"])
async def test_a_newer_socket_keeps_a_room_whose_owner_was_forgotten(
    engine: Engine, ahead: int
) -> None:
    """Even if its term is smaller than the older socket's, because Redis had forgotten that one."""
    room_id = await open_room(engine)
    key = room_keys(room_id).room
    await engine.store.command("HINCRBY", key, "term", int(time.time() * 1000) + ahead)
    old = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.store.command("HDEL", key, "owner", "term")
    await asyncio.sleep(0.002)  # nobody comes within the same millisecond
    new = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    assert (new.term < old.term) is (ahead > 0)
    for _ in range(2):
        with pytest.raises(ReplacedError):
            await engine.attach_again(room_id, "gateway", old.term)
        await engine.detach(room_id, old.term, written=0, clean=True)
        assert await engine.check(room_id, new.term) is not None
    assert await engine.store.command("HGET", key, "owner") == "other"


@pytest.mark.parametrize("first", ["older", "newer"])
async def test_of_two_forgotten_sockets_the_newer_gets_the_room(
    engine: Engine, redis_url: str, first: str
) -> None:
    """Even if the older one, which does not know of the newer, attaches again first."""
    room_id, older, _ = await play(engine)
    held = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    await engine.store.command("HDEL", room_keys(room_id).room, "owner", "term")
    async with listening(redis_url, inbox("gateway")) as pubsub:
        if first == "older":
            await engine.attach_again(room_id, "gateway", older)
        await engine.attach_again(room_id, "other", held.term)
        if first == "older":
            assert await heard(pubsub, Replaced) == Replaced(room_id=room_id, term=older)
    with pytest.raises(ReplacedError):
        await engine.attach_again(room_id, "gateway", older)
    assert await engine.check(room_id, held.term) is not None


async def test_a_gateway_that_knows_the_owner_has_its_next_one_exceed_that(engine: Engine) -> None:
    """Even if the room has forgotten the owner's term."""
    room_id = await open_room(engine)
    above = int(time.time() * 1000) + HOUR
    held = await engine.attach(
        room_id, "gateway", log_epoch=None, last_seq=None, skip=False, above=above
    )
    assert held.term == above + 1


async def test_only_the_owner_is_nudged(engine: Engine, redis_url: str) -> None:
    """A trigger is published to its gateway's inbox and to the tap, and to no other channel."""
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    async with listening(redis_url, inbox("gateway"), inbox("other")) as pubsub:
        await press(engine, room_id, "ann", name="Ann", skill1=1)
        nudge = await heard(pubsub, GameEvent)
        assert isinstance(nudge, GameEvent)
        assert (nudge.room_id, nudge.epoch, nudge.seq) == (room_id, log_epoch, 1)
        assert (nudge.viewer_name, nudge.viewer_count, nudge.replayed) == ("Ann", 1, False)
        await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
        await heard(pubsub, Replaced)
        await press(engine, room_id, skill1=1)
        assert (await next_of(pubsub))["channel"] == inbox("other")


async def test_the_tap_can_be_switched_off(engine: Engine, redis_url: str) -> None:
    """Delivery does not depend on it."""
    quiet = type(engine)(engine.store, tap=False)
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    async with listening(redis_url, "game_events") as pubsub:
        await press(quiet, room_id, skill1=1)
        await press(engine, room_id, skill1=1)
        message = await heard(pubsub, GameEvent)
        assert isinstance(message, GameEvent)
        assert message.seq == 2


async def test_a_changed_viewer_count_is_told_at_most_once_a_second(
    engine: Engine, redis_url: str
) -> None:
    """Many joins are one message; the gateway's next `check` returns the rest."""
    room_id, term, _ = await play(engine)
    async with listening(redis_url, inbox("gateway")) as pubsub:
        began = time.monotonic()
        for n in range(5):
            await engine.join(room_id, f"v{n}", LOCAL)
        took = time.monotonic() - began
        await engine.echo("gateway", 1)
        assert await heard(pubsub, ViewerCountUpdate, Echo) == ViewerCountUpdate(room_id, 1)
        more = 0
        while not isinstance(await heard(pubsub, ViewerCountUpdate, Echo), Echo):
            more += 1
        assert more <= took
    checked = await engine.check(room_id, term)
    assert checked is not None
    assert checked.viewer_count == 5


async def test_a_room_takes_five_attempts_in_ten_seconds(engine: Engine) -> None:
    """The sixth is refused and not counted as an attempt."""
    room_id = await open_room(engine)
    for _ in range(5):
        await engine.admit(room_id)
    for _ in range(2):
        with pytest.raises(Refused, match="too_many_attaches"):
            await engine.admit(room_id)
    await engine.store.command("HSET", room_keys(room_id).room, "attached_at", "1,2,3,4,5")
    await engine.admit(room_id)


async def test_nobody_attaches_to_a_room_that_is_not_there(engine: Engine) -> None:
    """Every function for the socket refuses with RoomNotFound."""
    calls: list[Awaitable[object]] = [
        engine.admit("nowhere"),
        engine.attach("nowhere", "gateway", log_epoch=None, last_seq=None, skip=False),
        engine.check("nowhere", 1),
        engine.read("nowhere", 1, 0, limit=1),
        engine.ack("nowhere", 1, 1, 1),
        engine.start("nowhere", 1),
        engine.finish("nowhere", 1),
        engine.stats("nowhere"),
    ]
    for call in calls:
        with pytest.raises(RoomNotFound):
            await call
    await engine.detach("nowhere", 1, written=0, clean=False)
