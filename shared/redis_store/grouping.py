"""Groups what callers ask of the same key, such as a room, into one call until it is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.process.tasks import fail_each

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


class Group(Generic[Item, Result]):
    """The items of one call, and the futures of their results."""

    __slots__ = ("_open", "items", "key", "results")

    def __init__(self, key: str, open_groups: dict[str, Group[Item, Result]]) -> None:
        self.key = key
        self.items: list[Item] = []
        self.results: list[asyncio.Future[Result]] = []
        self._open = open_groups

    def close(self) -> list[Item]:
        """Let no item join any more: the call is sent. Returns the items."""
        if self._open.get(self.key) is self:
            del self._open[self.key]
        return self.items

    def drop(self, index: int, error: Exception) -> None:
        """Remove an item; whoever asked for it gets the error."""
        del self.items[index]
        fail_each([self.results.pop(index)], error)

    def resolve(self, found: Sequence[Result | Exception]) -> None:
        """Give each item its result or error."""
        for result, became in zip(self.results, found, strict=True):
            if result.done():
                continue
            if isinstance(became, Exception):
                result.set_exception(became)
            else:
                result.set_result(became)


class Grouping(Generic[Item, Result]):
    """Runs one call for all items of a key that are added before it is sent, or the first `limit`.

    Nobody gets an older result than a separate call would give: an item that is added after the
    call was sent goes with the next one.

    `call(group)` must close the group when the call is sent. It returns each item's result or
    error; what it raises, every item gets.
    """

    def __init__(
        self,
        call: Callable[[Group[Item, Result]], Awaitable[Sequence[Result | Exception]]],
        *,
        limit: int | None = None,
    ) -> None:
        self._call = call
        self._limit = limit
        self._open: dict[str, Group[Item, Result]] = {}
        self._calls: set[asyncio.Task[None]] = set()

    def add(self, key: str, item: Item) -> asyncio.Future[Result]:
        """Ask for an item. Returns the future of its result."""
        group = self._open.get(key)
        if group is None or len(group.items) == self._limit:
            group = self._open[key] = Group(key, self._open)
            # A separate task: if a caller ran it, its cancellation would leave the others waiting.
            call = asyncio.create_task(self._run(group), name="grouped call")
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        group.items.append(item)
        group.results.append(result)
        return result

    async def _run(self, group: Group[Item, Result]) -> None:
        try:
            group.resolve(await self._call(group))
        except asyncio.CancelledError:
            for result in group.results:
                result.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - everybody who waits gets it
            fail_each(group.results, error)
        finally:
            group.close()
