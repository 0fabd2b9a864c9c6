"""A cluster: each call goes to the master that holds its slot, wherever that is now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from shared.engine.engine import Engine, Payer
from shared.engine.functions import LIBRARY
from shared.engine.keys import gateway, inbox, shard
from shared.engine.open_room import first_code, open_room, room_of
from shared.engine.refusals import RateLimited, RoomNotFound
from shared.identity.addresses import Address
from shared.process.redis_url import Node, parse
from shared.process.settings import PerAddress
from shared.redis_store.redis_py import connect
from shared.redis_store.store import Store, StoreUnavailable, StoreUnfit
from shared.redis_store.topology import Answer, Topology, topology
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.patience import HOUR, be_patient
from tests.room_keys import new_room_id, room_id_in, room_keys
from tests.shards import mark_all_restored
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    Played,
    book,
    button,
    engine_at,
    fire,
    numbers,
    play,
    playing,
    press,
    whole_log,
)
from tests.shared.redis_store.bursts import Burst, pressing
from tests.shared.redis_store.clusters import Cluster, cluster
from tests.shared.redis_store.members import HOST, Member, single


@pytest.fixture(scope="module")
async def shared_cluster(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    async with cluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


@pytest.fixture
async def nodes(shared_cluster: Cluster) -> Cluster:
    """The cluster with all members running, whatever happened before."""
    await shared_cluster.heal()
    return shared_cluster


@pytest.fixture
async def engine(nodes: Cluster) -> AsyncIterator[Engine]:
    async with engine_at(nodes.url) as engine:
        yield engine


async def play_at(engine: Engine, nodes: Cluster, master: Member) -> Played:
    """A room in play whose keys are on this master."""
    while True:
        played = await play(engine, ONE_PRESS_FIRES)
        if await nodes.master(room_keys(played.room_id).room) is master:
            return played


async def test_the_engine_plays_on_every_master(engine: Engine, nodes: Cluster) -> None:
    """All keys of a room are on one of them, and each has the library."""
    masters = {await nodes.master(f"{{{shard:02x}}}") for shard in range(64)}
    assert len(masters) == 3
    for master in masters:
        played = await play_at(engine, nodes, master)
        await fire(engine, played.room_id, 3)
        assert await numbers(engine, played.room_id) == [1, 2, 3]
    await engine.store.ping()


async def test_an_address_has_rooms_on_every_master(engine: Engine) -> None:
    """How many rooms it has is counted under one key, wherever the rooms are."""
    address = Address(text="192.0.2.1", key="192.0.2.1", limited=True)
    nine = PerAddress(per_minute=100, burst=9)

    async def opened() -> str:
        return await open_room(engine, DEFAULT_SETTINGS, Payer(address), nine, keyed=False)

    outcomes = await asyncio.gather(*(opened() for _ in range(30)), return_exceptions=True)
    room_ids = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert (len(room_ids), {*map(type, outcomes)}) == (9, {str, RateLimited})
    for room_id in room_ids:
        held = await engine.attach(room_id, "here", log_epoch=None, last_seq=None, skip=False)
        await engine.start(room_id, held.term)
        await engine.finish(room_id, held.term)
        await opened()


async def test_codes_lead_to_rooms_on_every_master(engine: Engine) -> None:
    """A code's key is in a slot of its own."""
    room_ids = [new_room_id() for _ in range(20)]
    for room_id in room_ids:
        await engine.open(room_id, DEFAULT_SETTINGS, keyed=False)
    codes = [await first_code(engine, room_id) for room_id in room_ids]
    assert [await room_of(engine, code) for code in codes] == room_ids


async def test_missing_rooms_are_told_from_forgotten_ones(engine: Engine, nodes: Cluster) -> None:
    """On every master, by a key in the room's slot; a flushed one must be checked first."""
    await mark_all_restored(engine.store)
    missing = [new_room_id() for _ in range(20)]
    for room_id in missing:
        with pytest.raises(RoomNotFound):
            await engine.describe(room_id)
    for master in await nodes.masters():
        await master.command("FLUSHALL", "SYNC")
    for room_id in missing:
        with pytest.raises(StoreUnavailable, match="rooms are being restored"):
            await engine.describe(room_id)


async def test_one_node_is_enough_to_find_the_others(nodes: Cluster) -> None:
    """A replica too, and also if another named node is down."""
    for node in nodes.nodes[-1], nodes.nodes[0]:
        async with engine_at(f"redis+cluster://{HOST}:1,{node.name}") as engine:
            await play(engine)


async def test_servers_and_clusters_are_not_taken_for_one_another(
    nodes: Cluster, tmp_path: Path
) -> None:
    """The refusal says what is wrong with the address."""
    with pytest.raises(StoreUnfit, match=r"^REDIS_URL: .*redis\+cluster://$"):
        async with engine_at(nodes.nodes[0].url):
            pass
    async with single(tmp_path) as server:
        with pytest.raises(StoreUnfit, match=r"^REDIS_URL: .* is not a node of a cluster$"):
            async with engine_at(f"redis+cluster://{server.name}"):
                pass


async def test_a_master_that_evicts_is_refused(engine: Engine, nodes: Cluster) -> None:
    """One of them is enough."""
    master = await nodes.master("any")
    await master.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    with pytest.raises(StoreUnfit, match="allkeys-lru"):
        await engine.store.inspect()
    await master.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
    await engine.store.inspect()


async def test_a_subscription_hears_what_any_node_publishes(engine: Engine) -> None:
    """It is at the master that holds the gateway's key, while rooms are on all masters."""
    async with await engine.store.subscription(
        gateway("here"), inbox("here"), silent_after=HOUR
    ) as heard:
        for publisher in "abcdefgh":
            await engine.store.command("PUBLISH", inbox("here"), publisher)
            assert await anext(heard) == publisher


# Slots that move.


@asynccontextmanager
async def moving(nodes: Cluster, key: str) -> AsyncIterator[tuple[Member, Member]]:
    """The key's slot migrates from one master to another during the block."""
    slot = key_slot(key.encode())
    source = await nodes.master(key)
    target = next(node for node in await nodes.masters() if node is not source)
    source_id, target_id = [await node.command("CLUSTER", "MYID") for node in (source, target)]
    await target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", source_id)
    await source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", target_id)
    yield source, target
    for node in target, source:
        await node.command("CLUSTER", "SETSLOT", slot, "NODE", target_id)


async def carry(key: str, source: Member, target: Member) -> None:
    """Move what the key's slot holds."""
    slot = key_slot(key.encode())
    while keys := await source.command("CLUSTER", "GETKEYSINSLOT", slot, 10):
        await source.command("MIGRATE", HOST, target.port, "", 0, 1000, "KEYS", *keys)


async def test_a_call_follows_its_slot(engine: Engine, nodes: Cluster) -> None:
    """The old master redirects it without running it, so no call is lost or runs twice."""
    key = "{an empty slot}counter"
    await engine.store.ping()
    async with moving(nodes, key) as (_, target):
        pass
    await asyncio.gather(*(engine.store.command("INCR", key) for _ in range(100)))
    assert await target.command("GET", key) == "100"


async def test_a_call_asks_where_its_slot_is_going(engine: Engine, nodes: Cluster) -> None:
    """A key that does not exist yet is created at the slot's next master."""
    key = "{a slot on its way}counter"
    async with moving(nodes, key):
        await asyncio.gather(*(engine.store.command("INCR", key) for _ in range(100)))
        assert await engine.store.command("INCR", key) == 101
    assert await engine.store.command("INCR", key) == 102


async def test_a_slot_that_moves_while_somebody_looks_stays_moved(nodes: Cluster) -> None:
    """An answer from before the move is outdated and does not interrupt the call."""
    key, address = "{a slot that moves meanwhile}counter", parse(nodes.url)
    before = await topology(address, client_name="streamario-test").read_layout()
    asked, tell = asyncio.Event(), asyncio.Event()
    tell.set()

    async def ask(_: Node) -> Answer:
        asked.set()
        await tell.wait()
        return Answer(0, before)

    behind = Topology(address.nodes, ask, ask_every=0.01)

    def client_of(node: Node) -> Redis:
        return connect(address.server(node), client_name="streamario-test")

    async with Store(behind, client_of, LIBRARY) as store:
        await store.command("INCR", key)
        tell.clear()
        await new(asked)
        async with moving(nodes, key) as (source, target):
            await carry(key, source, target)
        assert await store.command("INCR", key) == 2
        tell.set()
        tell.clear()
        await new(asked)
        assert (await store.holder(key)).node.port == target.port
        tell.set()


async def new(event: asyncio.Event) -> None:
    """Wait until it happens again."""
    event.clear()
    await event.wait()


async def test_a_room_in_play_moves_house(engine: Engine, nodes: Cluster) -> None:
    """Presses are counted once or refused, and the room opens a new epoch on its new master."""
    played = await play(engine, ONE_PRESS_FIRES)
    key = room_keys(played.room_id).room
    async with pressing(engine, played.room_id) as burst:
        async with moving(nodes, key) as (source, target):
            # It has seen no call yet that would have given it the library.
            await target.command("FUNCTION", "FLUSH")
            await carry(key, source, target)
        await burst.wait_answered()
    assert (await book(engine, played.room_id, "skill1")).accepted == burst.answered
    await assert_books(engine, played)


@pytest.mark.parametrize("parted", ["top:button:skill1", "addresses", "log", "ledger"])
async def test_no_press_is_half_counted_while_some_of_the_rooms_keys_have_moved(
    engine: Engine, nodes: Cluster, parted: str
) -> None:
    """Whichever they are. A function stops before its first write, or does all of its work."""
    both = playing(button("skill1", 1, team="skill"), button("enemy1", 1, team="enemy"))
    played = await play(engine, both)
    address = Address(text="203.0.113.7", key="203.0.113.7", limited=True)
    # So that the room has keys of every kind.
    await engine.block(played.room_id, "somebody")
    await press(engine, played.room_id, "v1", address=address, skill1=1, enemy1=1)
    key = room_keys(played.room_id).room
    async with moving(nodes, key) as (source, target):
        slot = key_slot(key.encode())
        there = await source.command("CLUSTER", "GETKEYSINSLOT", slot, 1000)
        some = [each for each in there if f":{parted}" in each]
        assert some
        await source.command("MIGRATE", HOST, target.port, "", 0, 1000, "KEYS", *some)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await press(engine, played.room_id, "v1", address=address, skill1=1)
        with pytest.raises(StoreUnavailable):
            await engine.finish(played.room_id, played.term)
        with pytest.raises(StoreUnavailable):
            await engine.open(room_id_in(shard(played.room_id)), DEFAULT_SETTINGS, keyed=False)
        await carry(key, source, target)
    await press(engine, played.room_id, "v1", address=address, skill1=1)
    counted = await book(engine, played.room_id, "skill1")
    assert (counted.accepted, counted.balanced) == (2, True)
    assert await numbers(engine, played.room_id) == [1, 2, 3]


# Masters that die.


async def test_presses_go_on_when_a_master_dies(engine: Engine, nodes: Cluster) -> None:
    """As soon as a replica takes over; meanwhile the other masters can be inspected."""
    async with pressed_room(engine, nodes) as (key, burst):
        dead = await nodes.kill_master(key)
        with pytest.raises(StoreUnavailable):
            await engine.store.ping()
        await engine.store.inspect()
        await nodes.wait_promoted()
        await burst.wait_answered()
        await engine.store.ping()
    assert burst.refusals
    assert await nodes.master(key) is not dead


@pytest.mark.usefixtures("real_limits")
async def test_presses_go_on_when_a_master_freezes(engine: Engine, nodes: Cluster) -> None:
    """No call waits for it for ever, and the old master becomes a replica."""
    async with pressed_room(engine, nodes) as (key, burst):
        await nodes.pause_master(key)
        await burst.wait_answered()
        await nodes.heal()
        await burst.wait_answered()


@asynccontextmanager
async def pressed_room(engine: Engine, nodes: Cluster) -> AsyncIterator[tuple[str, Burst]]:
    """A room that is pressed while something happens to its master; its counts then balance."""
    played = await play(engine, ONE_PRESS_FIRES)
    key = room_keys(played.room_id).room
    await (await nodes.master(key)).wait_replicated()
    async with pressing(engine, played.room_id) as burst:
        yield key, burst
    be_patient()  # with the questions of the test itself
    await assert_books(engine, played)


async def assert_books(engine: Engine, played: Played) -> None:
    """Every press that the room has counted fired one trigger, and numbers have no gaps."""
    known = await book(engine, played.room_id, "skill1")
    assert known.balanced
    log = await whole_log(engine, played.room_id)
    assert [message.seq for message in log] == list(range(1, known.accepted + 1))
    assert log[-1].epoch > played.log_epoch
