"""A client that hangs up on the balancer has hung up on the API too."""

import signal
from pathlib import Path

from tests.balancer.members import Upstreams
from tests.balancer.running import Balancer
from tests.flow.play import new_game, viewers
from tests.flow.single_press import Client, counted
from tests.waiting import until

ESTABLISHED = "01"
CLIENT_LEFT = '"termination": "CH"'  # while HAProxy waited for the server's response headers


async def test_a_press_that_waits_for_a_frozen_process_is_not_counted_after_its_client_left(
    balancer: Balancer, upstreams: Upstreams
) -> None:
    """Of two presses at the same time, the balancer gives one to each API process."""
    frozen, other = upstreams.apis
    async with new_game(upstreams.gateways[0]) as (_, room), viewers(other, 2) as crowd:
        await crowd[0].press_once_started(other, room.room_id, "skill2")
        frozen.send(signal.SIGSTOP)
        try:
            clients = [
                await Client.sends("127.0.0.1", balancer.port, room.room_id, one.viewer_id)
                for one in crowd
            ]

            async def one_is_counted() -> bool:
                return await counted(other, room) == 2

            await until(one_is_counted)
            unread = asked(frozen.port)
            assert unread
            for client in clients:
                await client.hang_up()

            async def balancer_has_hung_up() -> bool:
                # It writes the log before it closes the connection.
                return CLIENT_LEFT in balancer.log.read_text() and not (unread & asked(frozen.port))

            await until(balancer_has_hung_up)
        finally:
            frozen.send(signal.SIGCONT)
        # The process has read what came before this press.
        await crowd[1].press(frozen, room.room_id, {"skill2": 1})
        assert await counted(other, room) == 3


def asked(port: int) -> set[str]:
    """The peers of a local port's connections that are open with something unread."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, peer, state, queues, *_ = line.split()
        if local.endswith(f":{port:04X}") and state == ESTABLISHED:
            found |= {peer} if int(queues.split(":")[1], 16) else set()
    return found
