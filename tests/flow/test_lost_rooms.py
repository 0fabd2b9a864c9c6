"""Redis loses everything: rooms are rebuilt from PostgreSQL while games' sockets stay open."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect

from api_service.books.database import open_database
from clients.python import BatchNumbers
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from shared.wire.game_messages import GameEvent, Gap
from tests.flow.books import read_books
from tests.flow.fleet import open_fleet
from tests.flow.play import new_game, viewers
from tests.shared.engine.rooms import own_server
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from tests.flow.fleet import Member
    from tests.flow.play import Viewer
    from tests.ws_gateway.game_end import Game

pytestmark = pytest.mark.anyio

FORGETFUL = ("--appendonly", "no")
BACK_WITHIN = 10.0  # s after Redis is there again; it takes about one
FLUSHES = 20
ACCEPTED = "SELECT coalesce(sum(accepted), 0)::int FROM accounts"
SURVIVING = (
    "SELECT epoch, seq FROM triggers AS t WHERE NOT EXISTS"
    " (SELECT FROM log_epochs AS e WHERE e.epoch > t.epoch AND e.base < t.seq) ORDER BY seq"
)


async def rows(database_url: str, query: str) -> list[tuple[Any, ...]]:
    async with (
        open_database(database_url) as database,
        database.checks.transaction(5) as connection,
    ):
        return [tuple(row) for row in await connection.execute(text(query))]


async def booked(database_url: str, presses: int) -> None:
    """Wait until PostgreSQL has this number of accepted presses."""

    async def heard() -> bool:
        [(accepted,)] = await rows(database_url, ACCEPTED)
        return accepted == presses

    await until(heard)


@dataclass
class Presser:
    """A viewer's page: repeats a batch until it is answered, then sends the next."""

    viewer: Viewer
    api: Member
    room_id: str
    http: httpx.AsyncClient
    refusals: list[int] = field(default_factory=list)
    counted_at: float = 0.0
    numbers: BatchNumbers = field(default_factory=BatchNumbers)

    async def press(self, presses: int) -> None:
        body = {
            "viewer_id": self.viewer.viewer_id,
            "push_events": [{"button_name": "skill1", "push_count": presses}],
            **self.numbers.next()._asdict(),
        }
        await until(lambda: self._answered(body))
        self.counted_at = time.monotonic()

    async def press_until(self, over: asyncio.Event) -> None:
        while not over.is_set():
            await self.press(1)
            await asyncio.sleep(0.05)  # 20 presses a second are allowed

    async def _answered(self, body: Mapping[str, object]) -> bool:
        answer = await self.http.post(f"{self.api.url}/api/rooms/{self.room_id}/events", json=body)
        if answer.status_code != 200:
            self.refusals.append(answer.status_code)
        return answer.status_code == 200


class Player:
    """The game: applies triggers in order, and rolls back to a gap's `last_seq`."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.applied: list[GameEvent] = []
        self.seen: set[tuple[int, int]] = set()
        self.gaps: list[Gap] = []

    @property
    def seq(self) -> int:
        return self.applied[-1].seq if self.applied else 0

    async def play_until(self, seq: int) -> None:
        """Receive until the trigger with this number has been applied."""
        while self.seq < seq:
            message = await self.game.receive()
            if isinstance(message, Gap):
                self.gaps.append(message)
                self.applied = [event for event in self.applied if event.seq <= message.last_seq]
            elif isinstance(message, GameEvent):
                assert message.seq == self.seq + 1
                assert (message.epoch, message.seq) not in self.seen
                self.seen.add((message.epoch, message.seq))
                self.applied.append(message)


async def is_recorded(database_url: str, room_id: str) -> bool:
    """Whether PostgreSQL has the room."""
    return (room_id,) in await rows(database_url, "SELECT room_id FROM rooms")


async def all_counted_since(pressers: Sequence[Presser], moment: float) -> None:
    """Wait until each has had a batch counted after `moment` (s, monotonic)."""

    async def counted() -> bool:
        return all(presser.counted_at > moment for presser in pressers)

    await until(counted)


async def is_connected(http: httpx.AsyncClient, api: Member, room_id: str) -> bool:
    found = (await http.get(f"{api.url}/api/rooms/{room_id}")).json()
    return bool(found["game_connected"])


async def test_a_game_and_its_viewers_play_on_after_redis_lost_everything(
    tmp_path: Path, own_database_url: str
) -> None:
    """On the same socket, and numbering continues: nothing that PostgreSQL had is lost."""
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
        httpx.AsyncClient(timeout=BACK_WITHIN) as http,
    ):
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 2) as (ann, bob), new_game(gateways[0]) as (game, room):
            await ann.press_once_started(apis[0], room.room_id, "skill1")
            player = Player(game)
            await Presser(ann, apis[0], room.room_id, http).press(20)
            presser = Presser(bob, apis[1], room.room_id, http)
            await presser.press(17)
            await player.play_until(7)
            await booked(own_database_url, 38)
            await valkey.kill()
            await valkey.start()
            back_at = time.monotonic()
            await presser.press(1)
            await presser.press(1)
            counted, refused = presser.counted_at - back_at, len(presser.refusals)
            await player.play_until(8)
            delivered = time.monotonic() - back_at
            print(
                f"\nback: counted {counted:.2f} s, delivered {delivered:.2f} s, {refused} refused"
            )
            assert set(presser.refusals) <= {503}
            assert delivered < BACK_WITHIN
            # So far the game was fed by log reads; nudges need the room attached again.
            await until(lambda: is_connected(http, apis[0], room.room_id), within=2.5)
            await presser.press(20)
            await player.play_until(12)
            assert player.gaps == []
            assert [event.epoch > room.epoch for event in player.applied] == [False] * 7 + [
                True
            ] * 5
            account = (await read_books(valkey.url, room.room_id, ["skill1"]))["skill1"]
            assert (account.accepted, account.count, account.balances) == (60, 0, True)
            await booked(own_database_url, 60)
            assert await rows(own_database_url, SURVIVING) == [
                (event.epoch, event.seq) for event in player.applied
            ]


async def test_what_was_not_booked_when_redis_lost_everything_is_taken_back(
    tmp_path: Path, own_database_url: str
) -> None:
    """Under load: the game is told where numbers continue, and ends with PostgreSQL's triggers."""
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
        httpx.AsyncClient(timeout=BACK_WITHIN) as http,
    ):
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 5) as crowd, new_game(gateways[0]) as (game, room):
            await crowd[0].press_once_started(apis[0], room.room_id, "skill1")
            player, over = Player(game), asyncio.Event()
            await booked(own_database_url, 1)  # an unrecorded room could not be rebuilt
            pressers = [
                Presser(each, apis[i % 2], room.room_id, http) for i, each in enumerate(crowd)
            ]
            async with asyncio.TaskGroup() as group:
                for presser in pressers:
                    group.create_task(presser.press_until(over))
                for _ in range(2):
                    await player.play_until(player.seq + 20)
                    await valkey.kill()
                    await valkey.start()
                await player.play_until(player.seq + 20)
                over.set()
            assert {code for presser in pressers for code in presser.refusals} == {503}
            account = (await read_books(valkey.url, room.room_id, ["skill1"]))["skill1"]
            assert account.balances
            await booked(own_database_url, account.accepted)
            surviving = await rows(own_database_url, SURVIVING)
            await player.play_until(surviving[-1][1])
            print(f"\ntaken back: {[gap.last_seq for gap in player.gaps]}, {player.seq} in the end")
            assert [(event.epoch, event.seq) for event in player.applied] == surviving
            assert account.consumed == sum(event.trigger_count for event in player.applied)
            assert all(" ERROR " not in member.log.read_text() for member in fleet.members)


async def flush(url: str) -> None:
    """Empty Redis while it keeps running, with the same run id."""
    async with open_store(url, client_name="streamario-test", library=LIBRARY) as store:
        await store.command("FLUSHALL", "SYNC")


async def watch_page(page: ClientConnection, told: list[str]) -> None:
    """Append what a viewer's page receives to `told`; fail if its socket is closed."""
    while True:
        told.append(str(await page.recv()))


async def any_trigger(texts: list[str]) -> bool:
    """Return whether a page received a trigger."""
    return any('"trigger"' in text for text in texts)


async def visit(http: httpx.AsyncClient, api: Member, room_id: str, codes: set[int]) -> None:
    """Request the room repeatedly, and collect the status codes."""
    while True:
        codes.add((await http.get(f"{api.url}/api/rooms/{room_id}")).status_code)
        await asyncio.sleep(0.01)


async def test_nobody_is_sent_away_where_redis_is_flushed_again_and_again(
    tmp_path: Path, own_database_url: str
) -> None:
    """With a crowd, a game and a page: a room that is not rebuilt yet gives 503, never 404."""
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
        httpx.AsyncClient(timeout=BACK_WITHIN) as http,
    ):
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 5) as crowd, new_game(gateways[0]) as (game, room):
            await crowd[0].press_once_started(apis[0], room.room_id, "skill1")
            await booked(own_database_url, 1)
            url = gateways[1].url.replace("http", "ws", 1)
            pressers = [
                Presser(each, apis[i % 2], room.room_id, http) for i, each in enumerate(crowd)
            ]
            player, over, codes, told = Player(game), asyncio.Event(), set[int](), list[str]()
            async with (
                connect(f"{url}/ws-viewer?room_id={room.room_id}") as page,
                asyncio.TaskGroup() as group,
            ):
                for presser in pressers:
                    group.create_task(presser.press_until(over))
                duties = [
                    group.create_task(visit(http, apis[1], room.room_id, codes)),
                    group.create_task(watch_page(page, told)),
                ]
                for _ in range(FLUSHES):
                    await flush(valkey.url)
                    flushed_at = time.monotonic()
                    await all_counted_since(pressers, flushed_at)
                    print(f"\nplaying again after {time.monotonic() - flushed_at:.2f} s")
                seen = len(told)
                await player.play_until(player.seq + 20)
                await until(lambda: any_trigger(told[seen:]))
                over.set()
                for duty in duties:
                    duty.cancel()
            assert {code for presser in pressers for code in presser.refusals} <= {503}
            assert codes <= {200, 503}
            account = (await read_books(valkey.url, room.room_id, ["skill1"]))["skill1"]
            await booked(own_database_url, account.accepted)
            surviving = await rows(own_database_url, SURVIVING)
            await player.play_until(surviving[-1][1])
            assert [(event.epoch, event.seq) for event in player.applied] == surviving
            assert all(" ERROR " not in member.log.read_text() for member in fleet.members)


async def test_a_room_that_waits_keeps_its_code(tmp_path: Path, own_database_url: str) -> None:
    """People have typed it, and a projector shows it."""
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
        httpx.AsyncClient(timeout=BACK_WITHIN) as http,
    ):
        api = await fleet.api()
        opened = (await http.post(f"{api.url}/api/rooms", json={})).json()
        await until(lambda: is_recorded(own_database_url, opened["room_id"]))
        await flush(valkey.url)

        async def leads_there() -> bool:
            followed = await http.get(f"{api.url}/j/{opened['code']}")
            return followed.status_code == 302 and opened["room_id"] in followed.headers["location"]

        await until(leads_there)
        found = await http.get(f"{api.url}/api/rooms/{opened['room_id']}")
        assert (found.json()["status"], found.json()["code"]) == ("active", opened["code"])
