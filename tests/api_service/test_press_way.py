"""A press's way through the service: its files, its frames, and what a crowd's presses share."""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from types import FrameType
from typing import Any, Final

import httpx
import pytest

from api_service.http.server import ApiConnection
from api_service.routes.display_names import DisplayNames
from api_service.routes.presses import Presses
from shared.redis_store.batcher import Batcher
from tests.api_service.conftest import GameRoom
from tests.api_service.http.raw_connection import pressed, request, wire
from tests.api_service.running import api_settings, ready_client
from tests.bench.ways import followed, shortest

ROOT: Final = Path(__file__).parents[2]
MOST_FILES: Final = 17  # who adds one takes another out
MOST_FRAMES: Final = 3  # from the socket to the call of Redis that the press joins
MOST_CALLS: Final = 52  # of a lone press
MOST_CLASSES: Final = 18  # that its functions get, have or return, and their bases
CROWD: Final = 120
PRESSES: Final = 10  # what not all of them run belongs to something else that runs meanwhile


class FilesRun:
    """Record the product's files that run a function during the block."""

    def __init__(self) -> None:
        self.files: set[str] = set()

    def __enter__(self) -> "FilesRun":
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self.files.update(_of_the_product(frame.f_code.co_filename))


class CallsMade:
    """Count the calls of the product's functions, and the tasks begun, during the block."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.tasks: Counter[str] = Counter()

    def __enter__(self) -> "CallsMade":
        sys.setprofile(self._note)
        asyncio.get_running_loop().set_task_factory(self._make)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        asyncio.get_running_loop().set_task_factory(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and any(_of_the_product(frame.f_code.co_filename)):
            self.calls[frame.f_code.co_qualname] += 1

    def _make(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> Any:
        self.tasks[work.__qualname__] += 1
        return asyncio.Task(work, loop=loop, **options)


class Moments:
    """Record what leads to these functions whenever they are called during the block."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self.stacks: defaultdict[str, list[list[str]]] = defaultdict(list)

    def __enter__(self) -> "Moments":
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        name = frame.f_code.co_qualname
        if event == "call" and name in self._names:
            self.stacks[name].append([each.f_code.co_qualname for each in _callers(frame)])


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _of_the_product(filename: str) -> Iterator[str]:
    path = Path(filename)
    if path.is_relative_to(ROOT):
        name = str(path.relative_to(ROOT))
        # app.py asks both servers from time to time whether they are there.
        if name.startswith(("api_service/", "shared/")) and name != "api_service/app.py":
            yield name


async def test_a_press_runs_no_more_files_than_one_can_follow(
    redis_url: str, database_url: str, game: GameRoom
) -> None:
    """The first press is not measured: it fills the caches of the next ones."""
    settings = api_settings(redis_url, database_url, ledger=False)  # no work in the background
    async with ready_client(settings) as api:
        ways = await ways_of_presses(api, game)
    way = set.intersection(*ways)
    assert {"api_service/routes/presses.py", "shared/engine/press.py"} <= way
    assert len(way) <= MOST_FILES, "\n".join(sorted(way))


@pytest.fixture
async def press(
    redis_url: str, database_url: str, game: GameRoom
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Presses on a connection that the service knows, and waits for the answer."""
    settings = api_settings(redis_url, database_url, ledger=False)
    async with ready_client(settings) as api, wire(api) as line:
        viewer = (await api.post("/api/viewers", json={})).json()["viewer_id"]
        one = request(game.path, pressed(viewer, enemy3=1))

        async def press() -> None:
            line.writer.write(one)
            await line.answer()

        for _ in range(2):  # fetches the viewer's name, and then learns the head
            await press()
        yield press


async def test_a_press_joins_a_call_of_redis_within_a_few_frames(
    press: Callable[[], Awaitable[None]],
) -> None:
    """In the callback that reads it from the socket: no task is made for it."""
    joins = Batcher.add.__qualname__
    with Moments(joins) as moments:
        for _ in range(PRESSES):
            await press()
    assert len(moments.stacks[joins]) == PRESSES
    for stack in moments.stacks[joins]:
        frames = stack[: stack.index(ApiConnection.data_received.__qualname__) + 1]
        assert len(frames) <= MOST_FRAMES, frames


async def test_a_lone_press_costs_few_calls_of_python_and_no_task(
    press: Callable[[], Awaitable[None]],
) -> None:
    """From the socket to the answer, with the call of Redis that nobody shares."""
    costs = []
    for _ in range(PRESSES):
        with CallsMade() as made:
            await press()
        costs.append(made)
    calls = min(costs, key=lambda made: made.calls.total())
    assert calls.calls.total() <= MOST_CALLS, "\n".join(f"{n} {k}" for k, n in calls.calls.items())
    assert min(made.tasks.total() for made in costs) == 0


async def test_a_lone_press_meets_few_classes(press: Callable[[], Awaitable[None]]) -> None:
    """So many names one must know to follow it."""
    way = shortest([await followed(press) for _ in range(PRESSES)])
    assert len(way.kinds) <= MOST_CLASSES, sorted(kind.__name__ for kind in way.kinds)


async def test_the_names_of_a_crowd_are_fetched_together(
    redis_url: str, database_url: str, game: GameRoom
) -> None:
    """Not by a task for each viewer, though none is known yet."""
    settings = api_settings(redis_url, database_url, ledger=False)
    async with ready_client(settings) as api, AsyncExitStack() as stack:
        viewers = [(await api.post("/api/viewers", json={})).json() for _ in range(CROWD)]
        lines = [await stack.enter_async_context(wire(api)) for _ in viewers]
        with CallsMade() as made:
            for line, viewer in zip(lines, viewers, strict=True):
                line.writer.write(request(game.path, pressed(viewer["viewer_id"], enemy3=1)))
            for line in lines:
                await line.answer()
    fetching = (Presses._names_of, DisplayNames._read_redis)
    assert 0 < sum(made.tasks[each.__qualname__] for each in fetching) < CROWD / 4
    assert made.calls["Cache.put"] == CROWD


async def test_the_states_of_the_buttons_are_read_and_written_once_for_each_call_of_redis(
    redis_url: str, database_url: str, game: GameRoom
) -> None:
    """However many presses share it; equal outcomes share a whole answer."""
    settings = api_settings(redis_url, database_url, ledger=False)
    async with ready_client(settings) as api:
        viewers = [(await api.post("/api/viewers", json={})).json() for _ in range(CROWD)]
        with Moments("outcomes_of", "Stats.encoded_stats", "encoded_answer") as moments:
            answers = await asyncio.gather(
                *(
                    api.post(f"{game.path}/events", json={**viewer, "event_type": "enemy3"})
                    for viewer in viewers
                )
            )
    assert {answer.json()["accepted"] for answer in answers} == {1}
    calls = len(moments.stacks["outcomes_of"])
    assert calls < CROWD / 2
    assert len(moments.stacks["Stats.encoded_stats"]) == calls
    fired = sum(answer.json()["event_results"][0]["triggers_fired"] for answer in answers)
    assert len(moments.stacks["encoded_answer"]) <= 2 * calls + fired


async def ways_of_presses(api: httpx.AsyncClient, game: GameRoom) -> list[set[str]]:
    """Return the files that each of some presses runs."""
    viewer = (await api.post("/api/viewers", json={})).json()["viewer_id"]
    body = {"viewer_id": viewer, "viewer_name": "Ann", "event_type": "skill1"}
    await api.post(f"{game.path}/events", json=body)
    ways = []
    for _ in range(PRESSES):
        with FilesRun() as run:
            answer = await api.post(f"{game.path}/events", json=body)
        assert answer.json()["accepted"] == 1
        ways.append(run.files)
    return ways
