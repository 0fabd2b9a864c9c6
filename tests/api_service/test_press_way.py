"""A press's way through the service: the files that it runs, from the socket to Redis and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.api_service.running import api_settings, ready_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import httpx

    from tests.api_service.conftest import GameRoom

pytestmark = pytest.mark.anyio

ROOT: Final = Path(__file__).parents[2]
MOST_FILES: Final = 20  # who adds one takes another out
PRESSES: Final = 10  # what not all of them run belongs to something else that runs meanwhile


class FilesRun:
    """Record the product's files that run a function during the block."""

    def __init__(self) -> None:
        self.files: set[str] = set()

    def __enter__(self) -> FilesRun:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self.files.update(_of_the_product(frame.f_code.co_filename))


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
    assert len(way) <= MOST_FILES, sorted(way)


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
