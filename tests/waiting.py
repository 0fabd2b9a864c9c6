"""Waits for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

POLL = 0.01


async def until(condition: Callable[[], Awaitable[bool]], *, within: float = 15.0) -> None:
    """Wait until the condition holds. Raises TimeoutError after `within` s."""
    async with asyncio.timeout(within):
        while True:
            if await condition():
                return
            await asyncio.sleep(POLL)


async def has_any(things: Sequence[object]) -> bool:
    """Whether there is anything."""
    return bool(things)
