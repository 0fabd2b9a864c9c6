"""Gathers what callers ask of the same key, such as a room, into one call at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Generic, TypeVar

from shared.process.tasks import copy_of
from shared.redis_store.errors import ConnectionLost, StoreError
from shared.redis_store.master import Begin, ReleaseSlot

Item = TypeVar("Item")
Result = TypeVar("Result")


def at_once(_: str, __: Begin) -> ReleaseSlot:
    """A slot for any call."""
    return lambda: None


def as_it_is(reply: Any, _: int) -> Any:
    """A reply that consists of the items' results."""
    return reply


@dataclass(slots=True)
class Group(Generic[Item]):
    """The items of one call; no other of its batcher has its `number`.

    A call whose connection was lost is sent `again`: it may have run.
    """

    key: str
    number: int
    items: list[Item] = field(default_factory=list)
    again: bool = False


class Batcher(Generic[Item, Result]):
    """Has one call of a key under way; what is added meanwhile goes with the next, up to a limit.

    Nobody gets an older result than a separate call would give. The next call, of this key or of
    another, leaves before the items of the last one are resolved: so Redis runs one while this
    process resolves another.

    `call(group)` sends a group and returns the awaitable of the reply; `parse(reply, count)` makes
    of it each item's result or error, in their order; `resolve(group, results)` gets these. If
    `call` or `parse` fails, each item has a copy of the error. A call whose connection is lost is
    sent once more. If it fails with any other StoreError, or again, what waits is resolved with it:
    its own call would fail alike, after as long a wait.

    `acquire_slot(key, begin)` returns a slot for the key's next call, or gives it to `begin` later;
    a slot is what to call when the reply is here. With `overlapping`, it waits for no call of the
    key: each takes what is added in one iteration of the event loop.
    """

    def __init__(
        self,
        call: Callable[[Group[Item]], Awaitable[Any]],
        resolve: Callable[[Group[Item], Sequence[Result | Exception]], None],
        *,
        parse: Callable[[Any, int], Sequence[Result | Exception]] = as_it_is,
        limit: int,
        acquire_slot: Callable[[str, Begin], ReleaseSlot | None] = at_once,
        overlapping: bool = False,
    ) -> None:
        self._call = call
        self._parse = parse
        self._resolve = resolve
        self._limit = limit
        self._acquire_slot = acquire_slot
        self._overlapping = overlapping
        # Of each key with a call under way: the items that wait for the next one.
        self._waiting: dict[str, list[Item]] = {}
        self._replies: set[asyncio.Future[Any]] = set()  # asyncio would let go of those of tasks
        self._numbers = count(1)

    def add(self, key: str, item: Item) -> None:
        """Add an item to the key's next call."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = [item]
            loop = asyncio.get_running_loop()
            if self._overlapping:
                loop.call_soon(self._ask_slot, key)
            else:
                # Two iterations of the event loop later: by then, a client that has hung up behind
                # its press is noticed.
                loop.call_soon(loop.call_soon, self._ask_slot, key)
        else:
            waiting.append(item)

    def _ask_slot(self, key: str) -> None:
        group: Group[Item] = Group(key, next(self._numbers))
        release_slot = self._acquire_slot(key, partial(self._send, group))
        if release_slot:
            self._send(group, release_slot)

    def _send(self, group: Group[Item], release_slot: ReleaseSlot) -> None:
        """Send a group with what waits now, or again with the items that it has."""
        if not group.again:
            waiting = self._waiting[group.key]
            group.items, waiting[: self._limit] = waiting[: self._limit], ()
        try:
            reply: asyncio.Future[Any] = asyncio.ensure_future(self._call(group))
        except Exception as error:  # noqa: BLE001 - the items get it
            reply = asyncio.get_running_loop().create_future()
            reply.set_exception(error)
        self._replies.add(reply)
        reply.add_done_callback(partial(self._returned, group, release_slot))
        if self._overlapping and not group.again:
            self._go_on(group.key)

    def _go_on(self, key: str) -> None:
        if self._waiting[key]:
            self._ask_slot(key)
        else:
            del self._waiting[key]

    def _returned(
        self, group: Group[Item], release_slot: ReleaseSlot, reply: asyncio.Future[Any]
    ) -> None:
        self._replies.discard(reply)
        if reply.cancelled():
            return  # with the event loop
        error = reply.exception()
        if isinstance(error, ConnectionLost) and not group.again:
            group.again = True
            self._send(group, release_slot)
            return
        if not self._overlapping:
            if isinstance(error, StoreError):
                group.items += self._waiting[group.key]
                self._waiting[group.key].clear()
            self._go_on(group.key)
        release_slot()
        try:
            results = self._parse(reply.result(), len(group.items))
        except Exception as problem:  # noqa: BLE001 - the items get it
            results = [copy_of(problem) for _ in group.items]
        self._resolve(group, results)


class SingleFlight(Batcher[tuple[Item, asyncio.Future[Result]], Result]):
    """A batcher whose items are waited for: those of a call share its flight to the server.

    `call(key, items)` sends them; the options are as in `Batcher`.
    """

    def __init__(self, call: Callable[[str, list[Item]], Awaitable[Any]], **options: Any) -> None:
        def send(group: Group[tuple[Item, asyncio.Future[Result]]]) -> Awaitable[Any]:
            return call(group.key, [item for item, _ in group.items])

        super().__init__(send, _resolve, **options)

    def ask(self, key: str, item: Item) -> asyncio.Future[Result]:
        """Add an item to the key's next call. Returns the future of its result."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.add(key, (item, result))
        return result


def _resolve(
    group: Group[tuple[Item, asyncio.Future[Result]]], results: Sequence[Result | Exception]
) -> None:
    for (_, waiting), result in zip(group.items, results, strict=True):
        if waiting.done():
            pass  # who waited has given up
        elif isinstance(result, BaseException):
            waiting.set_exception(result)
        else:
            waiting.set_result(result)
