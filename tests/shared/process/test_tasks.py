"""Tasks end reliably, and futures get their error."""

import asyncio
from contextlib import suppress

import pytest

from shared.process.tasks import end, fail_each


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


class Particular(Exception):
    """An error that cannot be copied: its constructor does not take its `args`."""

    def __init__(self, *, code: int) -> None:
        super().__init__(f"code {code}")


@pytest.mark.parametrize("error", [ValueError("wrong"), Particular(code=3)])
async def test_all_who_wait_are_told_of_a_failure(error: Exception) -> None:
    """Each in a separate copy if possible; finished futures are left alone."""
    loop = asyncio.get_running_loop()
    ann, bob, gone = (loop.create_future() for _ in range(3))
    gone.cancel()
    fail_each((ann, bob, gone), error)
    found = await asyncio.gather(ann, bob, return_exceptions=True)
    assert [(type(told), str(told)) for told in found] == [(type(error), str(error))] * 2
    assert (found[0] is not found[1]) == isinstance(error, ValueError)
