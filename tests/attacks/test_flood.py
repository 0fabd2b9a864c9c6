"""Floods of connections against real processes: the game continues and nothing is lost.

`python -m tests.attacks.flood` does the same with ten thousand, and prints measurements.
"""

import asyncio
import resource
from pathlib import Path

from tests.attacks.attackers import attacking, cpu_of, size_of
from tests.attacks.bystanders import Bystanders, bystanders
from tests.attacks.flood import AT_API, AT_GATEWAY, OWN, books_balance, flooded
from tests.flow.fleet import Member, open_fleet
from tests.flow.play import new_game
from tests.waiting import until

FLOOD = 600  # connections to each service
SOCKET_LIMITS = {"MAX_SOCKETS": "40", "MAX_VIEWER_SOCKETS": "60"}
SPARE = 40  # descriptors that a process has left
BEYOND = 200  # connections to it
PLAYED = 4  # times, while the processor time is measured
MORE = 4  # times as much as without a flood; a busy loop uses more


async def test_a_flood_is_refused_and_the_game_plays_on(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """Sockets run out during the flood and are free again after it."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway(**SOCKET_LIMITS))
        async with bystanders(api, gateway) as now:
            flood = await flooded(api, gateway, now, FLOOD, now.play_on)
            async with new_game(gateway):
                pass  # the gateway accepts it
        await now.check(redis_url)
        await until(lambda: books_balance(fleet, now.room_id))
        at_api, at_gateway = (report for _, report in flood.reports)
        assert (at_api.refused, at_api.failed, at_gateway.failed) == (0, 0, 0)
        free = sum(map(int, SOCKET_LIMITS.values())) - 1  # the playing game has one
        assert at_gateway.refused == FLOOD * 2 // 3 - free
        assert now.turned_away == 0


async def test_a_process_out_of_descriptors_serves_on_and_recovers(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """It closes connections that it cannot keep; it does not loop, crash or stop accepting."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with bystanders(api, gateway) as now:
            await until(now.all_are_in)
            for member, kinds in ((api, AT_API), (gateway, AT_GATEWAY)):
                alone = await cost_of_play(member, now)
                leave_few(member)
                async with attacking(member.port, now.room_id, BEYOND, kinds) as them:
                    settled = await them.settled()
                    assert await cost_of_play(member, now) < MORE * alone
                    await them.let_go()
                assert settled.held <= SPARE + OWN
                assert settled.failed > 0  # connections that were closed without an answer
                await member.ready()
        await now.check(redis_url)


async def cost_of_play(member: Member, now: Bystanders) -> float:
    """The processor time (s) that a process uses for a press, or for its trigger."""
    before, pressed = cpu_of(member.process.pid), now.accepted
    for _ in range(PLAYED):
        await now.play_on()
    return (cpu_of(member.process.pid) - before) / (now.accepted - pressed)


def leave_few(member: Member) -> None:
    """Limit a process to a few more descriptors than it has open."""
    pid = member.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    few = size_of(pid).descriptors + SPARE
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, most))
