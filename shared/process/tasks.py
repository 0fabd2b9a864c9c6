"""Ends tasks reliably, stops a program at a signal, and copies errors."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Final

ASK_AGAIN_AFTER = 0.1  # s
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks, repeatedly, until all have ended: redis-py can swallow a cancellation."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=ASK_AGAIN_AFTER)


@contextmanager
def on_stop_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGINT, SIGTERM and SIGHUP while the block runs."""
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


def copy_of(error: Exception) -> Exception:
    """A copy of the error, or itself if it cannot be copied: every raise extends its traceback."""
    try:
        return copy(error)
    except Exception:  # noqa: BLE001 - whatever its class does
        return error
