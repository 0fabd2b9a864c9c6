"""A server that is out of memory accepts no presses, but accepts what frees memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.engine.engine import Engine
from shared.engine.keys import COMMANDS_LIMIT, gateway
from shared.engine.shard_ledger import Shards
from shared.redis_store.store import StoreUnavailable
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    Played,
    engine_at,
    own_server,
    play,
    press,
    whole_log,
)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        yield engine


async def fill(engine: Engine) -> Played:
    """A round with three triggers, on a server that is now out of memory."""
    played = await play(engine, ONE_PRESS_FIRES)
    await press(engine, played.room_id, skill1=3)
    await engine.store.command("CONFIG SET", "maxmemory", 1)
    return played


async def test_presses_are_refused_and_none_is_lost(engine: Engine) -> None:
    """As when the server is down, the same batch may be sent again."""
    played = await fill(engine)
    with pytest.raises(StoreUnavailable):
        await press(engine, played.room_id, batch_id="b", skill1=1)
    await engine.store.command("CONFIG SET", "maxmemory", 0)
    assert (await press(engine, played.room_id, batch_id="b", skill1=1)).fired[0].seq == 4


async def test_games_come_back_read_and_acknowledge(engine: Engine) -> None:
    """This is how memory becomes free again."""
    played = await fill(engine)
    await engine.admit(played.room_id)
    held = await engine.attach(
        played.room_id, "other", log_epoch=played.log_epoch, last_seq=0, skip=False
    )
    assert [message.seq for message in await whole_log(engine, played.room_id)] == [1, 2, 3]
    assert await engine.check(played.room_id, held.term) is not None
    assert await engine.ack(played.room_id, held.term, held.log_epoch, 3) == 3
    for paused in (True, False):
        await engine.pause(played.room_id, held.term, paused=paused)
    assert await engine.finish(played.room_id, held.term) == 4


async def test_owners_stop_limit_and_end_rounds(engine: Engine) -> None:
    played = await fill(engine)
    await engine.spend_of(COMMANDS_LIMIT, played.room_id)
    await engine.pause(played.room_id, None, paused=True, discard=True)
    await engine.limit(played.room_id, 60)
    assert (await engine.describe(played.room_id)).left_ms == 60_000
    assert await engine.finish(played.room_id, None) == 4


async def test_pages_watch(engine: Engine) -> None:
    played = await fill(engine)
    assert (await engine.watch(played.room_id, "gateway", None)).status == "in_game"


async def test_services_may_start_and_shards_be_vouched_for(engine: Engine) -> None:
    """Also after a restart of a full server: the ledger's duty frees memory, and needs both."""
    await fill(engine)
    await engine.store.inspect()
    shards = Shards(engine.store)
    assert await shards.mark_restored("00", await shards.memory("00"))
    assert (await shards.tail("00")).restored


async def test_gateways_hear_themselves(engine: Engine) -> None:
    """A full server does not make gateways deaf: sockets stay open, and games are admitted."""
    await fill(engine)
    await engine.echo("gateway", 7)
    assert await engine.store.command("GET", gateway("gateway")) == "7"
