"""The way to Redis: one connection on which calls that arrive together travel together.

Foreign errors are translated here, once:

    StoreError
    ├── StoreUnavailable    the server is away, busy or refuses writes; the call may have run
    │   └── ConnectionLost  the link broke under the call
    └── StoreUnfit          the server must not be used as it is configured
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared import library
from shared.tasks import end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

CONNECT_TIMEOUT = 2.0  # s
ANSWER_TIMEOUT = 3.0  # s, for a whole batch of calls
BATCH_LIMIT = 500  # calls in one round trip
OLDEST_VERSION = (7, 2)

# Answers of a server that cannot serve just now; any other error answer is a fault of ours. For
# some redis-py has classes, and takes the code off their text.
OUTAGES = (
    exceptions.BusyLoadingError,
    exceptions.ClusterDownError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.TryAgainError,
)
OUTAGE_CODES = ("BUSY ", "MISCONF ", "NOREPLICAS ")

Reply = Any


class StoreError(Exception):
    """Something about Redis."""


class StoreUnavailable(StoreError):
    """The server cannot serve just now."""


class ConnectionLost(StoreUnavailable):
    """The link broke while a call was under way; the call may have run."""


class StoreUnfit(StoreError):
    """The server must not be used as it is configured; the message is one clear line."""


def connect(url: str, *, client_name: str) -> Redis:
    """A client that retries nothing: a press that is sent twice would count twice."""
    return Redis.from_url(
        url,
        client_name=client_name,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=CONNECT_TIMEOUT,
        socket_timeout=ANSWER_TIMEOUT,
    )


def translate(error: Exception) -> Exception:
    """A redis-py error as one of ours; what nobody expected stays itself."""
    if isinstance(error, OUTAGES):
        return StoreUnavailable(str(error))
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return StoreUnavailable("Redis does not answer")
    if isinstance(error, exceptions.ConnectionError | exceptions.InvalidResponse | OSError):
        return ConnectionLost(f"Redis is away: {error}")
    if isinstance(error, exceptions.NoPermissionError):
        return StoreUnfit(f"REDIS_URL: the user lacks a permission: {error}")
    if isinstance(error, exceptions.ResponseError) and str(error).startswith(OUTAGE_CODES):
        return StoreUnavailable(str(error))
    return error


class Store:
    """Calls the library's functions.

    While one round trip is in flight, calls that arrive are collected and go as one pipeline when
    it returns: no timer, no wait when there is little to do.

    Use it as `async with Store(client) as store`.
    """

    def __init__(self, client: Redis) -> None:
        self.client = client
        self._waiting: list[tuple[tuple[Any, ...], asyncio.Future[Reply]]] = []
        self._arrived = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Store:
        self._sender = asyncio.create_task(self._send_forever(), name="store sender")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._sender is not None
        await end(self._sender)
        for _call, future in self._waiting:
            future.cancel()

    async def call(
        self, function: str, keys: Sequence[str], arguments: Sequence[str | int]
    ) -> list[Any]:
        """The function's reply. Raises StoreError.

        After StoreUnavailable the call may have run, unless the server refused it.
        """
        command = ("FCALL", library.function(function), len(keys), *keys, *arguments)
        try:
            return list(await self.command(*command))
        except exceptions.ResponseError as error:
            if "Function not found" not in str(error):
                raise
        # A new server, or a replica promoted before it had the library: the call did nothing.
        await self.load_library()
        return list(await self.command(*command))

    async def command(self, *command: str | int) -> Reply:
        """The reply to any command, sent together with whatever else waits."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        self._arrived.set()
        return await future

    async def load_library(self) -> None:
        """Load the library unless the server has it; it stays, in snapshots and on replicas."""
        try:
            await self.command("FUNCTION LOAD", library.SOURCE)
        except exceptions.ResponseError as error:
            if "already exists" not in str(error):
                raise

    async def inspect(self) -> None:
        """Load the library and raise StoreUnfit where the server is too old or would evict data."""
        version = str((await self.command("INFO", "server"))["redis_version"])
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
            raise StoreUnfit(
                f"REDIS_URL: the server speaks version {version}; 7.2 or later is needed"
            )
        policy = (await self.command("INFO", "memory")).get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise StoreUnfit(
                f"REDIS_URL: maxmemory-policy {policy} throws presses away; set noeviction"
            )
        await self.load_library()

    async def _send_forever(self) -> None:
        while True:
            await self._arrived.wait()
            batch, self._waiting = self._waiting[:BATCH_LIMIT], self._waiting[BATCH_LIMIT:]
            if not self._waiting:
                self._arrived.clear()
            await self._send(batch)

    async def _send(self, batch: list[tuple[tuple[Any, ...], asyncio.Future[Reply]]]) -> None:
        try:
            replies = await self._replies([command for command, _ in batch])
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        for (_, future), reply in zip(batch, replies, strict=True):
            if future.done():
                continue
            if isinstance(reply, Exception):
                future.set_exception(translate(reply))
            else:
                future.set_result(reply)

    async def _replies(self, commands: list[tuple[Any, ...]]) -> list[Reply]:
        """Each command's reply, or the exception that became of it."""
        try:
            return await self._round_trip(commands)
        except (UnicodeError, exceptions.DataError) as error:
            # One of them cannot be put into bytes, so none was sent: the others go without it.
            if len(commands) == 1:
                return [error]
            return [reply for command in commands for reply in await self._replies([command])]
        except Exception as error:  # noqa: BLE001 - every caller hears of it; the sender lives on
            return [error] * len(commands)

    async def _round_trip(self, commands: list[tuple[Any, ...]]) -> list[Reply]:
        async with self.client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            return list(await pipeline.execute(raise_on_error=False))


@asynccontextmanager
async def open_store(url: str, *, client_name: str) -> AsyncIterator[Store]:
    """A store on a client of its own, closed in the end."""
    async with connect(url, client_name=client_name) as client, Store(client) as store:
        yield store
