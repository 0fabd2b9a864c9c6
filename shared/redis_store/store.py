"""The connection to Redis that both services use: each call goes to the master of its key."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import AskError, MovedError

from shared.process.redis_url import Kind, Node, RedisUrl, parse
from shared.process.tasks import end
from shared.redis_store.batcher import at_once
from shared.redis_store.errors import (
    ConnectionLost,
    StoreError,
    StoreFault,
    StoreUnavailable,
    StoreUnfit,
    translate,
    translated,
)
from shared.redis_store.master import CLOSED, FUNCTION, Begin, Call, Library, Master, ReleaseSlot
from shared.redis_store.redis_py import (
    Command,
    Link,
    Reply,
    connect,
    encode_command,
    key_slot,
    new_connection,
)
from shared.redis_store.topology import SLOTS, Layout, Topology, topology

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

T = TypeVar("T")

OLDEST_VERSION = (7, 2)
ASK_AGAIN_AFTER = 0.2  # s between two searches for the masters, however many calls fail
REDIRECTS = 5  # that one call follows
CONFIRM_WITHIN = 2.0  # s, for the reply to SUBSCRIBE


class Store:
    """Calls the library's functions, and commands with a key. Methods raise StoreError.

    Each goes to the master that holds its key; redirects (MOVED, ASK) are followed. After a failed
    call, the topology is read again; so a failover is found.
    Use it as `async with Store(...) as store`.
    """

    def __init__(
        self,
        topology: Topology,
        client_of: Callable[[Node], Redis],
        library: Library,
        kind: Kind = "server",
    ) -> None:
        self._topology = topology
        self._client_of = client_of
        self._library = library
        self._kind = kind
        self._masters: dict[Node, Master] = {}
        self._left: list[Master] = []
        # The master of every slot if there is only one; else each slot's master.
        self._only: Master | None = None
        self._by_slot: list[Master | None] = [None] * SLOTS
        # Slots that servers reported as moved since the last search began.
        self._moved: dict[int, Master] = {}
        self._problem: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._doubted = asyncio.Event()
        self._searched = asyncio.Event()
        self._search: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Store":
        self._doubted.set()
        self._search = asyncio.create_task(self._search_forever(), name="masters")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._search is not None
        await end(self._search)
        self._left += self._masters.values()
        await self._let_go()

    # Calls.

    def call(
        self, function: str, keys: Sequence[str], arguments: Sequence[str | int | bytes]
    ) -> asyncio.Future[list[Any]]:
        """Call a function, whose keys are all in one slot. Returns the future of its reply.

        If it raises StoreUnavailable, the function may have run, unless the server refused it.
        """
        command = (FUNCTION, f"{self._library.name}_{function}", len(keys), *keys, *arguments)
        master = self._only or self._by_slot[key_slot(keys[0].encode())]
        if master:
            return master.start(Call(command, self._loop.create_future(), is_function=True))
        return asyncio.ensure_future(self._find(keys[0], command))

    def command(self, name: str, key: str, *arguments: str | int) -> asyncio.Future[Reply]:
        """Run a command that has `key` as its first argument. Returns the future of its reply.

        Any further keys must be in the slot of `key`. It must only read: a command has no deadline,
        so one that its caller has given up may still run.
        """
        command = (name, key, *arguments)
        master = self._only or self._by_slot[key_slot(key.encode())]
        return master.send(command) if master else asyncio.ensure_future(self._find(key, command))

    def write(self, command: str, key: str, *arguments: str | int) -> asyncio.Future[list[Any]]:
        """Run a command that changes `key`, unless it reaches the server after its deadline."""
        return self.call("write", [key], [command, *arguments])

    def free(self, command: str, key: str, *arguments: str | int) -> asyncio.Future[list[Any]]:
        """Like `write`, for a command that frees memory: also while the server is out of it."""
        return self.call("free", [key], [command, *arguments])

    async def _find(self, key: str, command: Command) -> Reply:
        return await (await self.holder(key)).send(command)

    def acquire_slot(self, key: str, begin: Begin) -> ReleaseSlot | None:
        """A slot for a call to the key's master, or None: see `Master.acquire_slot`."""
        master = self._only or self._by_slot[key_slot(key.encode())]
        return master.acquire_slot(begin) if master else at_once(key, begin)

    async def subscription(self, key: str, channel: str, *, silent_after: float) -> "Subscription":
        """A subscription, not yet open, at the server that holds the key.

        It treats a connection that received nothing for `silent_after` s as lost. Raises
        StoreUnavailable if the server is unknown.
        """
        return Subscription((await self.holder(key)).client, channel, silent_after)

    async def holder(self, key: str) -> Master:
        """The master that holds the key. Raises StoreError if that is unknown."""
        await self._known()
        master = self._only or self._by_slot[key_slot(key.encode())]
        if master is None:
            self._doubted.set()
            raise StoreUnavailable("no server holds the key's slot")
        return master

    # All servers.

    async def ping(self) -> None:
        """Raise StoreUnavailable if any server does not reply."""
        for outcome in await self._everywhere(lambda master: master.send(("PING",))):
            if isinstance(outcome, BaseException):
                raise outcome

    async def inspect(self) -> None:
        """Load the library; raise StoreUnfit if a server is too old, could evict data, or has rooms
        in another layout.

        Skips servers that do not reply. Raises StoreUnavailable if none replies.
        """
        outcomes = await self._everywhere(self._inspect)
        problems = [outcome for outcome in outcomes if outcome is not None]
        for problem in problems:
            if not isinstance(problem, StoreUnavailable):
                raise problem
        if len(problems) == len(outcomes):
            raise problems[0]

    async def _everywhere(self, do: Callable[[Master], Awaitable[T]]) -> list[T | BaseException]:
        """Call `do` with every master. Returns the results and exceptions."""
        await self._known()
        return await asyncio.gather(*map(do, self._masters.values()), return_exceptions=True)

    async def _inspect(self, master: Master) -> None:
        _check_server(await master.send(("INFO", "server")), self._kind)
        policy = (await master.send(("INFO", "memory"))).get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise StoreUnfit(
                f"REDIS_URL: maxmemory-policy {policy} would evict presses; set noeviction"
            )
        libraries = await master.send(self._library.find_all)
        names = [
            dict(zip(each[::2], each[1::2], strict=True))["library_name"] for each in libraries
        ]
        for name in names:
            if not self._library.can_share(name):
                raise StoreUnfit(
                    f"REDIS_URL: the server has rooms in another layout than {self._library.name}"
                    f" reads; once none is left, run: FUNCTION DELETE {name}"
                )
        # A server that is out of memory refuses to load even a library that it has.
        if self._library.name not in names:
            await master.load_library()

    # What masters report.

    def _doubt(self, master: Master) -> None:
        """Read the topology again, since a call of this master has failed."""
        self._topology.ask_last(master.node)
        self._doubted.set()

    def _follow(self, master: Master, call: Call, error: AskError) -> None:
        """Send a call of this master to where its error says."""
        call.redirects += 1
        if call.redirects > REDIRECTS:
            call.fail(StoreUnavailable("the key's slot is moving"))
            return
        target = self._at(master.node.called(error.host, error.port))
        has_moved = isinstance(error, MovedError)
        if has_moved:
            self._move(error.slot_id, target)
        call.asks = not has_moved
        target.start(call)

    def _move(self, slot: int, master: Master) -> None:
        self._only = None
        self._by_slot[slot] = self._moved[slot] = master
        self._topology.ask_first(master.node)
        self._doubted.set()

    # The layout.

    async def _known(self) -> None:
        """Wait for the first search. Raises StoreError if no search has found a master yet."""
        await self._searched.wait()
        if not self._masters and self._problem:
            self._doubted.set()
            raise self._problem.with_traceback(None)

    async def _search_forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._topology.ask_every):
                    await self._doubted.wait()
            self._doubted.clear()
            self._moved.clear()
            try:
                await self._adopt(await self._topology.read_layout())
                self._problem = None
            except Exception as problem:  # noqa: BLE001 - calls that find no master raise it
                self._problem = problem
            self._searched.set()
            await asyncio.sleep(ASK_AGAIN_AFTER)

    async def _adopt(self, layout: Layout) -> None:
        by_slot: list[Master | None] = [None] * SLOTS
        for holding in layout:
            slots = slice(holding.first, holding.last + 1)
            by_slot[slots] = [self._at(holding.master)] * (slots.stop - slots.start)
        for slot, master in self._moved.items():
            by_slot[slot] = master
        holders = set(by_slot)
        self._by_slot = by_slot
        self._only = by_slot[0] if len(holders) == 1 else None
        self._left += [master for master in self._masters.values() if master not in holders]
        self._masters = {master.node: master for master in holders if master}
        await self._let_go()

    def _at(self, node: Node) -> Master:
        if node not in self._masters:
            client = self._client_of(node)
            self._masters[node] = Master(node, client, self._library, self._doubt, self._follow)
        return self._masters[node]

    async def _let_go(self) -> None:
        # Removed only after it is closed: if this is cancelled, the next call closes it.
        while self._left:
            await self._left[-1].aclose()
            self._left.pop()


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


class Subscription:
    """Receives the texts that are published on a channel, on a separate connection.

    `async with subscription` waits for the server's confirmation; `async for` yields the texts.
    Both raise StoreError. A lost subscription cannot be reopened: create another one.
    """

    def __init__(self, client: Redis, channel: str, silent_after: float) -> None:
        self._replies: asyncio.Queue[Reply] = asyncio.Queue()
        put = self._replies.put_nowait
        self._link = Link(client, put, lambda error: put(error or CLOSED))
        self._channel = channel
        self._silent_after = silent_after

    async def __aenter__(self) -> "Subscription":
        """Subscribe. Raises StoreError if the server does not confirm it."""
        try:
            with translated():
                await self._link.open()
            self._link.send(encode_command(("SUBSCRIBE", self._channel)))
            await self._next(CONFIRM_WITHIN)
        except BaseException:
            self._link.abort()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._link.abort()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        """The next text. Raises StoreUnavailable if none comes within `silent_after` s."""
        return str((await self._next(self._silent_after))[2])

    async def _next(self, within: float) -> Reply:
        """The next reply: its kind, the channel and the text."""
        try:
            async with asyncio.timeout(within):
                reply = await self._replies.get()
        except TimeoutError:
            raise StoreUnavailable("Redis was silent on the subscription") from None
        if isinstance(reply, Exception):
            raise translate(reply)
        return reply


@asynccontextmanager
async def open_store(url: str, *, client_name: str, library: Library) -> AsyncIterator[Store]:
    """Open a store with separate connections, and close them at the end of the block.

    Raises StoreUnfit if the URL cannot be used. The message contains no part of the URL.
    """
    try:
        address = parse(url)
        check(address)
    except ValueError as problem:
        raise StoreUnfit(f"REDIS_URL: {problem}") from None

    def client_of(node: Node) -> Redis:
        return connect(address.server(node), client_name=client_name)

    masters_of = topology(address, client_name=client_name)
    async with Store(masters_of, client_of, library, address.kind) as store:
        yield store


def check(address: RedisUrl) -> None:
    """Raise ValueError if redis-py cannot use the URL. The message contains no part of the URL."""
    node = Node("localhost", 1)
    urls = [address.server(node)] + [address.sentinel(node)] * (address.kind == "sentinel")
    try:
        for url in urls:
            new_connection(connect(url, client_name=""))
    except (TypeError, ValueError):
        raise ValueError("redis-py cannot read the address or one of the options") from None
