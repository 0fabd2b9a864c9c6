"""A cache in memory that fetches each value once, however many callers wait for it."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.process.tasks import fail_each

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Key = TypeVar("Key")
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Caches what `fetch(key)` returned for `ttl` s; the least recently used goes first.

    A value that is asked for in the second half of that time is fetched anew meanwhile.

    The values' sizes (each 1, unless `size` says another) are together at most `limit`.
    """

    def __init__(
        self,
        fetch: Callable[[Key], Awaitable[Value]],
        *,
        limit: int,
        ttl: float = math.inf,
        size: Callable[[Value], int] = lambda _: 1,
    ) -> None:
        self._fetch = fetch
        self._limit = limit
        self._ttl = ttl
        self._size_of = size
        self._size = 0
        self._entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()  # until (s, monotonic)
        self._fetching: dict[Key, asyncio.Future[Value]] = {}

    async def get(self, key: Key) -> Value:
        """The value. Raises what `fetch` raises; the next caller fetches again."""
        with suppress(KeyError):
            return self.at_hand(key)
        fetching = self._fetching.get(key) or self._begin(key)
        # Shielded: others may wait for the same value when one who waits hangs up.
        return await asyncio.shield(fetching)

    def at_hand(self, key: Key) -> Value:
        """The value. Raises KeyError if it must be fetched."""
        value, until = self._entries[key]
        left = until - monotonic()
        if left <= 0:
            raise KeyError
        if left < self._ttl / 2 and key not in self._fetching:
            self._begin(key)  # so that nobody waits for a value that is in use
        self._entries.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> None:
        """Store a value as if it had just been fetched, instead of what a running fetch returns."""
        now = monotonic()
        self.forget(key)
        self._entries[key] = value, now + self._ttl
        self._size += self._size_of(value)
        while self._entries and (self._size > self._limit or self._first_until() <= now):
            self._drop(next(iter(self._entries)))

    def forget(self, key: Key) -> None:
        """Drop the value, and what a running fetch returns: whoever asks next waits for another."""
        self._fetching.pop(key, None)
        self._drop(key)

    def _drop(self, key: Key) -> None:
        if entry := self._entries.pop(key, None):
            self._size -= self._size_of(entry[0])

    def _begin(self, key: Key) -> asyncio.Future[Value]:
        fetching = self._fetching[key] = asyncio.create_task(self._fetched(key), name="fetch")
        fetching.add_done_callback(lambda done: self._end(key, done))
        return fetching

    async def _fetched(self, key: Key) -> Value:
        value = await self._fetch(key)
        if self._fetching.get(key) is asyncio.current_task():
            self.put(key, value)
        return value

    def _end(self, key: Key, fetching: asyncio.Future[Value]) -> None:
        if self._fetching.get(key) is fetching:
            del self._fetching[key]
        if not fetching.cancelled():
            fetching.exception()  # whoever waits gets it; it may be nobody

    def _first_until(self) -> float:
        return next(iter(self._entries.values()))[1]


class LastKnown(Generic[Key, Value]):
    """Fetches a value each time; while that raises one of `errors`, it is the last, however old.

    None says that there is nothing, which is not remembered: strangers can ask for much of it.
    """

    def __init__(
        self,
        fetch: Callable[[Key], Awaitable[Value]],
        *,
        limit: int,
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._fetch = fetch
        self._errors = errors
        self._known = Cache(fetch, limit=limit)

    async def get(self, key: Key) -> Value:
        """The value. Raises what `fetch` raises if there was none before."""
        try:
            value = await self._fetch(key)
        except self._errors:
            with suppress(KeyError):
                return self._known.at_hand(key)
            raise
        if value is None:
            self._known.forget(key)
        else:
            self.learn(key, value)
        return value

    def learn(self, key: Key, value: Value) -> None:
        """Remember a value, also one that was found in another way."""
        self._known.put(key, value)

    def knows(self, key: Key) -> bool:
        """Whether there was a value when it was last fetched; it is then in use."""
        try:
            self._known.at_hand(key)
        except KeyError:
            return False
        return True


class GroupedCache(Cache[Key, Value]):
    """A cache that fetches together what is asked for in one iteration of the event loop.

    `fetch_all(keys)` returns each key's value or error, in their order.
    """

    def __init__(
        self,
        fetch_all: Callable[[Sequence[Key]], Awaitable[Sequence[Value | BaseException]]],
        *,
        limit: int,
        ttl: float,
    ) -> None:
        super().__init__(self._fetch_alone, limit=limit, ttl=ttl)
        self._fetch_all = fetch_all
        self._asked: list[tuple[Key, asyncio.Future[Value]]] = []
        self._groups: set[asyncio.Task[None]] = set()

    async def get_all(self, keys: Sequence[Key]) -> list[Value | BaseException]:
        """Each key's value or error, in their order."""
        return await asyncio.gather(*map(self._value_of, keys), return_exceptions=True)

    def _value_of(self, key: Key) -> asyncio.Future[Value]:
        try:
            value = self.at_hand(key)
        except KeyError:
            # A future of its own: others may wait for the same value when this caller is cancelled.
            return asyncio.shield(self._fetching.get(key) or self._begin(key))
        found: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        found.set_result(value)
        return found

    async def _fetch_alone(self, key: Key) -> Value:
        raise NotImplementedError  # `_begin` fetches groups

    def _begin(self, key: Key) -> asyncio.Future[Value]:
        fetching: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        fetching.add_done_callback(partial(self._end, key))
        self._fetching[key] = fetching
        self._asked.append((key, fetching))
        if len(self._asked) == 1:
            group = asyncio.create_task(self._fetch_group(), name="fetch")
            self._groups.add(group)
            group.add_done_callback(self._groups.discard)
        return fetching

    async def _fetch_group(self) -> None:
        asked, self._asked = self._asked, []
        try:
            values = await self._fetch_all([key for key, _ in asked])
        except Exception as error:  # noqa: BLE001 - everybody who waits gets it
            fail_each((fetching for _, fetching in asked), error)
            return
        for (key, fetching), value in zip(asked, values, strict=True):
            if isinstance(value, BaseException):
                fetching.set_exception(value)
                continue
            if self._fetching.get(key) is fetching:
                self.put(key, value)
            fetching.set_result(value)
