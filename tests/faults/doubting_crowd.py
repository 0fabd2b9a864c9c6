"""Viewers who send batches again although they were answered, to processes of either release.

For the services it is as if the first answer was lost. Half of the viewers number their batches;
the others send newer ones before they repeat one.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final, NamedTuple
from uuid import uuid4

import msgspec

from clients.python import BatchNumbers
from clients.terminal.http_client import ApiAddress, HttpClient, HttpError
from shared.wire.rest_bodies import Batch, ConfirmViewer, PushEvent
from shared.wire.rest_bodies import Viewer as Identity
from tests.faults.crowd import Answer, Crowd
from tests.faults.release import EARLIER, THIS
from tests.faults.services import Way
from tests.faults.watch import Watch

SEED: Final = 1
DOUBTS: Final = 0.5  # of the batches are sent again
LEAVES_AFTER: Final = 20  # batches, every third viewer; then a new one takes the place
LATE: Final = 4.0  # s at most until a batch without a number is sent again: 20 newer ones later
BUTTONS: Final = ("skill2", "skill3", "enemy1", "enemy2", "enemy3")
CONNECTIONS: Final = 100  # to one process
OK: Final = 200


class Between(NamedTuple):
    """The releases that answered a batch first, and its repeat."""

    first: str
    then: str

    def __str__(self) -> str:
        return f"{self.first} → {self.then}"


@dataclass(eq=False)
class Doubter:
    """A viewer, and the presses that count for it, by button."""

    viewer_id: str
    name: str | None
    numbers: BatchNumbers | None
    pressed: Counter[str] = field(default_factory=Counter)
    counted_by: set[str] = field(default_factory=set)  # releases

    @property
    def public_id(self) -> str:
        return self.viewer_id.partition(".")[0]

    def name_told_by(self, release: str) -> str | None:
        """The name that a process of this release tells others.

        The earlier release has only the names that came with what it counted.
        """
        return self.name if release == THIS or EARLIER in self.counted_by else None

    def next_batch(self, presses: dict[str, int]) -> bytes:
        """The body of the next request."""
        batch_id, batch_no = self.numbers.next() if self.numbers else (uuid4().hex, None)
        events = tuple(PushEvent(button, count) for button, count in presses.items())
        return msgspec.json.encode(Batch(self.viewer_id, events, self.name, batch_id, batch_no))


class Answered(NamedTuple):
    """A batch's answer, and the release that gave it."""

    release: str
    answer: Answer

    @property
    def has_counted(self) -> bool:
        return any(counted.accepted for counted in self.answer.event_results)


class DoubtingCrowd(Crowd):
    """The viewers of a room, and what became of their repeats.

    `apis` may change meanwhile; `releases` has the release of each URL.
    """

    def __init__(
        self, room_id: str, apis: Sequence[Way], watch: Watch, releases: dict[str, str]
    ) -> None:
        super().__init__(room_id, apis, watch)
        self.viewers: list[Doubter] = []
        self.repeats: Counter[Between] = Counter()
        self.counted_again: Counter[Between] = Counter()
        self.answered_otherwise: Counter[Between] = Counter()
        self._apis = apis
        self._releases = releases
        self._clients: dict[str, HttpClient] = {}
        self._random = Random(SEED)

    async def press(self, viewers: int, pace: float) -> None:
        """Let each viewer send a batch every `pace` s, until `leave` is called."""
        try:
            async with asyncio.TaskGroup() as group:
                for place in range(viewers):
                    group.create_task(self._press_from(place, pace))
        finally:
            for client in self._clients.values():
                client.close()

    async def press_first(self, api: Way) -> None:
        """Let a new viewer send one batch to this process."""
        viewer = await self._arrive_at(0)
        await self._ask_once(viewer, viewer.next_batch({"skill1": 1}), api)

    async def _press_from(self, place: int, pace: float) -> None:
        """Press from one place in the audience."""
        viewer = await self._arrive_at(place)
        async with asyncio.TaskGroup() as repeats:
            for n in count(1):
                body = viewer.next_batch({"skill1": 1, BUTTONS[(place + n) % len(BUTTONS)]: 1})
                first = await self._ask_once(viewer, body, self._any_api())
                doubts = self._random.random() < DOUBTS
                if first and doubts and viewer.numbers:
                    await self._repeat(viewer, body, first)
                elif first and doubts:
                    repeats.create_task(self._repeat_later(viewer, body, first))
                if self._leaving:
                    return
                if place % 3 == 0 and n % LEAVES_AFTER == 0:
                    viewer = await self._arrive_at(place)
                await asyncio.sleep(pace)

    async def _arrive_at(self, place: int) -> Doubter:
        body = msgspec.json.encode(ConfirmViewer())
        answer = await self._client(self._any_api()).post("/api/viewers", body)
        viewer_id = msgspec.json.decode(answer.body, type=Identity).viewer_id
        name = f"Viewer {len(self.viewers)}" if place % 4 < 2 else None
        self.viewers.append(Doubter(viewer_id, name, BatchNumbers() if place % 2 else None))
        return self.viewers[-1]

    async def _repeat_later(self, viewer: Doubter, body: bytes, first: Answered) -> None:
        await asyncio.sleep(self._random.uniform(0, LATE))
        await self._repeat(viewer, body, first)

    async def _repeat(self, viewer: Doubter, body: bytes, first: Answered) -> None:
        """Send a batch again. One that counted no press may count now."""
        again = await self._ask_once(viewer, body, self._any_api())
        if not again or not first.has_counted:
            return
        between = Between(first.release, again.release)
        self.repeats[between] += 1
        if not again.answer.duplicate:
            self.counted_again[between] += 1
        elif again.answer.event_results != first.answer.event_results:
            self.answered_otherwise[between] += 1

    async def _ask_once(self, viewer: Doubter, body: bytes, api: Way) -> Answered | None:
        """Send a batch; None if it was not answered, or refused, which is a problem."""
        release = self._releases[api.url]
        try:
            answer = await self._client(api).post(self._path, body)
        except HttpError as error:
            self.refused[f"{release}: {error}"] += 1
            return None
        if answer.status != OK:
            self.refused[f"{release}: {answer.status} {answer.body.decode()}"] += 1
            return None
        told = msgspec.json.decode(answer.body, type=Answer)
        self._count(told)
        answered = Answered(release, told)
        if answered.has_counted and not told.duplicate:
            viewer.pressed.update({each.event_type: each.accepted for each in told.event_results})
            viewer.counted_by.add(release)
        return answered

    def _count(self, answer: Answer) -> None:
        if not answer.duplicate:
            super()._count(answer)

    def _any_api(self) -> Way:
        return self._random.choice(self._apis)

    def _client(self, api: Way) -> HttpClient:
        if api.url not in self._clients:
            self._clients[api.url] = HttpClient(ApiAddress.at(api.url), CONNECTIONS)
        return self._clients[api.url]
