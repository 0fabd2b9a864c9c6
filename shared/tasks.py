"""Ending tasks for certain."""

from __future__ import annotations

import asyncio

ASK_AGAIN_AFTER = 0.1  # s


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until all of them have ended: redis-py can swallow a cancellation."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=ASK_AGAIN_AFTER)
