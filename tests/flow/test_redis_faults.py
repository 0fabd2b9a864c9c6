"""Redis is killed and comes back without its last writes."""

import shutil
from pathlib import Path

import httpx

from shared.wire.game_messages import GameEvent, Gap
from tests.flow.fleet import Member, open_fleet
from tests.flow.play import Viewer, new_game, resumed, viewers
from tests.waiting import until
from tests.ws_gateway.faults import own_valkey


async def insist(
    viewer: Viewer, api: Member, room_id: str, presses: dict[str, int], batch_id: str
) -> None:
    """Repeat a batch with the same id until it is answered, as a client does."""

    async def answered() -> bool:
        try:
            await viewer.press(api, room_id, presses, batch_id)
        except (AssertionError, httpx.TransportError):
            return False
        return True

    await until(answered)


async def test_a_redis_that_lost_its_tail_tells_the_game(
    tmp_path: Path, own_database_url: str
) -> None:
    async with (
        own_valkey(tmp_path / "valkey") as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url, patient=True) as fleet,
    ):
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 1) as (viewer,), new_game(gateways[0]) as (game, room):
            await viewer.press_once_started(apis[0], room.room_id, "skill1")
            await insist(viewer, apis[0], room.room_id, {"skill1": 14}, "first")
            await game.receive_until(3)
            await valkey.kill()
            shutil.copytree(valkey.folder, tmp_path / "earlier")
            await valkey.start()
            await insist(viewer, apis[0], room.room_id, {"skill1": 15}, "forgotten")
            await game.receive_until(6)
            await valkey.kill()
            shutil.rmtree(valkey.folder)
            shutil.move(tmp_path / "earlier", valkey.folder)
            await valkey.start()

            gap = await game.next_of(Gap)
            assert gap.last_seq == 3
            assert gap.epoch > game.triggers[-1].epoch
            await insist(viewer, apis[0], room.room_id, {"skill1": 5}, "after")
            event = await game.next_of(GameEvent)
            assert (event.epoch, event.seq) == (gap.epoch, 4)

            known = game.triggers[5]
            async with resumed(gateways[1], room, last=known) as (again, ready):
                assert (ready.recovered, ready.epoch, ready.replayed) == (False, gap.epoch, 1)
                assert await again.next_of(Gap) == gap
                await again.receive_until(4)
