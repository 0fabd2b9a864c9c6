"""Finds the masters: by asking a cluster's nodes or sentinels, or from the URL itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis import exceptions

from shared.process.redis_url import Node, RedisUrl
from shared.redis_store.errors import FOREIGN, StoreUnavailable, StoreUnfit, translate
from shared.redis_store.redis_py import Command, connect

Ask = Callable[[Node], Awaitable["Answer"]]

SLOTS = 16_384
QUESTION_TIMEOUT = 1.0  # s, for a query that several nodes can answer
# s between queries to the sentinels while no call fails. A healthy master that they replace learns
# of it only about ten seconds later; until then it accepts writes, which will be lost.
DEPOSED_AFTER = 1.0


@dataclass(frozen=True, slots=True)
class MasterSlots:
    """A master and its slots, `first` to `last`."""

    master: Node
    first: int = 0
    last: int = SLOTS - 1


Layout = tuple[MasterSlots, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One node's answer: the layout at a configuration epoch, and other nodes to ask."""

    config_epoch: int
    layout: Layout
    nodes: tuple[Node, ...] = ()


class Topology:
    """Asks nodes one after the other until an answer is not older than the known layout.

    A node that was cut off may answer with an outdated layout. The configuration epoch shows that:
    each failover and each moved slot raises it.
    """

    def __init__(
        self, nodes: tuple[Node, ...], ask: Ask, *, ask_every: float | None = None
    ) -> None:
        self.ask_every = ask_every
        self._seeds = self._nodes = nodes
        self._ask = ask
        self._config_epoch = -1

    async def read_layout(self) -> Layout:
        """The newest layout that a node answers. Raises StoreError if none answers."""
        newest: Answer | None = None
        problem: Exception | None = None
        for node in self._nodes:
            try:
                answer = await self._ask(node)
            except (*FOREIGN, StoreUnavailable) as error:
                problem = translate(error)
                if isinstance(problem, RuntimeError):
                    raise
                self.ask_last(node)
                continue
            newest = max(newest or answer, answer, key=lambda each: each.config_epoch)
            if newest.config_epoch >= self._config_epoch:
                break
        if newest is None:
            assert problem is not None
            raise problem
        self._learn(newest)
        return newest.layout

    def ask_first(self, node: Node) -> None:
        """Ask this node first from now on."""
        self._nodes = (node, *(other for other in self._nodes if other != node))

    def ask_last(self, node: Node) -> None:
        """Ask this node last from now on: it may be down."""
        if node in self._nodes:
            self._nodes = (*(other for other in self._nodes if other != node), node)

    def _learn(self, answer: Answer) -> None:
        self._config_epoch = answer.config_epoch
        known = {*self._seeds, *answer.nodes}
        order = [node for node in self._nodes if node in known]
        self._nodes = tuple(dict.fromkeys([*order, *answer.nodes]))


def topology(address: RedisUrl, *, client_name: str) -> Topology:
    """The topology for the kind of URL."""
    match address.kind:
        case "server":
            return Topology((Node("", 0),), _ask_nobody)
        case "sentinel":
            asking = partial(_ask_sentinel, address, client_name)
            return Topology(address.nodes, asking, ask_every=DEPOSED_AFTER)
        case "cluster":
            return Topology(address.nodes, partial(_ask_member, address, client_name))


async def _ask_nobody(server: Node) -> Answer:
    return Answer(config_epoch=0, layout=(MasterSlots(server),))


async def _ask_sentinel(address: RedisUrl, client_name: str, node: Node) -> Answer:
    question = ("SENTINEL MASTER", address.service)
    (facts,) = await _ask(node, address.sentinel(node), client_name, question)
    if facts["is_sdown"] or facts["is_odown"] or not facts["is_master"]:
        raise StoreUnavailable(f"the sentinel at {node} reports that the master is down")
    master = Node(facts["ip"], facts["port"])
    return Answer(facts["config-epoch"], (MasterSlots(master),))


async def _ask_member(address: RedisUrl, client_name: str, node: Node) -> Answer:
    questions = (("CLUSTER INFO",), ("CLUSTER SLOTS",))
    facts, slots = await _ask(node, address.server(node), client_name, *questions)
    if not slots:
        raise StoreUnavailable(f"the node at {node} reports no slots")
    nodes: dict[Node, None] = {}
    layout = []
    for first, last, *members in slots:
        holders = [node.called(host, port) for host, port, *_ in members]
        layout.append(MasterSlots(holders[0], first, last))
        nodes |= dict.fromkeys(holders)
    return Answer(int(facts["cluster_current_epoch"]), tuple(layout), tuple(nodes))


async def _ask(node: Node, url: str, client_name: str, *questions: Command) -> list[Any]:
    """Ask a node on a new connection, and close it. Returns the answers as redis-py parses them."""
    async with connect(url, client_name=client_name, answer_timeout=QUESTION_TIMEOUT) as client:
        try:
            return [await client.execute_command(*question) for question in questions]  # type: ignore[no-untyped-call]
        except exceptions.ResponseError as error:
            raise _refusal(node, error) from None


def _refusal(node: Node, error: exceptions.ResponseError) -> Exception:
    """The error for a node that refused the query."""
    text = str(error)
    if "cluster support disabled" in text:
        return StoreUnfit(f"REDIS_URL: {node} is not a node of a cluster")
    if text.startswith("unknown command"):
        return StoreUnfit(f"REDIS_URL: {node} is not a sentinel")
    if isinstance(error, exceptions.NoPermissionError):
        return translate(error)
    return StoreUnavailable(f"{node} replied: {text}")
