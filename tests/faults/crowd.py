"""Viewers of one room who press at a steady pace, and repeat each batch until it is answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from typing import Final

import msgspec

from clients.python import BatchNumber, BatchNumbers
from clients.terminal.http_client import ApiAddress, HttpClient, HttpError
from shared.wire.rest_bodies import Batch, ConfirmViewer, PushEvent
from shared.wire.rest_bodies import Viewer as Identity
from tests.faults.services import Way
from tests.faults.watch import ANSWER, NO_ANSWER, Watch

PATIENCE: Final = 3.2  # s: longer than a service waits for Redis
AGAIN_AFTER: Final = 0.2  # s
STAYS_FOR: Final = 6  # batches; then a new viewer replaces this one
BUTTONS: Final = ("skill2", "skill3", "enemy1", "enemy2", "enemy3")
LATER: Final = frozenset({429, 500, 502, 503, 504})


class Counted(msgspec.Struct, frozen=True):
    """The result of a batch for one button."""

    event_type: str
    accepted: int


class Answer(msgspec.Struct, frozen=True):
    """The parts of an answer that the crowd reads."""

    duplicate: bool
    event_results: tuple[Counted, ...]


class Crowd:
    """All viewers of a room, and the sums of their answers.

    They ask another process after `patience` s without an answer; None: they wait for it.
    """

    def __init__(
        self,
        room_id: str,
        apis: Sequence[Way],
        watch: Watch,
        *,
        patience: float | None = PATIENCE,
    ) -> None:
        self.accepted: Counter[str] = Counter()
        self.batches = 0
        self.repeated = 0  # answers with `duplicate`
        self.longest_wait = 0.0  # s for an answer, including failed attempts
        self.unanswered: Counter[str] = Counter()  # requests without an answer, by the API's URL
        self.obstacles: Counter[str] = Counter()  # what came instead of those answers
        self.refused: Counter[str] = Counter()  # answers that are not worth a retry
        self._path = f"/api/rooms/{room_id}/events"
        self._urls = [api.url for api in apis]
        self._watch = watch
        self._patience = patience
        self._leaving = False

    def leave(self) -> None:
        """Stop pressing, but wait for pending answers."""
        self._leaving = True

    async def press(self, viewers: int, pace: float) -> None:
        """Let `viewers` viewers each send a batch every `pace` s, until `leave` is called."""
        with ExitStack() as stack:
            clients = [HttpClient(ApiAddress.at(url), viewers) for url in self._urls]
            for client in clients:
                stack.callback(client.close)
            async with asyncio.TaskGroup() as group:
                for number in range(viewers):
                    group.create_task(self._sit(clients, number, pace, pace * number / viewers))

    async def _sit(
        self, clients: Sequence[HttpClient], place: int, pace: float, after: float
    ) -> None:
        """Press from one place in the audience, with one viewer after another."""
        clock = asyncio.get_running_loop().time
        due, viewer_id, numbers = clock() + after, "", BatchNumbers()
        for n in count():
            await asyncio.sleep(due - clock())
            if self._leaving:
                return
            if n % STAYS_FOR == 0:
                viewer_id, numbers = await self._arrive(clients, place), BatchNumbers()
            await self._send(clients, place, viewer_id, n, numbers.next())
            due = max(due + pace, clock())

    async def _arrive(self, clients: Sequence[HttpClient], place: int) -> str:
        body = await self._insist(clients, place, "/api/viewers", ConfirmViewer())
        return msgspec.json.decode(body, type=Identity).viewer_id

    async def _send(
        self,
        clients: Sequence[HttpClient],
        place: int,
        viewer_id: str,
        n: int,
        number: BatchNumber,
    ) -> None:
        # Every other viewer sends no name, so that the service looks it up.
        name = f"Viewer {place}" if place % 2 else None
        presses = {"skill1": 1 + n % 2, BUTTONS[(place + n) % len(BUTTONS)]: 2}
        batch = Batch(viewer_id, _events(presses), name, *number)
        body = await self._insist(clients, place, self._path, batch)
        if body:
            self._count(msgspec.json.decode(body, type=Answer))

    def _count(self, answer: Answer) -> None:
        self.batches += 1
        self.repeated += answer.duplicate
        for counted in answer.event_results:
            self.accepted[counted.event_type] += counted.accepted

    async def _insist(
        self, clients: Sequence[HttpClient], place: int, path: str, request: msgspec.Struct
    ) -> bytes:
        """Ask the services in turn until one answers; return "" if it refuses."""
        body, since = msgspec.json.encode(request), time.monotonic()
        for attempt in count(place):
            which = attempt % len(clients)
            status, answer = await self._ask(clients[which], path, body)
            is_answered = 200 <= status < 500
            if not is_answered:
                self.unanswered[self._urls[which]] += 1
                self.obstacles[f"{status} {answer.decode()}"] += 1
            self._watch.note(self._urls[which], ANSWER if is_answered else NO_ANSWER)
            self.longest_wait = max(self.longest_wait, time.monotonic() - since)
            if status == 200:
                return answer
            if status not in LATER:
                self.refused[f"{status} {answer.decode()}"] += 1
                return b""
            await asyncio.sleep(AGAIN_AFTER)
        raise AssertionError

    async def _ask(self, client: HttpClient, path: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body; 504 where patience ends, 502 if the connection fails."""
        try:
            async with asyncio.timeout(self._patience):
                answer = await client.post(path, body)
        except TimeoutError:
            return 504, b"no answer"
        except HttpError as error:
            return 502, str(error).encode()
        return answer.status, answer.body


def _events(presses: Mapping[str, int]) -> tuple[PushEvent, ...]:
    return tuple(PushEvent(button, presses_of) for button, presses_of in presses.items())
