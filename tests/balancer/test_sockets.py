"""Games through the balancer: sockets are spread evenly, and a rolling restart loses nothing."""

import asyncio
import re
import signal
import time
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidHandshake

from clients.terminal import http_client
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from tests.balancer.members import Neighbour, Upstreams
from tests.balancer.mirror import mirrored, status
from tests.balancer.name_server import NameServer
from tests.balancer.running import Balancer, open_balancer, variables
from tests.balancer.wire import wire
from tests.faults.acting import Plan
from tests.faults.crowd import Crowd
from tests.faults.experiment import crowds_pressing, games_playing
from tests.faults.failovers import Pairs
from tests.faults.room import open_room
from tests.faults.services import Way
from tests.faults.watch import Watch
from tests.waiting import until
from tests.ws_gateway.game_end import Game, connected, new_game

DOWN = re.compile(r"Server (api/api\d) is DOWN")
HOUR = 3_600.0  # s
LOAD = Plan(rooms=3, viewers=6, pace=0.1, frozen_for=0, database_away_for=0, load_after=0)


def through(balancer: Balancer, upstreams: Upstreams) -> Pairs:
    """One URL for all API processes, one for all gateways; each stands for all behind it."""
    return Pairs(
        upstreams.neighbours.redis_url,
        upstreams.neighbours.database_url,
        [Way(upstreams.apis[0], balancer.url)],
        [Way(upstreams.gateways[0], f"{balancer.ws_url}/ws-unity")],
        [*upstreams.apis, *upstreams.gateways],
    )


async def sockets_of(gateway: Neighbour) -> int:
    """Return the number of games' sockets from the gateway's metrics."""
    async with httpx.AsyncClient(trust_env=False) as http:
        lines = (await http.get(f"{gateway.url}/metrics")).text.splitlines()
    return int(float(next(x for x in lines if x.startswith("streamario_sockets ")).split()[1]))


async def test_sockets_spread_evenly_and_a_gateway_that_dns_names_later_gets_its_share(
    upstreams: Upstreams, name_server: NameServer, tmp_path: Path
) -> None:
    """Forty games on two gateways are twenty each; the next twenty go to the third.

    The balancer hardly checks servers, so that none that stalls with the machine is down for it.
    """
    told = {**variables(name_server, upstreams.neighbours), "CHECK_INTERVAL": "1h"}
    async with open_balancer(tmp_path, told) as balancer, AsyncExitStack() as stack:
        await balancer.has(api=2, gateways=2)
        url = f"{balancer.ws_url}/ws-unity"

        async def open_games(count: int) -> None:
            games = [stack.enter_async_context(new_game(url)) for _ in range(count)]
            for game in games:
                await game

        await open_games(40)
        shares = [await sockets_of(gateway) for gateway in upstreams.gateways]
        assert sum(shares) == 40
        assert all(18 <= share <= 22 for share in shares), shares

        third = await upstreams.neighbours.start("gateway", 3)
        name_server.say(gateway=[gateway.host for gateway in (*upstreams.gateways, third)])
        await balancer.has(api=2, gateways=3)
        await open_games(20)
        assert 18 <= await sockets_of(third) <= 22

        name_server.say(gateway=[gateway.host for gateway in upstreams.gateways])
        await balancer.has(api=2, gateways=2)
        # Without its DNS entry it gets no new sockets, but keeps those that it has.
        assert await sockets_of(third) >= 18
    third.send(signal.SIGTERM)
    assert await third.stopped() == 0


async def test_a_rolling_restart_under_load_loses_no_trigger_and_no_press(
    balancer: Balancer, upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process is stopped and started, one after the other; games apply each number once."""
    monkeypatch.setattr(http_client, "CONNECT_DEADLINE", HOUR)
    monkeypatch.setattr(http_client, "ANSWER_DEADLINE", HOUR)
    services = through(balancer, upstreams)
    watch = Watch(services.members)
    async with open_store(
        services.redis_url, client_name="streamario-test", library=LIBRARY
    ) as store:
        gather = partial(Crowd, patience=HOUR)
        rooms = [await open_room(services, watch, number, gather) for number in range(LOAD.rooms)]

        async def all_flow() -> bool:
            return all(room.first_trigger(over) for room in rooms)

        async with games_playing(rooms):
            await asyncio.gather(*(room.started(store) for room in rooms))
            async with crowds_pressing(rooms, LOAD):
                for member in (*upstreams.gateways, *upstreams.apis):
                    member.send(signal.SIGTERM)
                    assert await member.stopped() == 0
                    await member.start()
                    await balancer.has(api=2, gateways=2)
                over = time.time()
                await until(all_flow)
            await asyncio.gather(*(room.end_round(store) for room in rooms))
    watch.read_logs()
    assert not watch.faults
    for room in rooms:
        # No press had to be repeated: stopped processes answered their pending requests.
        assert not room.crowd.obstacles
        verdict = await room.judged()
        assert not verdict.problems
        assert (verdict.lost, verdict.doubled) == (0, 0)


async def test_a_socket_on_which_nothing_is_said_outlives_the_timeouts_of_requests(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path
) -> None:
    brisk = dict.fromkeys(("REQUEST_WITHIN", "ANSWER_WITHIN", "KEEP_ALIVE"), "500ms")
    async with (
        open_balancer(tmp_path, variables(name_server, upstreams.neighbours) | brisk) as balancer,
        AsyncExitStack() as stack,
    ):
        await balancer.has(api=2, gateways=2)
        game = await soon_connected(balancer, stack)
        await game.settle()
        # A connection that came later has reached that timeout.
        async with wire(balancer) as silent:
            assert await silent.answer() == b""
        await game.settle()


async def soon_connected(balancer: Balancer, stack: AsyncExitStack) -> Game:
    """Connect, again if the machine stalls for longer than a handshake may take."""
    while True:
        with suppress(InvalidHandshake):
            return await stack.enter_async_context(connected(f"{balancer.ws_url}/ws-unity"))


async def test_a_reload_keeps_the_sockets_that_are_open(balancer: Balancer) -> None:
    """So certificates and limits can be changed without disturbing games."""
    async with connected(f"{balancer.ws_url}/ws-unity") as game:
        await game.settle()
        await balancer.reload()
        await balancer.has(api=2, gateways=2)
        await game.settle()


async def test_a_reload_refuses_no_request(name_server: NameServer, tmp_path: Path) -> None:
    """The new process waits for DNS's first answer before it says that there is no server."""
    over = asyncio.Event()
    statuses: set[int] = set()
    async with mirrored(name_server, tmp_path, DNS_INTERVAL="1s", CHECK_INTERVAL="1s") as (
        balancer,
        _,
    ):

        async def ask() -> None:
            while not over.is_set():
                statuses.add(await status(balancer))

        async with asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(ask())
            for _ in range(5):
                await balancer.reload()
                await balancer.has(api=1, gateways=0)
            over.set()
    assert statuses == {200}


async def test_processes_that_dns_names_before_they_listen_fail_no_request(
    name_server: NameServer, tmp_path: Path
) -> None:
    """As containers do that start: HAProxy tries those that have no connection yet first."""
    statuses: list[int] = []
    async with mirrored(name_server, tmp_path, DNS_INTERVAL="1s", CHECK_INTERVAL="1s") as (
        balancer,
        _,
    ):

        async def ask() -> None:
            while len(set(DOWN.findall(balancer.log.read_text()))) < 3:
                statuses.append(await status(balancer))

        async with asyncio.TaskGroup() as group:
            name_server.say(mirror=["127.0.4.1", "127.0.4.5", "127.0.4.6", "127.0.4.7"])
            for _ in range(8):
                group.create_task(ask())
    assert set(statuses) == {200}
