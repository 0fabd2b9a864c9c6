"""Calls go to the master that the topology finds, and to another when it changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from shared.engine.functions import LIBRARY
from shared.process.redis_url import Node
from shared.redis_store.errors import ConnectionLost, StoreUnavailable
from shared.redis_store.redis_py import connect
from shared.redis_store.store import Store
from shared.redis_store.topology import Answer, MasterSlots, Topology
from tests.shared.redis_store.members import Member, single
from tests.waiting import until

ASK_EVERY = 0.05  # s


class Told:
    """A topology whose answers a test sets."""

    def __init__(self, *layout: MasterSlots) -> None:
        self.layout = layout
        self.asked = 0
        self.topology = Topology((Node("told", 0),), self._ask, ask_every=ASK_EVERY)

    async def _ask(self, _: Node) -> Answer:
        self.asked += 1
        if not self.layout:
            raise StoreUnavailable("nobody knows")
        return Answer(0, self.layout)

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        async with Store(self.topology, client_of, LIBRARY) as store:
            yield store


def client_of(node: Node) -> Redis:
    return connect(f"redis://{node}", client_name="streamario-test")


@pytest.fixture(scope="module")
async def servers(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Member, Member]]:
    async with (
        single(tmp_path_factory.mktemp("one")) as one,
        single(tmp_path_factory.mktemp("two")) as two,
    ):
        yield one, two


@pytest.fixture
def nodes(servers: tuple[Member, Member]) -> list[Node]:
    return [Node("127.0.0.1", server.port) for server in servers]


async def port_of(store: Store, key: str) -> int:
    """Where a call about the key arrives."""
    return int((await (await store.holder(key)).send(("INFO", "server")))["tcp_port"])


async def test_each_slot_has_its_master(nodes: list[Node]) -> None:
    """A slot that no master holds has none."""
    slot = key_slot(b"key")
    told = Told(MasterSlots(nodes[0], 0, slot), MasterSlots(nodes[1], slot + 1, slot + 1))
    other = next(key for key in map(str, range(10**6)) if key_slot(key.encode()) == slot + 1)
    nobodys = next(key for key in map(str, range(10**6)) if key_slot(key.encode()) > slot + 1)
    async with told.store() as store:
        assert await port_of(store, "key") == nodes[0].port
        assert await port_of(store, other) == nodes[1].port
        with pytest.raises(StoreUnavailable, match="no server holds"):
            await port_of(store, nobodys)


async def test_calls_leave_a_master_that_is_none_any_more(nodes: list[Node]) -> None:
    """Calls in flight there end with an error, and later ones go to the new master."""
    told = Told(MasterSlots(nodes[0]))
    async with told.store() as store:
        under_way = store.command("BLPOP", "list", 0)
        assert (await store.holder("list")).node == nodes[0]
        told.layout = (MasterSlots(nodes[1]),)
        with pytest.raises(ConnectionLost):
            await under_way
        assert await port_of(store, "list") == nodes[1].port


async def test_where_nobody_knows_a_master_calls_are_refused_at_once(nodes: list[Node]) -> None:
    """With the reason; later calls succeed once a master is found."""
    told = Told()
    async with told.store() as store:
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="nobody knows"):
                await store.command("GET", "key")
        told.layout = (MasterSlots(nodes[0]),)

        async def found() -> bool:
            try:
                return await port_of(store, "key") == nodes[0].port
            except StoreUnavailable:
                return False

        await until(found)


async def test_a_master_is_kept_while_nobody_knows_better(nodes: list[Node]) -> None:
    """The topology may be down for longer than the servers."""
    told = Told(MasterSlots(nodes[0]))
    async with told.store() as store:
        assert await port_of(store, "key") == nodes[0].port
        told.layout = ()
        before = told.asked

        async def asked_again() -> bool:
            return told.asked >= before + 2

        await until(asked_again)
        assert await port_of(store, "key") == nodes[0].port
