"""Tasks end reliably, and futures get their error."""

import asyncio
from contextlib import suppress

import pytest

from shared.process.tasks import copy_of, end


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
def test_an_error_is_copied_if_its_class_allows_it(error: Exception) -> None:
    copied = copy_of(error)
    assert (type(copied), str(copied)) == (type(error), str(error))
    assert (copied is not error) == isinstance(error, ValueError)
