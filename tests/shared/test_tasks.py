"""Tasks end for certain."""

import asyncio
from contextlib import suppress

import pytest

from shared.tasks import end

pytestmark = pytest.mark.anyio


async def test_a_task_that_swallows_a_cancellation_is_asked_again() -> None:
    asked = 0

    async def stubborn() -> None:
        nonlocal asked
        while asked < 2:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            asked += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end(task)
    assert task.done()
    assert asked == 2


async def test_nothing_to_end_ends_at_once() -> None:
    await end()
