"""The results of rounds while Redis is away, from the books alone."""

import time
from dataclasses import replace
from pathlib import Path

from shared.process.settings import Settings
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, booked, press
from tests.api_service.running import ready_client
from tests.room_keys import new_room_id
from tests.shared.engine.rooms import engine_at
from tests.ws_gateway.faults import own_valkey


async def test_results_of_a_booked_round_outlive_redis_and_of_no_other(
    settings: Settings, own_database_url: str, tmp_path: Path
) -> None:
    """Whether a round goes on, or ended unbooked, only Redis knows: who asks has to ask again."""
    async with own_valkey(tmp_path / "valkey") as valkey:
        own = replace(settings, redis_url=valkey.url, database_url=own_database_url)
        async with ready_client(own) as api, engine_at(valkey.url) as engine:
            room_id = new_room_id()
            await engine.open(room_id, DEFAULT_SETTINGS, keyed=False)
            held = await engine.attach(
                room_id, "gateway", log_epoch=None, last_seq=None, skip=False
            )
            token = SIGNER.room_token(room_id, time.time())
            game = GameRoom(room_id, token, held.term, held.log_epoch)
            await engine.start(room_id, held.term)
            await press(api, game, batch(SIGNER.new_viewer_id(), skill1=4))
            await engine.finish(room_id, held.term)
            await booked(api, game)
            await engine.start(room_id, held.term)
            await valkey.kill()

            async def told(query: str = "", of: str = game.path) -> tuple[int, object]:
                answer = await api.get(f"{of}/results{query}")
                return answer.status_code, answer.json().get("round")

            assert await told() == await told("?round=1") == (200, 1)
            assert await told("?round=2") == (503, None)
            assert await told(of=f"/api/rooms/{new_room_id()}") == (503, None)
