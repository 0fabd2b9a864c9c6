"""An event loop whose clock jumps to the next timer, so that nothing waits for real time."""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any


class _NoWait(selectors.DefaultSelector):
    """Finds what is ready, and lets the clock pass in place of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everything waits, and no timer is set"
        self.now += max(timeout, 0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time passes only while all tasks wait for it; it begins at 0 s."""

    def __init__(self) -> None:
        self._virtual = _NoWait()
        super().__init__(self._virtual)
        self.set_exception_handler(_fail)

    def time(self) -> float:
        return self._virtual.now


def _fail(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    raise context.get("exception") or AssertionError(context["message"])
