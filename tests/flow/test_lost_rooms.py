"""Redis loses everything: rooms stay, a round that ran ends, and the next one can begin."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from websockets.asyncio.client import ClientConnection

from clients.python import BatchNumbers
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from shared.wire.game_messages import (
    Error,
    GameEndSummary,
    GameEvent,
    GameStart,
    Gap,
    NumberedMessage,
)
from tests.flow.books import ACCEPTED, read_books, recorded, rows
from tests.flow.fleet import Fleet, Member, open_fleet
from tests.flow.play import Viewer, new_game, next_of, older_game, resumed, viewers
from tests.shared.engine.rooms import OwnServer, own_server
from tests.waiting import until
from tests.ws_gateway.game_end import Game, websocket

FORGETFUL = ("--appendonly", "no")
FLUSHES = 4
RUNNING = "SELECT max(round) FROM rooms WHERE status = 'in_game'"
NUMBERED = (
    "SELECT epoch, seq FROM (SELECT epoch, seq FROM triggers UNION ALL"
    " SELECT epoch, seq FROM rounds WHERE seq IS NOT NULL) AS numbered ORDER BY epoch, seq"
)


class Deployment(NamedTuple):
    """A Redis that keeps nothing, two API processes, two gateways, and a client."""

    valkey: OwnServer
    fleet: Fleet
    apis: Sequence[Member]
    gateways: Sequence[Member]
    http: httpx.AsyncClient
    database_url: str

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        return await rows(self.database_url, query)

    async def recorded(self, query: str, value: object) -> None:
        await recorded(self.database_url, query, value)

    async def flush(self) -> None:
        """Empty Redis while it keeps running, with the same history."""
        url = self.valkey.url
        async with open_store(url, client_name="streamario-test", library=LIBRARY) as store:
            await store.command("FLUSHALL", "SYNC")

    async def restart_empty(self) -> None:
        """Redis loses its volume."""
        await self.valkey.kill()
        await self.valkey.start()


@pytest.fixture
async def deployment(tmp_path: Path, own_database_url: str) -> AsyncIterator[Deployment]:
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url, patient=True) as fleet,
        httpx.AsyncClient() as http,
    ):
        apis, gateways = await fleet.pair_of_each()
        yield Deployment(valkey, fleet, apis, gateways, http, own_database_url)
        assert all(" ERROR " not in member.log.read_text() for member in fleet.members)


@dataclass
class Page:
    """A viewer's page of version 1, by HTTP alone: repeats a batch until it is answered."""

    viewer: Viewer
    api: Member
    room_id: str
    http: httpx.AsyncClient
    refusals: set[int] = field(default_factory=set)
    counted_at: float = 0.0  # s, monotonic: when the last press began that was counted
    numbers: BatchNumbers = field(default_factory=BatchNumbers)

    async def press(self, presses: int) -> dict[str, Any]:
        body = {
            "viewer_id": self.viewer.viewer_id,
            "push_events": [{"button_name": "skill1", "push_count": presses}],
            **self.numbers.next()._asdict(),
        }
        answers: list[dict[str, Any]] = []
        began = time.monotonic()
        await until(lambda: self._answered(body, answers))
        if "accepted" in answers[0]:
            self.counted_at = began
        return answers[0]

    async def press_until(self, over: asyncio.Event) -> None:
        while not over.is_set():
            await self.press(1)
            await asyncio.sleep(0.05)  # 20 presses a second are allowed

    async def _answered(self, body: Mapping[str, object], answers: list[dict[str, Any]]) -> bool:
        answer = await self.http.post(f"{self.api.url}/api/rooms/{self.room_id}/events", json=body)
        if answer.status_code == 200:
            answers.append(answer.json())
        else:
            self.refusals.add(answer.status_code)
        return answer.status_code == 200

    async def results(self) -> dict[str, Any]:
        answer = await self.http.get(f"{self.api.url}/api/rooms/{self.room_id}/results")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


class Player:
    """The game: applies numbered messages in order, and goes on where a gap says."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.applied: list[NumberedMessage] = []
        self.seen: set[tuple[int, int]] = set()
        self.gaps: list[Gap] = []
        self.seq = 0

    async def play_on(self) -> NumberedMessage | None:
        """Receive a message; start the next round after a summary."""
        message = await self.game.receive()
        if isinstance(message, Gap):
            self.gaps.append(message)
            self.seq = message.last_seq
            self.applied = [each for each in self.applied if each.seq <= message.last_seq]
        elif isinstance(message, GameEvent | GameEndSummary):
            assert message.seq == self.seq + 1
            assert (message.epoch, message.seq) not in self.seen
            self.seen.add((message.epoch, message.seq))
            self.applied.append(message)
            self.seq = message.seq
            if isinstance(message, GameEndSummary):
                await self.game.say(GameStart())
            return message
        elif isinstance(message, Error):
            assert message.code == "store_unavailable"
            await self.game.say(GameStart())
        return None

    async def play_until(self, seq: int) -> None:
        """Receive until the message with this number has been applied."""
        while self.seq < seq:
            await self.play_on()

    async def play_for_ever(self) -> None:
        while True:
            await self.play_on()


@asynccontextmanager
async def viewers_socket(gateway: Member, room_id: str) -> AsyncIterator[list[str]]:
    """What a page's socket has received: reading goes on meanwhile, and fails if it closes."""
    told: list[str] = []

    async def read(socket: ClientConnection) -> None:
        while True:
            told.append(str(await socket.recv()))

    url = f"{gateway.url.replace('http', 'ws', 1)}/ws-viewer?room_id={room_id}"
    async with websocket(url) as socket, asyncio.TaskGroup() as group:
        reading = group.create_task(read(socket))
        await heard(told, "stats")
        yield told
        reading.cancel()


async def heard(told: Sequence[str], kind: str) -> None:
    """Wait until a viewers' socket received a message of this type."""

    async def has_come() -> bool:
        return any(f'"type":"{kind}"' in each for each in told)

    await until(has_come)


async def test_a_round_ends_for_its_game_its_pages_and_in_the_results(
    deployment: Deployment,
) -> None:
    """On the sockets that they have; then the next round goes on with the numbers."""
    async with (
        viewers(deployment.apis[0], 2) as (ann, bob),
        new_game(deployment.gateways[0]) as (game, room),
    ):
        await ann.press_once_started(deployment.apis[0], room.room_id, "skill1")
        page = Page(bob, deployment.apis[1], room.room_id, deployment.http)
        await Page(ann, deployment.apis[0], room.room_id, deployment.http).press(20)
        await page.press(17)
        await game.receive_until(7)
        await deployment.recorded(ACCEPTED, 38)
        async with viewers_socket(deployment.gateways[1], room.room_id) as told:
            await deployment.restart_empty()
            gap, summary = await game.next_of(Gap), await game.next_of(GameEndSummary)
            assert (gap.last_seq, summary.seq, summary.epoch) == (7, 8, gap.epoch)
            assert gap.epoch > room.epoch
            assert summary.top_overall is not None
            assert (summary.top_overall.count, summary.event_totals[0].count) == (21, 38)
            await heard(told, "game_over")
            assert (await page.press(1))["game_over"] is True
            results = await page.results()
            assert results["event_totals"]["skill1"] == 38
            assert results["top_overall"]["count"] == 21
            await game.start()
            assert (await page.press(10))["accepted"] == 10
            assert await game.seqs(2) == [9, 10]
            await heard(told, "trigger")
        assert page.refusals <= {503}
        account = (await read_books(deployment.valkey.url, room.room_id, ["skill1"], 2))["skill1"]
        assert (account.accepted, account.count, account.balances) == (10, 0, True)


async def test_an_older_game_and_its_page_play_on(deployment: Deployment) -> None:
    """Without resume parameters and `ack`: the summary comes, and `game_start` opens a round."""
    async with (
        viewers(deployment.apis[0], 1) as (ann,),
        older_game(deployment.gateways[0]) as socket,
    ):
        room_id = (await next_of(socket, "room_created"))["room_id"]
        page = Page(ann, deployment.apis[0], room_id, deployment.http)
        assert (await page.press(7))["accepted"] == 7
        assert (await next_of(socket, "game_event"))["seq"] == 1
        await deployment.recorded(ACCEPTED, 7)
        await deployment.restart_empty()
        summary = await next_of(socket, "game_end_summary")
        assert (summary["seq"], summary["event_totals"][0]["count"]) == (2, 7)
        assert (await page.press(1))["game_over"] is True
        assert (await page.results())["event_totals"]["skill1"] == 7
        await socket.send('{"type":"game_start"}')
        await socket.send('{"type":"ping","t":"done"}')
        await next_of(socket, "pong")
        assert (await page.press(5))["accepted"] == 5
        assert (await next_of(socket, "game_event"))["seq"] == 3


async def test_a_game_that_comes_back_after_the_loss_is_told(deployment: Deployment) -> None:
    """To another gateway; also an older one, which says only which room it had."""
    async with viewers(deployment.apis[0], 1) as (ann,):
        async with new_game(deployment.gateways[0]) as (game, room):
            await ann.press_once_started(deployment.apis[0], room.room_id, "skill1")
            await Page(ann, deployment.apis[0], room.room_id, deployment.http).press(14)
            await game.receive_until(3)
            await deployment.recorded(ACCEPTED, 15)
            game.socket.transport.abort()
        await deployment.flush()
        await Page(ann, deployment.apis[0], room.room_id, deployment.http).press(1)
        query = f"?room_id={room.room_id}&token={room.room_token}"
        async with older_game(deployment.gateways[1], query) as older:
            ready = await next_of(older, "room_ready")
            assert (ready["recovered"], ready["status"], ready["replayed"]) == (False, "ended", 1)
            assert (await next_of(older, "gap"))["last_seq"] == 3
            assert (await next_of(older, "game_end_summary"))["seq"] == 4
        async with resumed(deployment.gateways[1], room, game.triggers[2]) as (again, told):
            assert (told.recovered, told.status, told.replayed) == (False, "ended", 1)
            assert (await again.next_of(Gap)).last_seq == 3
            summary = await again.next_of(GameEndSummary)
            assert summary.seq == 4
        async with resumed(deployment.gateways[0], room, summary) as (again, told):
            assert (told.recovered, told.replayed) == (True, 0)
            await again.start()
            await Page(ann, deployment.apis[0], room.room_id, deployment.http).press(5)
            assert await again.seqs(1) == [5]
            assert again.unasked(Gap) == []


async def test_what_was_not_recorded_when_redis_lost_everything_is_taken_back(
    deployment: Deployment,
) -> None:
    """Under load: the game ends with the numbers that PostgreSQL has."""
    async with (
        viewers(deployment.apis[0], 5) as crowd,
        new_game(deployment.gateways[0]) as (game, room),
    ):
        await crowd[0].press_once_started(deployment.apis[0], room.room_id, "skill1")
        player, over = Player(game), asyncio.Event()
        pages = [
            Page(each, deployment.apis[i % 2], room.room_id, deployment.http)
            for i, each in enumerate(crowd)
        ]
        async with asyncio.TaskGroup() as group:
            for page in pages:
                group.create_task(page.press_until(over))
            for round_ in (1, 2):
                await deployment.recorded(RUNNING, round_)
                await player.play_until(player.seq + 20)
                await deployment.restart_empty()
                while not isinstance(await player.play_on(), GameEndSummary):
                    pass
            await player.play_until(player.seq + 20)
            over.set()
        assert {code for page in pages for code in page.refusals} <= {503}
        account = (await read_books(deployment.valkey.url, room.room_id, ["skill1"], 3))["skill1"]
        assert account.balances
        of_round = f"{ACCEPTED} WHERE round = 3"
        await deployment.recorded(of_round, account.accepted)
        numbered = await deployment.rows(NUMBERED)
        await player.play_until(numbered[-1][1])
        assert len(player.gaps) == 2
        assert {(each.epoch, each.seq) for each in player.applied} <= {*numbered}
        assert [*numbered][-20:] == [(each.epoch, each.seq) for each in player.applied[-20:]]
        summaries = [each for each in player.applied if isinstance(each, GameEndSummary)]
        for summary in summaries:
            of_round = f"SELECT sum(count)::int FROM presses WHERE round = {summary.round}"
            assert await deployment.rows(of_round) == [(summary.event_totals[0].count,)]


async def visit(deployment: Deployment, room_id: str, codes: set[int]) -> None:
    """Request the room repeatedly, and collect the status codes."""
    while True:
        codes.add(
            (await deployment.http.get(f"{deployment.apis[1].url}/api/rooms/{room_id}")).status_code
        )
        await asyncio.sleep(0.01)


async def test_nobody_is_sent_away_where_redis_is_flushed_again_and_again(
    deployment: Deployment,
) -> None:
    """With a crowd, a game and a page: a room that is not rebuilt yet gives 503, never 404."""
    async with (
        viewers(deployment.apis[0], 5) as crowd,
        new_game(deployment.gateways[0]) as (game, room),
    ):
        await crowd[0].press_once_started(deployment.apis[0], room.room_id, "skill1")
        pages = [
            Page(each, deployment.apis[i % 2], room.room_id, deployment.http)
            for i, each in enumerate(crowd)
        ]
        player, over, codes = Player(game), asyncio.Event(), set[int]()

        async def all_counted_since(moment: float) -> None:
            async def counted() -> bool:
                return all(page.counted_at > moment for page in pages)

            await until(counted)

        async with (
            viewers_socket(deployment.gateways[1], room.room_id) as told,
            asyncio.TaskGroup() as group,
        ):
            pressing = [group.create_task(page.press_until(over)) for page in pages]
            duties = [
                group.create_task(visit(deployment, room.room_id, codes)),
                group.create_task(player.play_for_ever()),
            ]
            for round_ in range(1, FLUSHES + 1):
                await deployment.recorded(RUNNING, round_)
                await deployment.flush()
                await all_counted_since(time.monotonic())
            told.clear()
            await heard(told, "trigger")
            over.set()
            await asyncio.gather(*pressing)
            for duty in duties:
                duty.cancel()
        assert {code for page in pages for code in page.refusals} <= {503}
        assert codes <= {200, 503}
        assert len(player.gaps) == FLUSHES
        ended = "SELECT count(*) FROM rounds WHERE ended_at IS NOT NULL"
        await deployment.recorded(ended, FLUSHES)


async def test_a_room_that_waits_is_as_before_also_for_services_that_start_later(
    deployment: Deployment,
) -> None:
    """People have typed its code, and a projector shows it; its game has its token."""
    opened = (await deployment.http.post(f"{deployment.apis[0].url}/api/rooms", json={})).json()
    room_id, settings = opened["room_id"], {"title": "another title"}
    owner = {"Authorization": f"Bearer {opened['room_token']}"}
    changed = await deployment.http.patch(
        f"{deployment.apis[0].url}/api/rooms/{room_id}/settings", json=settings, headers=owner
    )
    await deployment.recorded("SELECT settings->>'title' FROM rooms", "another title")
    await asyncio.gather(*(member.kill() for member in deployment.fleet.members))
    await deployment.restart_empty()
    await asyncio.gather(
        *(member.start() for member in (deployment.apis[0], deployment.gateways[0]))
    )
    api = deployment.apis[0].url

    async def leads_there() -> bool:
        followed = await deployment.http.get(f"{api}/j/{opened['code']}")
        return followed.status_code == 302 and room_id in followed.headers["location"]

    await until(leads_there)
    found = (await deployment.http.get(f"{api}/api/rooms/{room_id}", headers=owner)).json()
    assert (found["status"], found["code"]) == ("active", opened["code"])
    assert found["settings"] == changed.json()
    query = f"?room_id={room_id}&token={opened['room_token']}"
    async with older_game(deployment.gateways[0], query) as game:
        ready = await next_of(game, "room_ready")
        assert (ready["recovered"], ready["status"], ready["replayed"]) == (True, "active", 0)
