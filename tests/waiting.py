"""Waiting for conditions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

POLL = 0.01


async def until(condition: Callable[[], Awaitable[bool]], *, within: float = 15.0) -> None:
    """Return once the condition holds; raises TimeoutError where it does not within so many s."""
    async with asyncio.timeout(within):
        while True:
            if await condition():
                return
            await asyncio.sleep(POLL)
