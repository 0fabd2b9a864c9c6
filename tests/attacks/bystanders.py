"""A game and a crowd that play during an attack: every press fires, and its latency is measured."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import httpx

from shared.wire.game_messages import GameEvent, GameStart, RoomCreated
from tests.flow.books import read_books
from tests.flow.fleet import Member
from tests.flow.play import Viewer, resumed, viewers
from tests.waiting import until
from tests.ws_gateway.game_end import Game
from tests.ws_gateway.gateways import Crowd

VIEWERS: Final = 10
EACH_EVERY: Final = 0.2  # s between two presses of one viewer
ARRIVES_EVERY: Final = 0.1  # s between two new connections
BUTTON: Final = "skill1"
EVERY_PRESS: Final = {"event_type": BUTTON, "team": "skill", "base": 1, "min": 1, "max": 1}


@dataclass(frozen=True, slots=True)
class Sample:
    """A wait: its beginning and its length (s)."""

    since: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Waits:
    """The distribution of waits (s) in a period."""

    count: int
    median: float
    p99: float
    longest: float


def waits(samples: Sequence[Sample], since: float, until_: float) -> Waits:
    """Return the distribution of the waits that began in a period."""
    found = sorted(sample.seconds for sample in samples if since <= sample.since < until_)
    if not found:
        return Waits(0, math.nan, math.nan, math.nan)
    return Waits(len(found), _at(found, 0.5), _at(found, 0.99), found[-1])


def _at(found: Sequence[float], share: float) -> float:
    return found[min(len(found) - 1, int(share * len(found)))]


@dataclass
class Bystanders:
    """The game and its crowd, and what was measured."""

    room_id: str
    game: Game
    api: Member
    gateway: Member
    headers: Mapping[str, str] = field(default_factory=dict)  # of the viewers' requests
    presses: list[Sample] = field(default_factory=list)
    deliveries: list[Sample] = field(default_factory=list)
    arrivals: list[Sample] = field(default_factory=list)  # requests on new connections
    accepted: int = 0
    turned_away: int = 0  # failed requests on new connections
    over: bool = False
    _sent: dict[str, float] = field(default_factory=dict)

    async def press(self, viewer: Viewer) -> None:
        """Press at a steady pace; a late answer delays the next press, and its wait counts."""
        due = time.monotonic()
        url, headers = self.api.url, self.headers
        async with httpx.AsyncClient(base_url=url, timeout=None, headers=headers) as http:
            while not self.over:
                name = str(len(self._sent))
                self._sent[name] = due
                await until(partial(self._counted, http, viewer, name))
                self.accepted += 1
                self.presses.append(Sample(due, time.monotonic() - due))
                due = max(due + EACH_EVERY, time.monotonic())
                await asyncio.sleep(due - time.monotonic())

    async def _counted(self, http: httpx.AsyncClient, viewer: Viewer, name: str) -> bool:
        """Press, or repeat the press: with the same batch id it counts once."""
        body = {
            "viewer_id": viewer.viewer_id,
            "viewer_name": name,
            "batch_id": name,
            "push_events": [{"button_name": BUTTON, "push_count": 1}],
        }
        try:
            answer = await http.post(f"/api/rooms/{self.room_id}/events", json=body)
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and answer.json()["accepted"] == 1

    async def listen(self) -> None:
        """Receive and acknowledge every trigger."""
        while True:
            message = await self.game.receive()
            if isinstance(message, GameEvent):
                since = self._sent[message.viewer_name or ""]
                self.deliveries.append(Sample(since, time.monotonic() - since))
                await self.game.ack()

    async def arrive(self, member: Member) -> None:
        """Repeatedly open a new connection and send a request."""
        while not self.over:
            since = time.monotonic()
            try:
                async with httpx.AsyncClient(timeout=None) as http:
                    await http.get(f"{member.url}/healthz")
                self.arrivals.append(Sample(since, time.monotonic() - since))
            except httpx.TransportError:
                self.turned_away += 1
            await asyncio.sleep(ARRIVES_EVERY)

    async def play_on(self) -> None:
        """Wait until as many presses as there are viewers have been accepted and have fired."""
        await until(partial(self._have_fired, self.accepted + VIEWERS))

    async def _have_fired(self, presses: int) -> bool:
        return min(self.accepted, len(self.game.triggers)) >= presses

    async def all_are_in(self) -> bool:
        """Return whether every viewer has a connection."""
        return self.accepted > VIEWERS

    async def all_delivered(self) -> bool:
        return len(self.game.triggers) >= self.accepted

    async def check(self, redis_url: str) -> None:
        """Check that nothing was lost, doubled or out of order, and that Redis's counts agree."""
        await until(self.all_delivered)
        assert self.game.numbers == list(range(1, self.accepted + 1))
        account = (await read_books(redis_url, self.room_id, [BUTTON]))[BUTTON]
        assert account.accepted == account.consumed == self.accepted


@asynccontextmanager
async def bystanders(
    api: Member,
    gateway: Member,
    *,
    front: Member | None = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Bystanders]:
    """Let a game and its crowd play while the block runs.

    If there is a front, the crowd comes by it, with the headers that its provider adds.
    """
    room, door, added = await _opened(api), front or api, headers or {}
    async with resumed(gateway, room) as (game, _), viewers(door, VIEWERS, added) as crowd:
        await game.say(GameStart())
        await until(partial(_started, api, room))
        now = Bystanders(room.room_id, game, door, gateway, added)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(now.listen())
            pressing = [group.create_task(now.press(viewer)) for viewer in crowd]
            arriving = [group.create_task(now.arrive(member)) for member in (door, gateway)]
            yield now
            now.over = True
            await asyncio.wait([*pressing, *arriving])
            await until(now.all_delivered)
            listening.cancel()


async def start_round(crowd: Crowd, room_id: str) -> None:
    """Start a round in a room without a game."""
    held = await crowd.engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await crowd.engine.start(room_id, held.term)


async def _opened(api: Member) -> RoomCreated:
    body = {"settings": {"buttons": [EVERY_PRESS]}}
    async with httpx.AsyncClient(base_url=api.url) as http:
        room = (await http.post("/api/rooms", json=body)).raise_for_status().json()
    token = room["room_token"]
    return RoomCreated(room_id=room["room_id"], web_url="", room_token=token, epoch=0, seq=0)


async def _started(api: Member, room: RoomCreated) -> bool:
    async with httpx.AsyncClient(base_url=api.url) as http:
        status: str = (await http.get(f"/api/rooms/{room.room_id}")).json()["status"]
    return status == "in_game"
