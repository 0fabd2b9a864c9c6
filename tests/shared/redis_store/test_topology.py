"""Which answer about the masters is used."""

import pytest
from redis import exceptions

from shared.process.redis_url import Node
from shared.redis_store.errors import StoreUnavailable, StoreUnfit
from shared.redis_store.topology import Answer, MasterSlots, Topology

ONE, TWO, THREE = (Node("node", port) for port in (1, 2, 3))


class Talk:
    """What each node answers, and which nodes were asked."""

    def __init__(self) -> None:
        self.says: dict[Node, Answer | Exception] = {}
        self.asked: list[Node] = []

    async def ask(self, node: Node) -> Answer:
        self.asked.append(node)
        said = self.says.get(node, exceptions.ConnectionError("refused"))
        if isinstance(said, Exception):
            raise said
        return said

    def asked_now(self) -> list[Node]:
        """The nodes asked since the last call."""
        asked, self.asked = self.asked, []
        return asked


def tells(config_epoch: int, master: Node, *others: Node) -> Answer:
    return Answer(config_epoch, (MasterSlots(master),), (master, *others))


async def test_one_answer_is_enough() -> None:
    """The others are not asked."""
    talk = Talk()
    talk.says = {ONE: tells(1, ONE, TWO)}
    topology = Topology((ONE, TWO), talk.ask)
    assert await topology.read_layout() == (MasterSlots(ONE),)
    assert talk.asked_now() == [ONE]


async def test_who_does_not_answer_is_asked_last_from_then_on() -> None:
    """A frozen node costs its timeout once."""
    talk = Talk()
    talk.says = {ONE: exceptions.TimeoutError(), TWO: tells(1, TWO)}
    topology = Topology((ONE, TWO), talk.ask)
    await topology.read_layout()
    await topology.read_layout()
    assert talk.asked_now() == [ONE, TWO, TWO]


async def test_who_was_told_of_is_asked_when_the_first_are_gone() -> None:
    """The address names only some."""
    talk = Talk()
    talk.says = {ONE: tells(1, ONE, TWO, THREE)}
    topology = Topology((ONE,), talk.ask)
    await topology.read_layout()
    talk.says = {THREE: tells(2, THREE, TWO)}
    assert await topology.read_layout() == (MasterSlots(THREE),)


async def test_who_is_behind_is_not_believed() -> None:
    """A node that was cut off during the failover still names the old master."""
    talk = Talk()
    talk.says = {ONE: tells(7, ONE, TWO), TWO: tells(8, TWO, ONE)}
    topology = Topology((TWO, ONE), talk.ask)
    await topology.read_layout()
    topology.ask_first(ONE)
    talk.asked_now()
    assert await topology.read_layout() == (MasterSlots(TWO),)
    assert talk.asked_now() == [ONE, TWO]


async def test_a_cluster_that_begins_anew_is_believed() -> None:
    """If all answers are outdated, the newest is used."""
    talk = Talk()
    talk.says = {ONE: tells(8, ONE, TWO)}
    topology = Topology((ONE, TWO), talk.ask)
    await topology.read_layout()
    talk.says = {ONE: tells(1, ONE, TWO), TWO: tells(2, TWO, ONE)}
    assert await topology.read_layout() == (MasterSlots(TWO),)


async def test_nobody_answers() -> None:
    """The error is that of the last node."""
    topology = Topology((ONE, TWO), Talk().ask)
    with pytest.raises(StoreUnavailable, match="refused"):
        await topology.read_layout()


async def test_who_must_not_be_asked_ends_the_search() -> None:
    """A wrong URL is reported at once, not treated as an outage."""
    talk = Talk()
    talk.says = {ONE: StoreUnfit("REDIS_URL: wrong"), TWO: tells(1, TWO)}
    with pytest.raises(StoreUnfit):
        await Topology((ONE, TWO), talk.ask).read_layout()
