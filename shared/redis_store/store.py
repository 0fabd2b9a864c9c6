"""The connection to Redis that both services use."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from shared.process.redis_url import parse
from shared.redis_store.connections import check, connect
from shared.redis_store.directory import directory
from shared.redis_store.errors import (
    ConnectionLost,
    StoreError,
    StoreFault,
    StoreUnavailable,
    StoreUnfit,
)
from shared.redis_store.masters import Masters
from shared.redis_store.pipeline import FUNCTION
from shared.redis_store.subscription import Subscription

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Sequence

    from redis.asyncio import Redis

    from shared.process.redis_url import Kind, Node, RedisUrl
    from shared.redis_store.library import Library
    from shared.redis_store.masters import Master
    from shared.redis_store.redis_py import Reply

__all__ = [
    "ConnectionLost",
    "Store",
    "StoreError",
    "StoreFault",
    "StoreUnavailable",
    "StoreUnfit",
    "Subscription",
    "open_store",
]

OLDEST_VERSION = (7, 2)


class Store:
    """Calls the library's functions, and commands with a key. Methods raise StoreError."""

    def __init__(self, masters: Masters, kind: Kind, library: Library) -> None:
        self._masters = masters
        self.take_turn = masters.take_turn  # limits the calls in flight
        self._kind = kind
        self._library = library

    def call(
        self, function: str, keys: Sequence[str], arguments: Sequence[str | int | bytes]
    ) -> asyncio.Future[list[Any]]:
        """Call a function, whose keys are all in one slot. Returns the future of its reply.

        If it raises StoreUnavailable, the function may have run, unless the server refused it.
        """
        return self._masters.send(
            keys[0],
            (FUNCTION, f"{self._library.name}_{function}", len(keys), *keys, *arguments),
        )

    def command(self, name: str, key: str, *arguments: str | int) -> asyncio.Future[Reply]:
        """Run a command that has `key` as its first argument. Returns the future of its reply.

        Any further keys must be in the slot of `key`. It must only read: a command has no deadline,
        so one that its caller has given up may still run.
        """
        return self._masters.send(key, (name, key, *arguments))

    def write(self, command: str, key: str, *arguments: str | int) -> asyncio.Future[list[Any]]:
        """Run a command that changes `key`, unless it reaches the server after its deadline."""
        return self.call("write", [key], [command, *arguments])

    def free(self, command: str, key: str, *arguments: str | int) -> asyncio.Future[list[Any]]:
        """Like `write`, for a command that frees memory: also while the server is out of it."""
        return self.call("free", [key], [command, *arguments])

    async def subscription(self, key: str, channel: str, *, silent_after: float) -> Subscription:
        """A subscription, not yet open, at the server that holds the key.

        It treats a connection that received nothing for `silent_after` s as lost. Raises
        StoreUnavailable if the server is unknown.
        """
        return Subscription((await self._masters.holder(key)).new_link(), channel, silent_after)

    async def ping(self) -> None:
        """Raise StoreUnavailable if any server does not reply."""
        for outcome in await self._masters.everywhere(_ping):
            if outcome is not None:
                raise outcome

    async def inspect(self) -> None:
        """Load the library; raise StoreUnfit if a server is too old, could evict data, or has rooms
        in another layout.

        Skips servers that do not reply. Raises StoreUnavailable if none replies.
        """
        outcomes = await self._masters.everywhere(self._inspect)
        problems = [outcome for outcome in outcomes if outcome is not None]
        for problem in problems:
            if not isinstance(problem, StoreUnavailable):
                raise problem
        if len(problems) == len(outcomes):
            raise problems[0]

    async def _inspect(self, master: Master) -> None:
        _check_server(await master.send(("INFO", "server")), self._kind)
        policy = (await master.send(("INFO", "memory"))).get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise StoreUnfit(
                f"REDIS_URL: maxmemory-policy {policy} would evict presses; set noeviction"
            )
        for found in await master.send(self._library.find_all):
            _check_layout(
                dict(zip(found[::2], found[1::2], strict=True))["library_name"], self._library
            )
        await master.load_library()


async def _ping(master: Master) -> None:
    await master.send(("PING",))


def _check_server(facts: dict[str, Any], kind: Kind) -> None:
    version = str(facts["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
        raise StoreUnfit(f"REDIS_URL: the server has version {version}; 7.2 or later is needed")
    # The name in Valkey, then the one in Redis.
    mode = facts.get("server_mode") or facts.get("redis_mode", "standalone")
    if mode != "standalone" and kind == "server":
        raise StoreUnfit(
            f"REDIS_URL: the server is part of a {mode}; begin the URL with redis+{mode}://"
        )


def _check_layout(found: str, library: Library) -> None:
    if not library.can_share(found):
        raise StoreUnfit(
            f"REDIS_URL: the server has rooms in another layout than {library.name} reads;"
            f" once none is left, run: FUNCTION DELETE {found}"
        )


def _address(url: str) -> RedisUrl:
    try:
        address = parse(url)
        check(address)
    except ValueError as problem:
        raise StoreUnfit(f"REDIS_URL: {problem}") from None
    return address


@asynccontextmanager
async def open_store(url: str, *, client_name: str, library: Library) -> AsyncIterator[Store]:
    """Open a store with separate connections, and close them at the end of the block.

    Raises StoreUnfit if the URL cannot be used. The message contains no part of the URL.
    """
    address = _address(url)

    def client_of(node: Node) -> Redis:
        return connect(address.server(node), client_name=client_name)

    masters_of = directory(address, client_name=client_name)
    async with Masters(masters_of, client_of, library) as masters:
        yield Store(masters, address.kind, library)
