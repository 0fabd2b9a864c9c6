"""Who asks before the call is sent shares it; nobody gets an older answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from shared.redis_store.errors import StoreUnavailable
from shared.redis_store.grouping import Grouping

if TYPE_CHECKING:
    from shared.redis_store.grouping import Group

pytestmark = pytest.mark.anyio

LIMIT = 3


class Server:
    """Answers each item with its call's number, once calls may be sent and may be answered."""

    def __init__(self) -> None:
        self.may_send, self.may_answer = asyncio.Event(), asyncio.Event()
        self.was_sent = asyncio.Event()
        self.calls: list[list[str]] = []

    async def call(self, group: Group[str, int]) -> list[int | Exception]:
        await self.may_send.wait()
        self.calls.append([*group.close()])
        number = len(self.calls)
        self.was_sent.set()
        await self.may_answer.wait()
        return [ValueError(item) if item == "bad" else number for item in group.items]

    def answer_all(self) -> None:
        self.may_send.set()
        self.may_answer.set()


async def test_who_asks_before_the_call_is_sent_shares_it_and_who_asks_later_does_not() -> None:
    server = Server()
    grouping = Grouping(server.call, limit=LIMIT)
    early = [grouping.add("room", item) for item in "abc"]
    server.may_send.set()
    await server.was_sent.wait()
    late = grouping.add("room", "d")
    server.may_answer.set()
    assert await asyncio.gather(*early, late) == [1, 1, 1, 2]
    assert server.calls == [["a", "b", "c"], ["d"]]


async def test_keys_have_calls_of_their_own_and_a_call_has_a_limit() -> None:
    server = Server()
    grouping = Grouping(server.call, limit=LIMIT)
    results = [grouping.add(key, key) for key in "abaaaa"]
    server.answer_all()
    await asyncio.gather(*results)
    assert sorted(server.calls) == [["a"] * 2, ["a"] * 3, ["b"]]


async def test_an_item_gets_its_own_error_and_who_gives_up_disturbs_nobody() -> None:
    """Not even the one who began the call."""
    server = Server()
    grouping = Grouping(server.call, limit=LIMIT)
    first, bad, last = (grouping.add("room", item) for item in ("first", "bad", "last"))
    first.cancel()
    server.answer_all()
    with pytest.raises(ValueError, match="bad"):
        await bad
    assert await last == 1


async def test_an_error_is_everybodys_and_the_next_call_is_a_new_one() -> None:
    """Each gets a separate error, so that tracebacks do not accumulate."""
    away = True

    async def call(group: Group[str, str]) -> list[str]:
        if away:
            raise StoreUnavailable("away")
        return group.close()

    grouping = Grouping(call, limit=LIMIT)
    found = await asyncio.gather(
        *(grouping.add("room", item) for item in "abc"), return_exceptions=True
    )
    assert [type(error) for error in found] == [StoreUnavailable] * 3
    assert len({id(error) for error in found}) == 3
    away = False
    assert await grouping.add("room", "d") == "d"
