"""Floods of commands from games of one address: another room's triggers arrive."""

from tests.attacks.attackers import attacking
from tests.waiting import until
from tests.ws_gateway.game_end import new_game
from tests.ws_gateway.gateways import Crowd, Running

KINDS = ("settings", "rounds", "pings", "acks", "outcomes", "control frames")
EACH = 3  # attackers


async def test_a_flood_of_commands_loses_no_trigger_of_others(
    gateway: Running, crowd: Crowd
) -> None:
    """Of all kinds at once."""
    async with new_game(gateway.url) as (good, room):
        await crowd.ease(room.room_id)
        async with attacking(gateway.port, room.room_id, EACH * len(KINDS), KINDS) as them:
            assert (await them.settled()).let_in == EACH * len(KINDS)
            for n in range(10):
                await crowd.fire(room.room_id)
                assert await good.seqs(1) == [n + 1]
            left = await them.let_go()
        assert left.failed == left.refused == 0


async def test_a_flood_of_control_frames_ends_its_sockets(gateway: Running, crowd: Crowd) -> None:
    """The library answers each at once: such a flood would leave nobody else a turn."""
    room = await crowd.open_room()

    async def are_gone() -> bool:
        return await gateway.counted("streamario_viewer_sockets") == 0

    async with attacking(gateway.port, room.room_id, 10, ["control frames"]) as them:
        await them.settled()
        await until(are_gone)
