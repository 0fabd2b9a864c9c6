"""The simulated viewers: each gets an id, joins, waits for the round, presses, and retries."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from clients.python import Backoff, BatchNumbers
from clients.terminal.http_client import HttpAnswer, HttpClient, HttpError
from clients.terminal.press_tally import (
    Finger,
    PressAnswer,
    PressTally,
    name_of,
    next_due,
    popularity,
)
from clients.terminal.terminal_io import CommandError
from clients.terminal.texts import simulate as texts
from shared.identity.tokens import ULID_PATTERN
from shared.wire.error_codes import ROOM_NOT_FOUND
from shared.wire.languages import Sentence
from shared.wire.rest_bodies import Batch, ConfirmViewer, Join, PushEvent, Room, SetName, Viewer

TOO_EARLY: Final = frozenset({409, 429})  # statuses to retry: nothing was counted
ROOM_POLL: Final = 0.5  # s
NAMED: Final = 200  # viewers who set their display name before the round
SHORTEST_GATHERING: Final = 0.3  # s; until the server says how long presses are gathered

_answers = msgspec.json.Decoder(PressAnswer)


@dataclass(frozen=True, slots=True)
class CrowdPlan:
    """`room`: an id or a code; `rate`: presses a second of a viewer; `interval`: s between
    batches.

    Without an interval, viewers gather presses for as long as the server asks for. Before the
    round they come within `arrival` s, and join again every `rejoin` s: the server counts a viewer
    active for 30 s.
    """

    room: str
    viewers: int
    rate: float
    interval: float | None
    buttons: tuple[str, ...] = ()
    arrival: float = 8.0
    rejoin: float = 20.0


@dataclass(slots=True)
class Guest:
    """One viewer of the crowd, and its current id."""

    number: int
    viewer_id: str = ""
    numbers: BatchNumbers = field(default_factory=BatchNumbers)


class Crowd:
    """All viewers of one run."""

    def __init__(self, client: HttpClient, plan: CrowdPlan, tally: PressTally) -> None:
        self._client = client
        self._plan = plan
        self._tally = tally
        self._path = _path_of(plan.room)
        # Until its room is found; also of a link with the code.
        self._code = "" if ULID_PATTERN.fullmatch(plan.room) else plan.room.rpartition("/")[2]
        self._buttons = popularity(plan.buttons, plan.room)
        self._begun = asyncio.Event()
        self._send_every = SHORTEST_GATHERING
        self._now = asyncio.get_running_loop().time
        self._away_since: float | None = None
        self.over: Sentence | None = None  # why the run stops early

    @property
    def is_waiting(self) -> bool:
        """Whether everybody has joined, and the round has not begun."""
        return not self._begun.is_set() and self._tally.viewers == self._plan.viewers

    @property
    def away_for(self) -> float:
        """For how many s the server has not answered."""
        return 0.0 if self._away_since is None else self._now() - self._away_since

    async def gather(self) -> list[Guest]:
        """Get an id for every viewer, join the room, and wait for its round.

        Raises CommandError if there is no server, no such room, or no such button.
        """
        guests = [Guest(number) for number in range(self._plan.viewers)]
        await self._look(self._get_room)
        async with asyncio.TaskGroup() as group:
            for guest in guests:
                group.create_task(self._welcome(guest))
            while not self._begun.is_set():
                await asyncio.sleep(ROOM_POLL)
                await self._look(partial(self._insist, self._get_room))
        return guests

    async def press(self, guests: list[Guest], ended: Callable[[], bool]) -> None:
        """Let all viewers press until `ended`, and wait for every answer."""
        async with asyncio.TaskGroup() as group:
            for guest in guests:
                group.create_task(self._press(guest, ended))

    async def _get_room(self) -> HttpAnswer:
        """Ask for the room, first for its id if only its code is known."""
        if self._code:
            answer = await self._client.get(f"/j/{quote(self._code, safe='')}")
            # The page may have it anywhere in its URL, see WEB_URL.
            if not (found := ULID_PATTERN.search(answer.location or "")):
                return answer
            self._path, self._code = _path_of(found[0]), ""
        return await self._client.get(self._path)

    async def _look(self, get_room: Callable[[], Awaitable[HttpAnswer]]) -> None:
        """Learn the room's buttons, and whether its round has begun. Raises CommandError."""
        url = self._client.server.url
        try:
            answer = await get_room()
        except HttpError as error:
            raise CommandError(texts.NO_SERVER.about(url=url, why=error)) from None
        if answer.status == HTTPStatus.NOT_FOUND:
            if _is_ours(answer):
                raise CommandError(texts.NO_ROOM.about(room=self._plan.room))
            raise CommandError(texts.NOT_THE_API.about(url=url))
        if answer.status != HTTPStatus.OK:
            raise CommandError(texts.ROOM_REFUSED.about(status=answer.status))
        room = msgspec.json.decode(answer.body, type=Room)
        if room.code is None:
            raise CommandError(texts.ROOM_OVER.about(room=room.id))
        if room.status == "in_game" or self._opens(room):
            self._begun.set()
        known = [button.event_type for button in room.settings.buttons if button.enabled]
        if missing := set(self._plan.buttons) - set(known):
            raise CommandError(
                texts.NO_BUTTON.about(missing=", ".join(sorted(missing)), known=", ".join(known))
            )
        self._buttons = popularity(self._plan.buttons or known, self._plan.room)

    def _opens(self, room: Room) -> bool:
        """Whether the round is the crowd's to open, as where a game never sends `game_start`."""
        is_open_to_presses = room.game_connected and room.settings.starts == "press"
        return self.is_waiting and room.status == "active" and is_open_to_presses

    async def _welcome(self, guest: Guest) -> None:
        await self._identify(guest)
        if not await self._begins_within(random.random() * self._plan.arrival):
            await self._set_name(guest)
        await self._join(guest)
        self._tally.viewers += 1
        while not await self._begins_within(self._plan.rejoin):
            await self._join(guest)

    async def _begins_within(self, seconds: float) -> bool:
        """Wait for the round, at most so long; return whether it has begun."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._begun.wait()
        return self._begun.is_set()

    async def _set_name(self, guest: Guest) -> None:
        if guest.number < NAMED:
            request = SetName(guest.viewer_id, name_of(guest.number))
            # Only once: a viewer whose name is refused joins without it.
            with suppress(HttpError):
                await self._client.post("/api/viewers/set_name", msgspec.json.encode(request))

    async def _join(self, guest: Guest) -> None:
        await self._post(f"{self._path}/join", Join(guest.viewer_id))

    async def _identify(self, guest: Guest) -> None:
        answer = await self._post("/api/viewers", ConfirmViewer())
        if answer.status != HTTPStatus.OK:
            raise CommandError(texts.VIEWER_REFUSED.about(status=answer.status))
        guest.viewer_id = msgspec.json.decode(answer.body, type=Viewer).viewer_id

    async def _press(self, guest: Guest, ended: Callable[[], bool]) -> None:
        clock = self._now
        finger = Finger(random.Random(), self._plan.rate, self._buttons, clock())
        # Jitter, because phones do not send at the same time.
        due = clock() + random.random() * self._interval
        last = False
        while not (last or self.over):
            await asyncio.sleep(due - clock())
            last = ended()
            if presses := finger.presses_until(clock()):
                await self._send(guest, presses, due)
            due = next_due(due, clock(), self._interval)

    @property
    def _interval(self) -> float:
        """The time between two batches of a viewer, s."""
        return self._send_every if self._plan.interval is None else self._plan.interval

    async def _send(self, guest: Guest, presses: Counter[str], due: float) -> None:
        self._tally.sent += presses.total()
        answer = await self._counted(guest, presses)
        late = (self._now() - due) * 1000
        if answer.status != HTTPStatus.OK:
            self._tally.refused += presses.total()
            self._fail(str(answer.status))
            if answer.status == HTTPStatus.NOT_FOUND:
                self.over = texts.ROOM_GONE
            return
        outcome = _answers.decode(answer.body)
        if outcome.send_every_ms:
            self._send_every = outcome.send_every_ms / 1000
        self._tally.answered(presses.total(), outcome, late)
        if outcome.game_over:
            self.over = texts.ROUND_OVER

    async def _counted(self, guest: Guest, presses: Counter[str]) -> HttpAnswer:
        events = tuple(PushEvent(button, count) for button, count in presses.items())
        name, number = name_of(guest.number), guest.numbers.next()
        while True:
            batch = Batch(guest.viewer_id, events, name, *number)
            answer = await self._post(f"{self._path}/events", batch)
            if answer.status != HTTPStatus.UNAUTHORIZED:
                return answer
            self._fail("401")
            await self._identify(guest)

    async def _post(self, path: str, request: msgspec.Struct) -> HttpAnswer:
        return await self._insist(partial(self._client.post, path, msgspec.json.encode(request)))

    async def _insist(self, ask: Callable[[], Awaitable[HttpAnswer]]) -> HttpAnswer:
        """Ask until the answer is final: a success, or an error not worth a retry.

        A batch is safe to repeat: it has a number.
        """
        backoff = Backoff()
        while True:
            wait = backoff.delay(random.random())
            try:
                answer = await ask()
            except HttpError as error:
                self._lose(str(error))
            else:
                if not _is_ours(answer):
                    self._lose(str(answer.status))
                else:
                    self._away_since = None
                    if answer.status not in TOO_EARLY:
                        return answer
                    self._fail(str(answer.status))
                if answer.retry_after is not None:
                    # The backoff adds jitter, so that not all viewers retry at once.
                    wait += answer.retry_after
            await asyncio.sleep(wait)

    def _lose(self, why: str) -> None:
        if self._away_since is None:
            self._away_since = self._now()
        self._fail(why)

    def _fail(self, what: str) -> None:
        self._tally.errors[what] += 1


def _path_of(room_id: str) -> str:
    return f"/api/rooms/{quote(room_id, safe='')}"


def _is_ours(answer: HttpAnswer) -> bool:
    """Whether the API answers: while it is away, what stands before it answers as it likes."""
    if answer.status == HTTPStatus.NOT_FOUND:
        return ROOM_NOT_FOUND.code.encode() in answer.body
    return answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
