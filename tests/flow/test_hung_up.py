"""A press whose client closed the connection before it was counted is not counted."""

import signal
from pathlib import Path

from tests.flow.fleet import open_fleet
from tests.flow.play import new_game, viewers
from tests.flow.single_press import Client, counted

CLIENTS = 20


async def test_a_frozen_process_counts_only_for_who_still_waits(
    tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """When it continues, it finds the requests of all clients in its sockets."""
    async with open_fleet(tmp_path, redis_url, own_database_url, patient=True) as fleet:
        api, gateway = await fleet.api(), await fleet.gateway()
        async with new_game(gateway) as (_, room), viewers(api, CLIENTS) as crowd:
            await crowd[0].press_once_started(api, room.room_id, "skill2")
            api.send(signal.SIGSTOP)
            clients = [
                await Client.sends("127.0.0.1", api.port, room.room_id, one.viewer_id)
                for one in crowd
            ]
            for impatient in clients[::2]:
                await impatient.hang_up()
            api.send(signal.SIGCONT)
            answered = [await patient.accepted() for patient in clients[1::2]]
            assert answered == [1] * (CLIENTS // 2)
            assert await counted(api, room) == sum(answered) + 1
