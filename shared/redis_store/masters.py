"""Routes each call to the master that holds its key."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from redis.exceptions import AskError, MovedError

from shared.process.tasks import end
from shared.redis_store.batcher import Batcher
from shared.redis_store.directory import SLOTS
from shared.redis_store.errors import StoreUnavailable
from shared.redis_store.redis_py import key_slot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

    from shared.process.redis_url import Node
    from shared.redis_store.batcher import Growing
    from shared.redis_store.directory import Directory, Layout
    from shared.redis_store.library import Library
    from shared.redis_store.redis_py import Command, Reply

T = TypeVar("T")

ASK_AGAIN_AFTER = 0.2  # s between two searches for the masters, however many calls fail
REDIRECTS = 5  # that one call follows


class Master(Batcher):
    """A batcher with its server's host and port."""

    def __init__(self, node: Node, client: Redis, library: Library) -> None:
        super().__init__(client, library)
        self.node = node


class Masters:
    """One batcher for each master that the directory finds.

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

    async def send(self, key: str, command: Command | Growing) -> Reply:
        """The reply of the master that holds the key; follows redirects (MOVED, ASK).

        Raises StoreError.
        """
        master = self._only or await self.holder(key)
        try:
            return await master.send(command)
        except StoreUnavailable:
            self._doubt(master)
            raise
        except AskError as elsewhere:
            return await self._follow(elsewhere, master, command)

    async def holder(self, key: str) -> Master:
        """The master that holds the key. Raises StoreError if that is unknown."""
        await self._known()
        if self._only:
            return self._only
        master = self._by_slot[key_slot(key.encode())]
        if master is None:
            self._doubted.set()
            raise StoreUnavailable("no server holds the key's slot")
        return master

    async def everywhere(self, do: Callable[[Master], Awaitable[T]]) -> list[T | BaseException]:
        """Call `do` with every master. Returns the results and exceptions."""
        await self._known()
        masters = list(self._masters.values())
        outcomes = await asyncio.gather(*map(do, masters), return_exceptions=True)
        for master, outcome in zip(masters, outcomes, strict=True):
            if isinstance(outcome, StoreUnavailable):
                self._doubt(master)
        return outcomes

    async def _follow(
        self, elsewhere: AskError, master: Master, command: Command | Growing
    ) -> Reply:
        for _ in range(REDIRECTS):
            master = self._at(master.node.called(elsewhere.host, elsewhere.port))
            try:
                if isinstance(elsewhere, MovedError):
                    self._move(elsewhere.slot_id, master)
                    return await master.send(command)
                return await master.ask(command)
            except StoreUnavailable:
                self._doubt(master)
                raise
            except AskError as another:
                elsewhere = another
        raise StoreUnavailable("the key's slot is moving")

    # The layout.

    async def _known(self) -> None:
        """Wait for the first search. Raises StoreError if no search has found a master yet."""
        await self._searched.wait()
        if not self._masters and self._problem:
            self._doubted.set()
            raise self._problem.with_traceback(None)

    def _doubt(self, master: Master) -> None:
        self._directory.ask_last(master.node)
        self._doubted.set()

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
            self._masters[node] = Master(node, self._client_of(node), self._library)
        return self._masters[node]

    async def _let_go(self) -> None:
        # Removed only after it is closed: if this is cancelled, the next call closes it.
        while self._left:
            await self._left[-1].aclose()
            self._left.pop()
