"""A game whose log could not be read gets it soon."""

import pytest

from shared.engine.engine import Engine
from shared.engine.replies import LogPage
from shared.redis_store.store import StoreUnavailable
from tests.ws_gateway.game_end import new_game, resumed
from tests.ws_gateway.gateways import Crowd, gateway_settings, gone, running_gateway
from ws_gateway import upkeep
from ws_gateway.games import session

HOUR = 3600.0  # s
FAILURES = 2


async def test_a_log_that_could_not_be_read_is_read_again_by_itself(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the room is next compared with its log, nor with the next trigger."""
    monkeypatch.setattr(upkeep, "EACH_EVERY", HOUR)
    monkeypatch.setattr(session, "COUNT_PACE", HOUR)
    failures = list[StoreUnavailable]()
    read = Engine.read

    async def fails_at_first(
        engine: Engine, room_id: str, log_epoch: int, seq: int, *, limit: int
    ) -> LogPage:
        if len(failures) < FAILURES:
            failures.append(StoreUnavailable("a fault of the test"))
            raise failures[-1]
        return await read(engine, room_id, log_epoch, seq, limit=limit)

    async with running_gateway(gateway_settings(redis_url)) as gateway:
        async with new_game(gateway.url) as (_, room):
            await crowd.ease(room.room_id)
        await gone(crowd, room.room_id)
        await crowd.fire(room.room_id, 3)
        monkeypatch.setattr(Engine, "read", fails_at_first)
        async with resumed(gateway.url, room) as (game, _):
            assert await game.seqs(3) == [1, 2, 3]
        counted = await gateway.counted('streamario_store_errors_total{store="redis"}')
    assert counted == len(failures) == FAILURES
