"""A room under load, with its crowd and its games."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import cycle, pairwise
from typing import Final

import httpx
import msgspec

from shared.engine.keys import shard
from shared.engine.shard_ledger import Shards
from shared.redis_store.store import Store
from shared.wire.moderation_bodies import RoomViewers
from shared.wire.rest_bodies import OpenRoom, RoomOpened
from shared.wire.room_settings import DEFAULT_BUTTONS, Button, RoomSettings
from tests.faults.asking import body_of, until_answered
from tests.faults.books import booked
from tests.faults.crowd import Crowd
from tests.faults.game import WatchedGame
from tests.faults.services import Services, Way
from tests.faults.verdict import Verdict, judge
from tests.faults.watch import Watch
from tests.flow.books import read_books
from tests.room_keys import room_keys
from tests.waiting import until

# A room's crowd, from the room's id and the API processes that it may use.
Gathering = Callable[[str, Sequence[Way], Watch], Crowd]

FLOWING: Final = 6  # triggers
RESET_EVERY: Final = 1.0  # s
# The first button always fires after two presses; the thresholds of the others follow the audience.
SETTINGS: Final = RoomSettings(
    buttons=(
        Button(event_type="skill1", team="skill", base=2, min=2, max=2),
        *DEFAULT_BUTTONS[1:],
    )
)
EVENT_TYPES: Final = tuple(button.event_type for button in SETTINGS.buttons)


class Totals(msgspec.Struct):
    """The part of a round's results that is checked."""

    event_totals: dict[str, int]


class Room:
    """One room. `games` are the games that owned it in turn; the last one owns it now."""

    def __init__(
        self, services: Services, opened: RoomOpened, watch: Watch, gate: int, crowd: Crowd
    ) -> None:
        self.crowd = crowd
        self.games = [WatchedGame(opened, services.gates, watch, turn=gate)]
        self._group: asyncio.TaskGroup
        self._services = services
        self._opened = opened
        self.watch = watch

    @property
    def room_id(self) -> str:
        return self._opened.room_id

    @property
    def game(self) -> WatchedGame:
        """The game that owns the room."""
        return self.games[-1]

    def let_play(self, group: asyncio.TaskGroup) -> None:
        """Let its game play in this task group, and later games that claim the room."""
        self._group = group
        group.create_task(self.game.play())

    def claim(self) -> None:
        """Let another game claim the room, on another gateway."""
        game = WatchedGame(self._opened, self._services.gates, self.watch, turn=self.game.turn)
        self.games.append(game)
        self._group.create_task(game.play())

    def first_trigger(self, after: float) -> float | None:
        """Return the seconds from `after` until a game had a trigger fired later, or None."""
        found = (game.record.first_trigger(after) for game in self.games)
        return min((seconds for seconds in found if seconds is not None), default=None)

    def longest_pause(self, after: float) -> float:
        """Return the longest time (s) after `after` in which no game received a trigger."""
        times = sorted(at for game in self.games for at in game.record.trigger_times)
        return max((b - max(a, after) for a, b in pairwise(times) if b > after), default=0.0)

    async def started(self, store: Store) -> None:
        """Wait until the round has started."""

        async def is_started() -> bool:
            status = await store.command("HGET", room_keys(self.room_id).room, "status")
            return bool(status == "in_game")

        await until(partial(until_answered, is_started))

    async def flows(self) -> None:
        """Wait until triggers arrive."""

        async def do_come() -> bool:
            return self.game.cursor.seq >= FLOWING

        await until(do_come)

    async def press(self, viewers: int, pace: float) -> None:
        """Let the crowd press, and the room's owner reset the counts now and then."""
        async with asyncio.TaskGroup() as group:
            resetting = group.create_task(self._reset_now_and_then())
            await self.crowd.press(viewers, pace)
            resetting.cancel()

    async def _reset_now_and_then(self) -> None:
        bearer = {"Authorization": f"Bearer {self._opened.room_token}"}
        async with httpx.AsyncClient(timeout=None, trust_env=False, headers=bearer) as http:
            for api in cycle(self._services.apis):
                await asyncio.sleep(RESET_EVERY)
                with suppress(httpx.TransportError):
                    await http.post(f"{api.url}/api/rooms/{self.room_id}/reset")

    async def end_round(self, store: Store) -> None:
        """End the round when the game has applied all triggers; wait until PostgreSQL has all."""
        shards, name = Shards(store), shard(self.room_id)

        async def is_caught_up() -> bool:
            seq = await store.command("HGET", room_keys(self.room_id).room, "seq")
            return self.game.cursor.seq == int(seq)

        async def is_booked() -> bool:
            has_summary = self.game.record.summary is not None
            return has_summary and (await shards.tail(name)).unread == 0

        await until(partial(until_answered, is_caught_up))
        self.game.end_round()
        await until(partial(until_answered, is_booked))

    async def owners_list(self, api: Way) -> RoomViewers:
        """The list of who pressed most that the room's owner sees at this process."""
        url = f"{api.url}/api/rooms/{self.room_id}/viewers"
        bearer = {"Authorization": f"Bearer {self._opened.room_token}"}
        async with httpx.AsyncClient(timeout=None, trust_env=False, headers=bearer) as http:
            told = await body_of(lambda: http.get(url))
        return msgspec.json.decode(told, type=RoomViewers)

    async def judged(self) -> Verdict:
        """Return the verdict on the round, which must have ended and be recorded."""
        redis = await until_answered(
            lambda: read_books(self._services.redis_url, self.room_id, EVENT_TYPES)
        )
        books = await booked(self._services.database_url, self.room_id)
        crowd = self.crowd
        verdict = judge(crowd.accepted, redis, books, [game.record for game in self.games])
        verdict.require(not crowd.refused, f"refused: {crowd.refused}")
        results = await self._results()
        expected = {event_type: crowd.accepted[event_type] for event_type in EVENT_TYPES}
        verdict.require(results == expected, f"results: {results}, accepted: {expected}")
        return verdict

    async def _results(self) -> dict[str, int]:
        url = f"{self._services.apis[0].url}/api/rooms/{self.room_id}/results"
        async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
            told = await body_of(lambda: http.get(url))
        return msgspec.json.decode(told, type=Totals).event_totals


async def open_room(
    services: Services, watch: Watch, number: int, gather: Gathering = Crowd
) -> Room:
    """Open a room whose game first connects to gateway `number`."""
    async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
        body = msgspec.json.encode(OpenRoom(settings=SETTINGS))
        told = await body_of(lambda: http.post(f"{services.apis[0].url}/api/rooms", content=body))
    opened = msgspec.json.decode(told, type=RoomOpened)
    crowd = gather(opened.room_id, services.apis, watch)
    return Room(services, opened, watch, number, crowd)
