"""Routes each call to the master that holds its key."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from redis.exceptions import AskError, MovedError

from shared.process.tasks import end
from shared.redis_store.directory import SLOTS
from shared.redis_store.errors import StoreUnavailable
from shared.redis_store.pipeline import Pipeline
from shared.redis_store.redis_py import key_slot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

    from shared.process.redis_url import Node
    from shared.redis_store.directory import Directory, Layout
    from shared.redis_store.library import Library
    from shared.redis_store.pipeline import BeginTurn, Call
    from shared.redis_store.redis_py import Command, Reply

T = TypeVar("T")

ASK_AGAIN_AFTER = 0.2  # s between two searches for the masters, however many calls fail
REDIRECTS = 5  # that one call follows


class Master(Pipeline):
    """A pipeline to a server whose host and port are known."""

    def __init__(self, node: Node, masters: Masters, client: Redis, library: Library) -> None:
        super().__init__(client, library)
        self.node = node
        self._masters = masters

    def failed(self) -> None:
        """Look for the masters again: another server may be the master now."""
        self._masters.doubt(self)

    def redirected(self, call: Call, error: AskError) -> None:
        """Send the call where the server says."""
        self._masters.follow(call, error, self)


class Masters:
    """One pipeline for each master that the directory finds.

    After a failed call, the directory is asked again; so a failover is found.
    Use it as `async with Masters(...) as masters`.
    """

    def __init__(
        self, directory: Directory, client_of: Callable[[Node], Redis], library: Library
    ) -> None:
        self._directory = directory
        self._client_of = client_of
        self._library = library
        self._masters: dict[Node, Master] = {}
        self._left: list[Master] = []
        # The master of every slot if there is only one; else each slot's master.
        self._only: Master | None = None
        self._by_slot: list[Master | None] = [None] * SLOTS
        # Slots that servers reported as moved since the last search began.
        self._moved: dict[int, Master] = {}
        self._problem: Exception | None = None
        self._doubted = asyncio.Event()
        self._searched = asyncio.Event()
        self._search: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Masters:
        self._doubted.set()
        self._search = asyncio.create_task(self._search_forever(), name="masters")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._search is not None
        await end(self._search)
        self._left += self._masters.values()
        await self._let_go()

    # Calls.

    def send(self, key: str, command: Command) -> asyncio.Future[Reply]:
        """Send a command to the master that holds the key.

        Returns the future of the reply, or of a StoreError; redirects (MOVED, ASK) are followed.
        """
        master = self._known_holder(key)
        return master.send(command) if master else asyncio.ensure_future(self._find(key, command))

    def take_turn(self, key: str, begin: BeginTurn) -> None:
        """Call `begin`, which sends a call, when few enough are in flight at the key's master.

        `begin` gets a function to call when the reply is here. See `Pipeline.take_turn`.
        """
        master = self._known_holder(key)
        if master:
            master.take_turn(begin)
        else:
            begin(lambda: None)

    async def holder(self, key: str) -> Master:
        """The master that holds the key. Raises StoreError if that is unknown."""
        await self._known()
        master = self._known_holder(key)
        if master is None:
            self._doubted.set()
            raise StoreUnavailable("no server holds the key's slot")
        return master

    def _known_holder(self, key: str) -> Master | None:
        return self._only or self._by_slot[key_slot(key.encode())]

    async def _find(self, key: str, command: Command) -> Reply:
        return await (await self.holder(key)).send(command)

    async def everywhere(self, do: Callable[[Master], Awaitable[T]]) -> list[T | BaseException]:
        """Call `do` with every master. Returns the results and exceptions."""
        await self._known()
        return await asyncio.gather(*map(do, self._masters.values()), return_exceptions=True)

    # What the masters report.

    def doubt(self, master: Master) -> None:
        """Ask the directory again, since a call of this master has failed."""
        self._directory.ask_last(master.node)
        self._doubted.set()

    def follow(self, call: Call, error: AskError, master: Master) -> None:
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

    # The layout.

    async def _known(self) -> None:
        """Wait for the first search. Raises StoreError if no search has found a master yet."""
        await self._searched.wait()
        if not self._masters and self._problem:
            self._doubted.set()
            raise self._problem.with_traceback(None)

    def _move(self, slot: int, master: Master) -> None:
        self._only = None
        self._by_slot[slot] = self._moved[slot] = master
        self._directory.ask_first(master.node)
        self._doubted.set()

    async def _search_forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._directory.ask_every):
                    await self._doubted.wait()
            self._doubted.clear()
            self._moved.clear()
            try:
                await self._adopt(await self._directory.read_layout())
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
            self._masters[node] = Master(node, self, self._client_of(node), self._library)
        return self._masters[node]

    async def _let_go(self) -> None:
        # Removed only after it is closed: if this is cancelled, the next call closes it.
        while self._left:
            await self._left[-1].aclose()
            self._left.pop()
