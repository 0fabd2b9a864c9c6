"""Shares one call among all who ask for the same thing before the call is sent."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.process.tasks import fail_each

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Sent = Callable[[], None]

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one call for all who ask with the same key until it is sent.

    Nobody gets an older answer than a separate call would give: who asks after the call was sent
    waits for another one.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[asyncio.Future[T]]] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def ask(self, key: str, call: Callable[[Sent], Awaitable[T]]) -> T:
        """The result of `call(sent)`, which must call `sent` when it is sent; raises its error.

        If another call for the key is not sent yet, its result is shared, and `call` not used.
        """
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = []
            # A separate task: if a caller ran it, its cancellation would leave the others waiting.
            task = asyncio.create_task(self._run(key, waiting, call), name="shared call")
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiting.append(result)
        return await result

    async def _run(
        self, key: str, waiting: list[asyncio.Future[T]], call: Callable[[Sent], Awaitable[T]]
    ) -> None:
        sent = partial(self._close, key, waiting)
        try:
            found = await call(sent)
            for result in waiting:
                if not result.done():
                    result.set_result(found)
        except asyncio.CancelledError:
            for result in waiting:
                result.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - everybody who waits gets it
            fail_each(waiting, error)
        finally:
            sent()

    def _close(self, key: str, waiting: list[asyncio.Future[T]]) -> None:
        if self._waiting.get(key) is waiting:
            del self._waiting[key]
