"""A key has one call under way; what is added meanwhile goes with the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from shared.redis_store.errors import ConnectionLost, StoreUnavailable
from shared.redis_store.grouping import Group, Grouping, Sharing
from shared.redis_store.master import Begin

LIMIT = 3


def at_once(_: str, begin: Begin) -> None:
    """Let every call leave when it can."""
    begin(lambda: None)


class Server:
    """Takes groups, whose replies a test sets, and notes what happens in which order."""

    def __init__(self, acquire_slot: Callable[[str, Begin], None] = at_once) -> None:
        self.replies: list[asyncio.Future[list[Any]]] = []
        self.happened: list[tuple[str, list[str]]] = []
        self.groups: Grouping[str] = Grouping(acquire_slot, self._call, self._settle, limit=LIMIT)

    def _call(self, group: Group[str]) -> asyncio.Future[list[Any]]:
        self.happened.append((f"call {group.number}{' again' * group.again}", [*group.items]))
        self.replies.append(asyncio.get_running_loop().create_future())
        return self.replies[-1]

    def _settle(self, group: Group[str], reply: asyncio.Future[list[Any]]) -> None:
        outcome = type(reply.exception()).__name__ if reply.exception() else reply.result()[0]
        self.happened.append((f"{outcome}", [*group.items]))

    async def turn(self) -> list[tuple[str, list[str]]]:
        """What has happened once every callback has run."""
        for _ in range(4):
            await asyncio.sleep(0)
        happened, self.happened = self.happened, []
        return happened


async def test_what_is_added_in_one_turn_shares_a_call_and_later_items_have_the_next() -> None:
    """It leaves before the items of the last one are settled."""
    server = Server()
    for item in "ab":
        server.groups.add("room", item)
    assert await server.turn() == [("call 1", ["a", "b"])]
    server.groups.add("room", "c")
    assert await server.turn() == []
    server.replies[0].set_result(["ok"])
    assert await server.turn() == [("call 2", ["c"]), ("ok", ["a", "b"])]
    server.replies[1].set_result(["ok"])
    assert await server.turn() == [("ok", ["c"])]


async def test_what_is_added_while_a_key_waits_for_its_turn_goes_with_its_call() -> None:
    """The turn ends with the reply, before the items are settled."""
    turns: list[Begin] = []
    server = Server(lambda _, begin: turns.append(begin))
    server.groups.add("room", "a")
    await server.turn()
    server.groups.add("room", "b")
    turns.pop()(lambda: server.happened.append(("turn ends", [])))
    assert await server.turn() == [("call 1", ["a", "b"])]
    server.replies[0].set_result(["ok"])
    assert await server.turn() == [("turn ends", []), ("ok", ["a", "b"])]


async def test_keys_have_calls_of_their_own_and_a_call_has_a_limit() -> None:
    server = Server()
    for key in "abaaaa":
        server.groups.add(key, key)
    assert await server.turn() == [("call 1", ["a"] * LIMIT), ("call 2", ["b"])]
    server.replies[0].set_result(["ok"])
    assert await server.turn() == [("call 3", ["a"] * 2), ("ok", ["a"] * LIMIT)]


async def test_a_call_whose_connection_was_lost_is_sent_again_once_under_its_number() -> None:
    """What waits goes with the next one."""
    server = Server()
    server.groups.add("room", "a")
    await server.turn()
    server.groups.add("room", "b")
    server.replies[0].set_exception(ConnectionLost("closed"))
    assert await server.turn() == [("call 1 again", ["a"])]
    server.replies[1].set_result(["ok"])
    assert await server.turn() == [("call 2", ["b"]), ("ok", ["a"])]


async def test_what_waits_for_a_server_that_does_not_answer_fails_with_the_call() -> None:
    """The next item has a call of its own."""
    server = Server()
    server.groups.add("room", "a")
    await server.turn()
    server.groups.add("room", "b")
    server.replies[0].set_exception(StoreUnavailable("no answer"))
    assert await server.turn() == [("StoreUnavailable", ["a", "b"])]
    server.groups.add("room", "c")
    assert await server.turn() == [("call 2", ["c"])]


async def test_a_call_that_cannot_be_sent_fails_alone() -> None:
    """What waits has its own call."""
    settled: list[tuple[list[str], BaseException | None]] = []

    def call(group: Group[str]) -> asyncio.Future[list[Any]]:
        if "bad" in group.items:
            raise ValueError("bad")
        reply: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        reply.set_result(["ok"])
        return reply

    groups: Grouping[str] = Grouping(
        at_once,
        call,
        lambda group, reply: settled.append((group.items, reply.exception())),
        limit=1,
    )
    for item in ("bad", "good"):
        groups.add("room", item)
    for _ in range(6):
        await asyncio.sleep(0)
    (bad, error), good = settled
    assert (bad, type(error)) == (["bad"], ValueError)
    assert good == (["good"], None)


async def test_the_items_of_a_call_share_its_result_and_who_gives_up_disturbs_nobody() -> None:
    """Not even the one who began the call."""
    calls: list[list[str]] = []

    async def reply() -> list[Any]:
        return [len(calls)]

    def call(_: str, items: list[str]) -> asyncio.Future[list[Any]]:
        calls.append(items)
        return asyncio.ensure_future(reply())

    sharing = Sharing(at_once, call, lambda reply: f"call {reply[0]}", limit=LIMIT)
    first, *others = (sharing.add("room", item) for item in "abcd")
    first.cancel()
    assert await asyncio.gather(*others) == ["call 1", "call 1", "call 2"]
    assert calls == [["a", "b", "c"], ["d"]]


async def test_an_error_is_everybodys_and_the_next_call_is_a_new_one() -> None:
    """Each gets a separate error, so that tracebacks do not accumulate."""
    away = True

    async def reply() -> list[Any]:
        if away:
            raise StoreUnavailable("away")
        return ["here"]

    sharing: Sharing[str, str] = Sharing(
        at_once,
        lambda _, __: asyncio.ensure_future(reply()),
        lambda reply: str(reply[0]),
        limit=LIMIT,
    )
    found = await asyncio.gather(
        *(sharing.add("room", item) for item in "abc"), return_exceptions=True
    )
    assert [type(error) for error in found] == [StoreUnavailable] * 3
    assert len({id(error) for error in found}) == 3
    away = False
    assert await sharing.add("room", "d") == "here"
