"""Groups what callers ask of the same key, such as a room, into one call at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.process.tasks import fail_each
from shared.redis_store.errors import ConnectionLost, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.redis_store.master import Begin, ReleaseSlot

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class Group(Generic[Item]):
    """The items of one call; no other of its grouping has its `number`.

    A call whose connection was lost is sent `again`: it may have run.
    """

    key: str
    items: list[Item]
    number: int
    release_slot: ReleaseSlot
    again: bool = False


class Grouping(Generic[Item]):
    """Has one call of a key under way; what is added meanwhile goes with the next, up to a limit.

    Nobody gets an older result than a separate call would give. The next call, of this key or of
    another, leaves before the items of the last one are settled: so Redis runs one while this
    process settles another.

    `acquire_slot(key, begin)` calls `begin` when the key's next call may leave. `call(group)`
    sends a group and returns the future of the reply. `settle(group, reply)` gets the future when
    it is done; it raises what `call` raises. A call whose connection is lost is sent once more. If
    it fails with any other StoreError, or again, what waits is settled with it: its own call would
    fail alike, after as long a wait.
    """

    def __init__(
        self,
        acquire_slot: Callable[[str, Begin], None],
        call: Callable[[Group[Item]], asyncio.Future[list[Any]]],
        settle: Callable[[Group[Item], asyncio.Future[list[Any]]], None],
        *,
        limit: int,
    ) -> None:
        self._acquire_slot = acquire_slot
        self._call = call
        self._settle = settle
        self._limit = limit
        # Of each key with a call under way: the items that wait for the next one.
        self._waiting: dict[str, list[Item]] = {}
        self._numbers = count(1)

    def add(self, key: str, item: Item) -> None:
        """Add an item to the key's next call."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = [item]
            # Two iterations of the event loop later: by then, a client that has hung up behind its
            # press is noticed.
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._ask_slot, key)
        else:
            waiting.append(item)

    def _ask_slot(self, key: str) -> None:
        self._acquire_slot(key, partial(self._begin, key))

    def _begin(self, key: str, release_slot: ReleaseSlot) -> None:
        waiting = self._waiting[key]
        items, waiting[: self._limit] = waiting[: self._limit], ()
        self._send(Group(key, items, next(self._numbers), release_slot))

    def _send(self, group: Group[Item]) -> None:
        try:
            reply = self._call(group)
        except Exception as error:  # noqa: BLE001 - `settle` gets it
            reply = asyncio.get_running_loop().create_future()
            reply.set_exception(error)
        reply.add_done_callback(partial(self._returned, group))

    def _returned(self, group: Group[Item], reply: asyncio.Future[list[Any]]) -> None:
        error = reply.exception()
        if isinstance(error, ConnectionLost) and not group.again:
            group.again = True
            self._send(group)
            return
        waiting = self._waiting[group.key]
        if isinstance(error, StoreError):
            group.items += waiting
            waiting.clear()
        if waiting:
            self._ask_slot(group.key)
        else:
            del self._waiting[group.key]
        group.release_slot()
        self._settle(group, reply)


class Sharing(Generic[Item, Result]):
    """A grouping whose items each wait for the result of their call."""

    def __init__(
        self,
        acquire_slot: Callable[[str, Begin], None],
        call: Callable[[str, list[Item]], asyncio.Future[list[Any]]],
        parse: Callable[[list[Any]], Result],
        *,
        limit: int,
    ) -> None:
        self._call = call
        self._parse = parse
        self._groups: Grouping[tuple[Item, asyncio.Future[Result]]] = Grouping(
            acquire_slot, self._send, self._settle, limit=limit
        )

    def add(self, key: str, item: Item) -> asyncio.Future[Result]:
        """Ask for an item. Returns the future of the result that its call's items share."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._groups.add(key, (item, result))
        return result

    def _send(self, group: Group[tuple[Item, asyncio.Future[Result]]]) -> asyncio.Future[list[Any]]:
        return self._call(group.key, [item for item, _ in group.items])

    def _settle(
        self,
        group: Group[tuple[Item, asyncio.Future[Result]]],
        reply: asyncio.Future[list[Any]],
    ) -> None:
        waiting = [result for _, result in group.items]
        try:
            found = self._parse(reply.result())
        except Exception as error:  # noqa: BLE001 - everybody who waits gets it
            fail_each(waiting, error)
            return
        for result in waiting:
            if not result.done():
                result.set_result(found)
