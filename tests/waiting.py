"""Waits for conditions."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

POLL = 0.01


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the condition holds; the test's deadline alone ends the wait."""
    while True:
        if await condition():
            return
        await asyncio.sleep(POLL)


async def has_any(things: Sequence[object]) -> bool:
    """Whether there is anything."""
    return bool(things)
