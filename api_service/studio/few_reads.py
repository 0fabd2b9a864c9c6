"""Limits how many reads take connections of PostgreSQL's pool, which the ledger needs, too."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from api_service.books.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MOST_READS: Final = 100  # that run or wait
REST: Final = 2.0  # s without a read after PostgreSQL did not answer

Found = TypeVar("Found")


class FewReads:
    """Runs `at_once` reads; some wait for a place, and the others are refused."""

    def __init__(self, at_once: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._reads = 0
        self._rests_until = 0.0  # s, monotonic

    async def run(self, read: Callable[[], Awaitable[Found]]) -> Found:
        """What `read` returns. Raises what it raises.

        Raises DatabaseUnavailable without calling it if too many wait, or just after such an
        error.
        """
        if self._reads >= MOST_READS:
            raise DatabaseUnavailable("too many reads wait")
        self._reads += 1
        try:
            async with self._places:
                return await self._found(read)
        finally:
            self._reads -= 1

    async def _found(self, read: Callable[[], Awaitable[Found]]) -> Found:
        if monotonic() < self._rests_until:
            raise DatabaseUnavailable("no answer to the read before")
        try:
            return await read()
        except DatabaseUnavailable:
            self._rests_until = monotonic() + REST
            raise
