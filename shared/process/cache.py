"""A cache in memory that fetches each value once, however many callers wait for it."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

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
        return await self._found(key)

    async def get_all(self, keys: Sequence[Key]) -> list[Value | BaseException]:
        """Each key's value or error, in their order; no task is made for one."""
        return await asyncio.gather(*map(self._found, keys), return_exceptions=True)

    def _found(self, key: Key) -> asyncio.Future[Value]:
        try:
            value = self.get_cached(key)
        except KeyError:
            # Shielded: others may wait for the same value when one who waits hangs up.
            return asyncio.shield(self._fetching.get(key) or self._begin(key))
        found: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        found.set_result(value)
        return found

    def get_cached(self, key: Key) -> Value:
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
        fetching = self._fetching[key] = asyncio.ensure_future(self._fetch(key))
        fetching.add_done_callback(partial(self._fetched, key))
        return fetching

    def _fetched(self, key: Key, fetching: asyncio.Future[Value]) -> None:
        has_failed = fetching.cancelled() or fetching.exception()  # who waits gets it; maybe nobody
        if self._fetching.get(key) is fetching:
            del self._fetching[key]
            if not has_failed:
                self.put(key, fetching.result())

    def _first_until(self) -> float:
        return next(iter(self._entries.values()))[1]


class StaleOnError(Generic[Key, Value]):
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
                return self._known.get_cached(key)
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
            self._known.get_cached(key)
        except KeyError:
            return False
        return True
