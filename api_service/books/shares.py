"""Shares of a pool of connections to PostgreSQL, one for each kind of work.

The shares of a pool together are no more than its connections: no kind of work waits for another.
Errors of the driver are translated here, once, into those of `errors`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic
from typing import Final
from weakref import WeakValueDictionary

import psycopg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_service.books.errors import DatabaseBusy, DatabaseUnavailable, SchemaMissing

USERS: Final = 500  # of a share, that have a connection or wait for one
USES_OF_OWNER: Final = 100  # of these, by one owner
WAIT: Final = 3.0  # s for a connection, at most
REST: Final = 2.0  # s without another try after PostgreSQL did not answer

UNDEFINED: Final = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


class Share:
    """At most `at_once` connections of a pool, of which one owner has at most one.

    Who waits holds no connection. After no answer nobody tries for `rest` s.
    """

    def __init__(self, pool: AsyncEngine, at_once: int, *, rest: float = REST) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(at_once)
        self._uses: Counter[str] = Counter()  # by owner
        self._owners: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._rest = rest
        self._rests_until = 0.0  # s, monotonic

    @asynccontextmanager
    async def transaction(self, timeout: float, owner: str = "") -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction of at most `timeout` s, committed at the end of the block.

        An owner is whoever should wait for themselves alone, such as a studio; "" is nobody.

        Raises DatabaseBusy if too many wait, if no connection is free in time, or if the block
        takes too long, and DatabaseUnavailable; after a failed COMMIT it is unknown if the server
        committed.
        """
        async with self._turn(owner, min(timeout, WAIT)):
            if monotonic() < self._rests_until:
                raise DatabaseUnavailable("no answer to the transaction before")
            try:
                async with transaction(self._pool, timeout) as connection:
                    yield connection
            except DatabaseBusy:
                raise
            except DatabaseUnavailable:
                self._rests_until = monotonic() + self._rest
                raise

    @asynccontextmanager
    async def _turn(self, owner: str, wait: float) -> AsyncIterator[None]:
        """First the owner's, then the share's. Raises DatabaseBusy after `wait` s."""
        if self._uses.total() >= USERS or (owner and self._uses[owner] >= USES_OF_OWNER):
            raise DatabaseBusy("too many wait for a connection")
        self._uses[owner] += 1
        try:
            async with AsyncExitStack() as turns:
                try:
                    async with asyncio.timeout(wait):
                        if owner:
                            own = self._owners.setdefault(owner, asyncio.Lock())
                            await turns.enter_async_context(own)
                        await turns.enter_async_context(self._turns)
                except TimeoutError:
                    raise DatabaseBusy("no connection in time") from None
                yield
        finally:
            self._uses -= Counter((owner,))  # forgets those who have none


@asynccontextmanager
async def transaction(pool: AsyncEngine, timeout: float) -> AsyncIterator[AsyncConnection]:
    """A transaction with the driver's errors translated; see `Share.transaction`."""
    answers = False
    try:
        async with asyncio.timeout(timeout), pool.begin() as connection:
            answers = True
            yield connection
    except exc.ProgrammingError as error:
        if not isinstance(error.orig, UNDEFINED):
            raise
        raise SchemaMissing(reason(error)) from error
    except (
        exc.OperationalError,
        exc.InterfaceError,
        exc.InternalError,  # the server has ended a session that froze in its transaction
        exc.TimeoutError,
        TimeoutError,
        OSError,
    ) as error:
        # A server that gave a connection is there; others need not rest because of a long query.
        is_long = answers and isinstance(error, TimeoutError)
        raise (DatabaseBusy if is_long else DatabaseUnavailable)(reason(error)) from error


def reason(error: Exception) -> str:
    """The first line of the message of PostgreSQL or its driver."""
    said = str(error.orig) if isinstance(error, exc.DBAPIError) else str(error)
    return said.partition("\n")[0] or "no answer in time"
