"""Floods of connections, against real processes: the game plays on, nothing is lost.

`python -m tests.attacks.flood` does the same with ten thousand, and prints what it took.
"""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING

import pytest

from tests.attacks.assailants import assailing, cpu_of, size_of
from tests.attacks.flood import AT_API, AT_GATEWAY, OWN, books_balance, flooded
from tests.attacks.peace import peace
from tests.flow.fleet import open_fleet
from tests.flow.play import new_game
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flow.fleet import Member

pytestmark = pytest.mark.anyio

FLOOD = 600  # connections to each service
PLACES = {"MAX_SOCKETS": "40", "MAX_VIEWER_SOCKETS": "60"}
SPARE = 40  # descriptors that a process has left
BEYOND = 200  # connections to it
WATCHED_FOR = 0.5  # s
IDLE = 0.6  # of a core: one that spins takes all it gets


async def test_a_flood_is_refused_and_the_game_plays_on(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """Places run out, and are free again when the flood is over."""
    async with open_fleet(tmp_path, redis_url, database_url) as fleet:
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway(**PLACES))
        async with peace(api, gateway) as now:
            flood = await flooded(api, gateway, now, FLOOD, seconds=0.3)
            async with new_game(gateway):
                pass  # there is a place for it
        await now.check(redis_url)
        await until(lambda: books_balance(fleet, now.room_id))
        at_api, at_gateway = (report for _, report in flood.reports)
        assert (at_api.refused, at_api.failed, at_gateway.failed) == (0, 0, 0)
        places = sum(map(int, PLACES.values())) - 1  # the game that plays has one
        assert at_gateway.refused == FLOOD * 2 // 3 - places
        assert now.turned_away == 0


async def test_a_process_out_of_descriptors_serves_on_and_recovers(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """It hangs up on those that it cannot take, rather than to spin, to crash or to stay deaf."""
    async with open_fleet(tmp_path, redis_url, database_url) as fleet:
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with peace(api, gateway) as now:
            await until(now.all_are_in)
            for member, kinds in ((api, AT_API), (gateway, AT_GATEWAY)):
                leave_few(member)
                async with assailing(member.port, now.room_id, BEYOND, kinds) as them:
                    settled = await them.settled()
                    before, pressed = cpu_of(member.process.pid), now.accepted
                    await asyncio.sleep(WATCHED_FOR)
                    assert cpu_of(member.process.pid) - before < WATCHED_FOR * IDLE
                    assert now.accepted > pressed
                    await them.let_go()
                assert settled.held <= SPARE + OWN
                await member.ready()
        await now.check(redis_url)
        assert now.turned_away > 0


def leave_few(member: Member) -> None:
    """Let a process open few files more than it has."""
    pid = member.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    few = size_of(pid).descriptors + SPARE
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, most))
