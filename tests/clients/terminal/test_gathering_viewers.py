"""The simulated viewers before a round, on real services: they arrive with names, and stay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import msgspec
import pytest

from clients.terminal import crowd as crowd_module
from clients.terminal.crowd import Crowd, CrowdPlan, Guest
from clients.terminal.http_client import ApiAddress, HttpClient, open_http_client
from clients.terminal.press_tally import PressTally, name_of
from shared.process.settings import Settings
from shared.wire.game_messages import RoomCreated
from shared.wire.rest_bodies import ConfirmViewer, Viewer
from shared.wire.viewer_messages import Arrived, StatusUpdate
from tests.api_service.running import running
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.game_end import Game, connected
from tests.ws_gateway.gateways import Crowd as Audience
from tests.ws_gateway.gateways import Running, running_gateway
from tests.ws_gateway.viewer_end import watching

VIEWERS = 3
LONG = 600.0  # s, longer than any test waits


@dataclass(frozen=True)
class OpenedRoom:
    """A room whose game has not started, and the services that the crowd meets."""

    room_id: str
    game: Game
    gateway: Running
    client: HttpClient
    tally: PressTally = field(default_factory=PressTally)

    def crowd(self, *, arrival: float, rejoin: float = LONG) -> Crowd:
        plan = CrowdPlan(
            self.room_id, VIEWERS, rate=1, interval=None, arrival=arrival, rejoin=rejoin
        )
        return Crowd(self.client, plan, self.tally)

    async def names(self, guests: list[Guest]) -> list[str | None]:
        """The display names that the API knows the viewers by."""
        answers = [
            await self.client.post(
                "/api/viewers", msgspec.json.encode(ConfirmViewer(guest.viewer_id))
            )
            for guest in guests
        ]
        return [msgspec.json.decode(answer.body, type=Viewer).name for answer in answers]


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[OpenedRoom]:
    own = replace(settings, drain_delay=0)
    async with (
        running_gateway(own) as gateway,
        running(own),
        connected(gateway.url) as game,
        open_http_client(ApiAddress.at(own.api_url), VIEWERS) as client,
    ):
        room = await game.next_of(RoomCreated)
        yield OpenedRoom(room.room_id, game, gateway, client)


@asynccontextmanager
async def gathering(crowd: Crowd) -> AsyncIterator[asyncio.Task[list[Guest]]]:
    """The crowd gathers; once everybody has joined, the block begins."""

    async def all_wait() -> bool:
        return crowd.is_waiting

    async with asyncio.TaskGroup() as group:
        gathered = group.create_task(crowd.gather())
        await until(all_wait)
        yield gathered


async def test_pages_see_the_viewers_arrive_by_name_before_the_round(opened: OpenedRoom) -> None:
    everybody = {name_of(number) for number in range(VIEWERS)}
    async with (
        watching(opened.gateway, opened.room_id) as (page, _),
        gathering(opened.crowd(arrival=0.2)) as gathered,
    ):
        seen: set[str] = set()
        while seen != everybody:
            seen.update((await page.next_of(Arrived)).names)
        assert not any(isinstance(message, StatusUpdate) for message in page.seen)
        await opened.game.start()
        assert [guest.number for guest in await gathered] == list(range(VIEWERS))


async def test_only_the_first_viewers_set_a_name(
    opened: OpenedRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd_module, "NAMED", VIEWERS - 1)
    async with gathering(opened.crowd(arrival=0.1)) as gathered:
        await opened.game.start()
        assert await opened.names(await gathered) == [name_of(0), name_of(1), None]


async def test_who_waits_for_the_round_stays_active(opened: OpenedRoom, crowd: Audience) -> None:
    """Those whom the server no longer counts as active join again, and count once."""
    simulated = opened.crowd(arrival=0.1, rejoin=0.05)

    async def all_are_active() -> bool:
        return (await crowd.engine.describe(opened.room_id)).viewer_count == VIEWERS

    async with gathering(simulated) as gathered:
        await crowd.engine.store.command("DEL", room_keys(opened.room_id).active)
        await until(all_are_active)
        assert simulated.is_waiting
        await opened.game.start()
        await gathered


async def test_once_the_round_begins_nobody_comes_later(
    opened: OpenedRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who were still to arrive join at once, without a name."""
    # First one for each request of an id, then one for the delay of who arrives first.
    numbers = iter((*[1.0] * VIEWERS, 0.0))
    monkeypatch.setattr(crowd_module, "random", SimpleNamespace(random=lambda: next(numbers, 1.0)))
    crowd = opened.crowd(arrival=LONG)

    async def one_is_there() -> bool:
        return opened.tally.viewers == 1

    gathered = asyncio.create_task(crowd.gather())
    await until(one_is_there)
    assert not crowd.is_waiting
    await opened.game.start()
    names = await opened.names(await gathered)
    assert opened.tally.viewers == VIEWERS
    assert names.count(None) == VIEWERS - 1


async def test_a_round_that_runs_is_joined_at_once(opened: OpenedRoom) -> None:
    await opened.game.start()
    guests = await opened.crowd(arrival=LONG).gather()
    assert await opened.names(guests) == [None] * VIEWERS
