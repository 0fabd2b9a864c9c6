"""A shard's unread ledger is limited in entries and bytes; what is refused changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from shared.engine.engine import Engine
from shared.engine.keys import SHARD_KEYS, shard
from shared.engine.moderation import ValidToken, add_token, remove_token
from shared.engine.press import Outcome as Counted
from shared.engine.shard_ledger import EntryId, Shards
from shared.wire.game_messages import Available, Outcome
from shared.wire.refusal import Refused
from shared.wire.room_settings import RoomSettings
from tests.batches import batch_of, sent
from tests.room_keys import room_id_in, room_keys
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    OwnServer,
    Played,
    button,
    engine_at,
    fire,
    open_room,
    own_server,
    play,
    playing,
    press,
)

# Of entries and bytes; an engine that has them finds the ledger full.
LIMITS = [(1, 10**9), (10**9, 1)]
IDS = ["entries", "bytes"]
LONG_TYPE = "t" * 32
TOKEN = ValidToken("token", "moderator", 2**43)

# While the ledger is full, these are refused.
REFUSED: dict[str, Callable[[Engine, Played], Awaitable[object]]] = {
    "press": lambda engine, played: press(engine, played.room_id, "new", skill1=1),
    "open": lambda engine, played: open_beside(engine, played.room_id),
    "settings": lambda engine, played: engine.change_settings(played.room_id, hidden),
    "reset": lambda engine, played: engine.reset(played.room_id),
    "block": lambda engine, played: engine.block(played.room_id, "viewer"),
    "unblock": lambda engine, played: engine.unblock(played.room_id, "blocked"),
    "a new token": lambda engine, played: add_token(
        engine, played.room_id, TOKEN._replace(token_id="new")
    ),
    "an effect that begins": lambda engine, played: tell(engine, played, "started", 1_000),
}
# A game that says these once would be out of step with its room if they were.
NOT_REFUSED: dict[str, Callable[[Engine, Played], Awaitable[object]]] = {
    "pause": lambda engine, played: engine.pause(played.room_id, played.term, paused=True),
    "resume": lambda engine, played: engine.pause(played.room_id, played.term, paused=False),
    "available": lambda engine, played: engine.available(
        played.room_id, played.term, Available(event_type="skill1", available=False)
    ),
    "an effect that is over": lambda engine, played: tell(engine, played, "done"),
    "an effect that failed": lambda engine, played: tell(engine, played, "failed"),
    "end": lambda engine, played: engine.finish(played.room_id, played.term),
    "a round that runs already": lambda engine, played: engine.start(played.room_id, played.term),
    "a token that is revoked": lambda engine, played: remove_token(
        engine, played.room_id, TOKEN.token_id
    ),
}


async def open_beside(engine: Engine, room_id: str) -> None:
    """Open a room in this one's shard."""
    await engine.open(room_id_in(shard(room_id)), ONE_PRESS_FIRES, keyed=False)


def hidden(settings: RoomSettings) -> RoomSettings:
    return playing(*settings.buttons, show_names=False)


async def tell(engine: Engine, played: Played, status: str, duration_ms: int = 0) -> bool:
    outcome = Outcome(played.log_epoch, 1, status, duration_ms)  # type: ignore[arg-type]
    return await engine.outcome(played.room_id, played.term, outcome)


def full_engine(engine: Engine, entries: int, size: int) -> Engine:
    return Engine(engine.store, ledger_backlog=entries, ledger_backlog_bytes=size)


async def played_before(engine: Engine) -> Played:
    """A room in its round, with a trigger, a blocked viewer, a count and a token."""
    played = await play(engine, playing(button("skill1", 3)))
    await add_token(engine, played.room_id, TOKEN)
    await press(engine, played.room_id, "viewer", name="Ann", skill1=4)
    await engine.block(played.room_id, "blocked")
    return played


async def kept(engine: Engine, room_id: str) -> list[object]:
    """Everything that Redis keeps of a room, and its shard's ledger."""
    room, store = room_keys(room_id), engine.store
    return [
        await store.command("HGETALL", room.room),
        await store.command("HGETALL", room.counts(1)),
        await store.command("SMEMBERS", room.blocked),
        await store.command("HGETALL", room.lasting),
        await store.command("XLEN", room.log),
        await store.command("XLEN", room.ledger[0]),
    ]


@pytest.mark.parametrize("limits", LIMITS, ids=IDS)
@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED.keys())
async def test_what_a_full_ledger_refuses_changes_nothing(
    engine: Engine, act: Callable[[Engine, Played], Awaitable[object]], limits: tuple[int, int]
) -> None:
    played = await played_before(engine)
    before = await kept(engine, played.room_id)
    full = full_engine(engine, *limits)
    with pytest.raises(Refused, match="ledger_full"):
        await act(full, played)
    assert await kept(engine, played.room_id) == before
    await act(engine, played)


@pytest.mark.parametrize("limits", LIMITS, ids=IDS)
async def test_no_round_begins_while_the_ledger_is_full(
    engine: Engine, limits: tuple[int, int]
) -> None:
    room_id = await open_room(engine)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    with pytest.raises(Refused, match="ledger_full"):
        await full_engine(engine, *limits).start(room_id, held.term)
    assert (await engine.describe(room_id)).status == "active"
    assert await engine.start(room_id, held.term) == 1


@pytest.mark.parametrize("act", NOT_REFUSED.values(), ids=NOT_REFUSED.keys())
async def test_what_a_game_says_once_is_carried_out(
    engine: Engine, act: Callable[[Engine, Played], Awaitable[object]]
) -> None:
    played = await played_before(engine)
    await act(full_engine(engine, 0, 0), played)


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[OwnServer]:
    async with own_server(tmp_path, "--appendonly", "no") as server:
        yield server


@pytest.fixture
async def own(valkey: OwnServer) -> AsyncIterator[Engine]:
    """An engine on a server of its own, whose ledgers no other test trims or fills."""
    async with engine_at(valkey.url) as engine:
        yield engine


async def unread(engine: Engine, room_id: str) -> list[tuple[str, str]]:
    """The unread entries; asserts that their number and bytes are what the ledger's end tells."""
    shards, name = Shards(engine.store), shard(room_id)
    found = await shards.read(name, EntryId(0, 0), limit=10_000)
    tail = await shards.tail(name)
    assert (tail.unread, tail.unread_bytes) == (len(found), sum(len(text) for _, text in found))
    return found


async def fire_thousands(engine: Engine, room_id: str) -> None:
    """Make one call that fires 3,200 triggers, as a large crowd may: an entry of 150 kB."""
    now = (await engine.describe(room_id)).now
    await engine.store.command("HSET", room_keys(room_id).room, "gather", 5_000, "gather_at", now)
    await asyncio.gather(*(press_long_type(engine, room_id, 100) for _ in range(32)))


def press_long_type(engine: Engine, room_id: str, presses: int) -> asyncio.Future[Counted]:
    """Press the button of the longest event type, as a new viewer."""
    return sent(engine, room_id, batch_of(uuid4().hex, {LONG_TYPE: presses}))


async def fill(engine: Engine, room_id: str) -> None:
    """Append entries of several lengths, also of more bytes than characters."""
    await fire(engine, room_id, 30)
    await engine.change_settings(room_id, lambda _: playing(button("skill1", 1), title="t" * 90))
    for n in range(5):
        await press(engine, room_id, f"viewer{n}", name="x" * n, skill1=n + 1)


async def test_the_bytes_are_those_of_the_unread_entries(own: Engine) -> None:
    """Whatever is trimmed, in whatever pieces, and however often."""
    room_id = (await play(own, ONE_PRESS_FIRES)).room_id
    shards, name = Shards(own.store), shard(room_id)
    for upto in (0, 3, 3, 1, 8):
        await fill(own, room_id)
        found = await unread(own, room_id)
        read = EntryId.parse(found[upto][0])
        for _ in range(2):
            await shards.trim(name, read)
            assert len(await unread(own, room_id)) == len(found) - upto - 1
        await shards.trim(name, EntryId(read.ledger_epoch, 0))  # another replica is behind
        assert len(await unread(own, room_id)) == len(found) - upto - 1
    last = (await shards.tail(name)).last
    found = await unread(own, room_id)
    await shards.trim(name, EntryId(last.ledger_epoch, last.n + 5))  # Redis lost a tail
    assert await unread(own, room_id) == found
    await shards.trim(name, last)
    assert await unread(own, room_id) == []
    await fill(own, room_id)
    assert await unread(own, room_id)


async def test_few_entries_may_pass_the_limit_of_bytes(own: Engine) -> None:
    """Three of 150 kB hold more than three of 128 KiB; the next call still counts, and no other."""
    room_id = (await play(own, playing(button(LONG_TYPE, 1)))).room_id
    shards, name, limit = Shards(own.store), shard(room_id), 400_000
    limited = full_engine(own, 10**9, limit)
    await shards.trim(name, (await shards.tail(name)).last)
    for _ in range(3):
        await fire_thousands(limited, room_id)
    tail = await shards.tail(name)
    assert tail.unread == 3
    assert limit < tail.unread_bytes < limit + 100_000
    await press_long_type(limited, room_id, 1)
    with pytest.raises(Refused, match="ledger_full"):
        await press_long_type(limited, room_id, 1)


async def test_the_bytes_are_right_after_an_older_snapshot(own: Engine, valkey: OwnServer) -> None:
    """The server forgets what was appended and trimmed since, and a new epoch begins."""
    room_id = (await play(own, ONE_PRESS_FIRES)).room_id
    await fill(own, room_id)
    shards, name = Shards(own.store), shard(room_id)
    first, *_ = await unread(own, room_id)
    async with Redis.from_url(valkey.url) as client:
        await client.save()
    await shards.trim(name, EntryId.parse(first[0]))
    await fill(own, room_id)
    await valkey.kill()
    await valkey.start()
    assert (await unread(own, room_id))[0] == first
    await fill(own, room_id)
    found = await unread(own, room_id)
    assert len({EntryId.parse(entry_id).ledger_epoch for entry_id, _ in found}) == 2
    await shards.trim(name, EntryId.parse(found[-2][0]))
    assert await unread(own, room_id) == found[-1:]


async def test_a_ledger_that_is_gone_has_no_bytes(own: Engine) -> None:
    room_id = (await play(own, ONE_PRESS_FIRES)).room_id
    await fill(own, room_id)
    await own.store.command("DEL", SHARD_KEYS[shard(room_id)].ledger)
    few = Engine(own.store, ledger_backlog_bytes=100)
    await press(few, room_id, "first", skill1=1)
