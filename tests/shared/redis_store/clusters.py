"""Servers that replace each other: a master under sentinels, and a cluster.

They are real processes on loopback, set to notice a dead server within about a second.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.crc import key_slot

from tests.conftest import free_ports
from tests.shared.redis_store.members import HOST, QUICK, Member, running
from tests.waiting import until

SERVICE = "rooms"
MASTERS = 3
SLOTS = 16_384
DOWN_AFTER = 500  # ms until sentinels take a master for dead
# Sentinels that look more often than they do by themselves, and at first say at once that they are.
WATCHFUL = ("INFO-PERIOD", 300, "PING-PERIOD", 300, "ASK-PERIOD", 300, "PUBLISH-PERIOD", 200)
KNOWN = ("PUBLISH-PERIOD", 2000)
NODE_TIMEOUT = 1000  # ms until a cluster's nodes do


@dataclass
class SentinelGroup:
    """A master and its replicas, and three sentinels that choose the next master."""

    servers: list[Member]
    sentinels: list[Member]
    _dead: Member | None = None

    @property
    def url(self) -> str:
        nodes = ",".join(sentinel.name for sentinel in self.sentinels)
        return f"redis+sentinel://{nodes}/{SERVICE}"

    async def master(self) -> Member:
        """The master as the first sentinel sees it."""
        arguments = ("GET-MASTER-ADDR-BY-NAME", SERVICE)
        _, port = await self.sentinels[0].command("SENTINEL", *arguments)
        return next(server for server in self.servers if server.port == int(port))

    async def kill_master(self) -> Member:
        """Kill it, as a power cut would. Returns it."""
        self._dead = await self.master()
        await self._dead.kill()
        return self._dead

    async def pause_master(self) -> Member:
        """Freeze it: when it continues, another master may have replaced it."""
        self._dead = await self.master()
        self._dead.pause()
        return self._dead

    async def depose_master(self) -> Member:
        """Make the sentinels choose another master; this one learns of it only later."""
        self._dead = await self.master()
        await self.sentinels[0].command("SENTINEL", "FAILOVER", SERVICE)
        return self._dead

    async def wait_promoted(self) -> Member:
        """Wait until there is another master. Returns it."""

        async def promoted() -> bool:
            return await self.master() is not self._dead

        await until(promoted)
        return await self.master()

    async def heal(self) -> None:
        """Restart the members that are missing.

        Returns once every replica follows and every sentinel knows all there is to know.
        """
        for member in (*self.servers, *self.sentinels):
            await member.heal()
        self._dead = None
        master = await self.master()
        for server in self.servers:
            if server is not master:
                # The sentinels would do this as well, some seconds later.
                await server.command("REPLICAOF", HOST, master.port)

        async def whole() -> bool:
            role = await master.command("ROLE")
            return len(role[2]) == len(self.servers) - 1 and all(
                [await self._sees_all(sentinel) for sentinel in self.sentinels]
            )

        await until(whole)

    async def _sees_all(self, sentinel: Member) -> bool:
        told = await sentinel.command("SENTINEL", "MASTER", SERVICE)
        facts = dict(zip(told[::2], told[1::2], strict=True))
        others = (int(facts["num-slaves"]), int(facts["num-other-sentinels"]))
        return facts["flags"] == "master" and others == (
            len(self.servers) - 1,
            len(self.sentinels) - 1,
        )


@asynccontextmanager
async def sentinel_group(folder: Path) -> AsyncIterator[SentinelGroup]:
    """A master with one replica, under three sentinels."""
    ports = free_ports(5)
    following = ("--replicaof", HOST, str(ports[0]))
    servers = [
        Member(folder / "first", ports[0], QUICK),
        Member(folder / "second", ports[1], (*QUICK, *following)),
    ]
    sentinels = [_sentinel(folder, port, ports[0]) for port in ports[2:]]
    async with running(servers, sentinels):
        for sentinel in sentinels:
            await sentinel.command("SENTINEL", "DEBUG", *WATCHFUL)
        group = SentinelGroup(servers, sentinels)
        await group.heal()
        for sentinel in sentinels:
            await sentinel.command("SENTINEL", "DEBUG", *KNOWN)
        yield group


def _sentinel(folder: Path, port: int, master_port: int) -> Member:
    lines = (
        f"sentinel monitor {SERVICE} {HOST} {master_port} 2",
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}",
        f"sentinel failover-timeout {SERVICE} 1000",
    )
    file = folder / f"sentinel-{port}.conf"
    file.write_text("\n".join(lines))
    return Member(folder / f"sentinel-{port}", port, (str(file), "--sentinel"))


@dataclass
class Cluster:
    """Three masters with a replica each."""

    nodes: list[Member]
    _dead: Member | None = None
    _lost_slot: int = 0

    @property
    def url(self) -> str:
        return f"redis+cluster://{','.join(node.name for node in self.nodes[:MASTERS])}"

    async def master(self, key: str) -> Member:
        """The master that holds the key, as its first living node sees it."""
        return await self._holder(key_slot(key.encode()))

    async def masters(self) -> list[Member]:
        """All nodes that hold slots."""
        told = await self._told_slots()
        return [node for node in self.nodes if node.port in {entry[2][1] for entry in told}]

    async def kill_master(self, key: str) -> Member:
        """Kill the master that holds the key. Returns it."""
        self._lost_slot = key_slot(key.encode())
        self._dead = await self._holder(self._lost_slot)
        await self._dead.kill()
        return self._dead

    async def pause_master(self, key: str) -> Member:
        """Freeze the master that holds the key."""
        self._lost_slot = key_slot(key.encode())
        self._dead = await self._holder(self._lost_slot)
        self._dead.pause()
        return self._dead

    async def wait_promoted(self) -> Member:
        """Wait until all others agree that another node holds the dead one's slots."""

        async def promoted() -> bool:
            return await self._holder(self._lost_slot) is not self._dead and await self._agreed()

        await until(promoted)
        return await self._holder(self._lost_slot)

    async def heal(self) -> None:
        """Restart the members that are missing.

        Returns once every node sees all slots held and every master has a replica that follows.
        """
        for node in self.nodes:
            await node.heal()
        self._dead = None
        await until(self._whole)

    async def _whole(self) -> bool:
        for node in self.nodes:
            slots = await node.command("CLUSTER", "SLOTS")
            if sum(last - first + 1 for first, last, *_ in slots) != SLOTS:
                return False
            if any(len(members) < 2 for _, _, *members in slots):
                return False
            role = await node.command("ROLE")
            if role[0] == "slave" and role[3] != "connected":
                return False
        return await self._agreed()

    async def _agreed(self) -> bool:
        infos = [
            await node.command("CLUSTER", "INFO") for node in self.nodes if node is not self._dead
        ]
        return all("cluster_state:ok" in info for info in infos)

    async def _told_slots(self) -> list[Any]:
        teller = next(node for node in self.nodes if node is not self._dead)
        return list(await teller.command("CLUSTER", "SLOTS"))

    async def _holder(self, slot: int) -> Member:
        for first, last, (_, port, *_), *_ in await self._told_slots():
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == port)
        raise AssertionError(f"nobody holds slot {slot}")


@asynccontextmanager
async def cluster(folder: Path) -> AsyncIterator[Cluster]:
    """Three masters with a replica each, all slots held."""
    ports = free_ports(4 * MASTERS)
    nodes = [
        Member(folder / f"node-{port}", port, (*QUICK, *_as_node(bus_port)))
        for port, bus_port in zip(ports[::2], ports[1::2], strict=True)
    ]
    async with running(nodes):
        await _unite(nodes, ports[1::2])
        cluster = Cluster(nodes)
        await cluster.heal()
        yield cluster


def _as_node(bus_port: int) -> tuple[str, ...]:
    options = {
        "cluster-enabled": "yes",
        "cluster-port": bus_port,
        "cluster-node-timeout": NODE_TIMEOUT,
        # However long a replica was cut off, it may take over.
        "cluster-replica-validity-factor": 0,
    }
    return tuple(word for name, value in options.items() for word in (f"--{name}", str(value)))


async def _unite(nodes: list[Member], bus_ports: list[int]) -> None:
    masters, replicas = nodes[:MASTERS], nodes[MASTERS:]
    for i, master in enumerate(masters):
        first, last = SLOTS * i // MASTERS, SLOTS * (i + 1) // MASTERS - 1
        await master.command("CLUSTER", "ADDSLOTSRANGE", first, last)
        await master.command("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
    for node, bus_port in zip(nodes[1:], bus_ports[1:], strict=True):
        await nodes[0].command("CLUSTER", "MEET", HOST, node.port, bus_port)
    for master, replica in zip(masters, replicas, strict=True):
        master_id = await master.command("CLUSTER", "MYID")

        async def known(replica: Member = replica, master_id: str = master_id) -> bool:
            return master_id in await replica.command("CLUSTER", "NODES")

        await until(known)
        await replica.command("CLUSTER", "REPLICATE", master_id)
