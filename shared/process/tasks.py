"""Ends tasks reliably, and copies errors."""

from __future__ import annotations

import asyncio
from copy import copy

ASK_AGAIN_AFTER = 0.1  # s


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks, repeatedly, until all have ended: redis-py can swallow a cancellation."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=ASK_AGAIN_AFTER)


def copy_of(error: Exception) -> Exception:
    """A copy of the error, or itself if it cannot be copied: every raise extends its traceback."""
    try:
        return copy(error)
    except Exception:  # noqa: BLE001 - whatever its class does
        return error
