"""A key has one call under way; what is added meanwhile goes with the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from shared.process.cache import Cache
from shared.redis_store.batcher import Batcher, Group, SingleFlight, at_once
from shared.redis_store.errors import ConnectionLost, StoreUnavailable
from shared.redis_store.master import Begin, ReleaseSlot
from tests.waiting import until

LIMIT = 3


def as_texts(reply: list[str], count: int) -> list[str]:
    """The reply's text for each item."""
    return [reply[0]] * count


class Server:
    """Takes groups, whose replies a test sets, and notes what happens in which order."""

    def __init__(self, acquire_slot: Callable[[str, Begin], ReleaseSlot | None] = at_once) -> None:
        self.replies: list[asyncio.Future[list[Any]]] = []
        self.happened: list[tuple[str, list[str]]] = []
        self.groups: Batcher[str, str] = Batcher(
            self._call, self._resolve, parse=as_texts, limit=LIMIT, acquire_slot=acquire_slot
        )

    def _call(self, group: Group[str]) -> asyncio.Future[list[Any]]:
        self.happened.append((f"call {group.number}{' again' * group.again}", [*group.items]))
        self.replies.append(asyncio.get_running_loop().create_future())
        return self.replies[-1]

    def _resolve(self, group: Group[str], results: Sequence[str | Exception]) -> None:
        (outcome,) = {each if isinstance(each, str) else type(each).__name__ for each in results}
        self.happened.append((outcome, [*group.items]))

    async def turn(self) -> list[tuple[str, list[str]]]:
        """What has happened once every callback has run."""
        for _ in range(4):
            await asyncio.sleep(0)
        happened, self.happened = self.happened, []
        return happened


async def test_what_is_added_in_one_turn_shares_a_call_and_later_items_have_the_next() -> None:
    """It leaves before the items of the last one are resolved."""
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
    """The turn ends with the reply, before the items are resolved."""
    turns: list[Begin] = []

    def later(_: str, begin: Begin) -> None:
        turns.append(begin)

    server = Server(later)
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
    resolved: list[tuple[list[str], list[object]]] = []

    async def ok() -> list[str]:
        return ["ok"]

    def call(group: Group[str]) -> Awaitable[list[str]]:
        if "bad" in group.items:
            raise ValueError("bad")
        return ok()

    groups: Batcher[str, str] = Batcher(
        call, lambda group, results: resolved.append((group.items, [*results])), limit=1
    )
    for item in ("bad", "good"):
        groups.add("room", item)

    async def are_both() -> bool:
        return len(resolved) == 2

    await until(are_both)
    (bad, (error,)), good = resolved
    assert (bad, type(error)) == (["bad"], ValueError)
    assert good == (["good"], ["ok"])


async def test_the_items_of_a_call_share_its_flight_and_who_gives_up_disturbs_nobody() -> None:
    """Not even the one who began the call."""
    calls: list[list[str]] = []

    async def call(_: str, items: list[str]) -> list[str]:
        calls.append(items)
        return [f"call {len(calls)}"]

    shared: SingleFlight[str, str] = SingleFlight(call, parse=as_texts, limit=LIMIT)
    first, *others = (shared.ask("room", item) for item in "abcd")
    first.cancel()
    assert await asyncio.gather(*others) == ["call 1", "call 1", "call 2"]
    assert calls == [["a", "b", "c"], ["d"]]


async def test_an_error_is_everybodys_and_the_next_call_is_a_new_one() -> None:
    """Each gets a separate error, so that tracebacks do not accumulate."""
    away = True

    async def call(_: str, __: list[str]) -> list[str]:
        if away:
            raise StoreUnavailable("away")
        return ["here"]

    shared: SingleFlight[str, str] = SingleFlight(call, parse=as_texts, limit=LIMIT)
    found = await asyncio.gather(
        *(shared.ask("room", item) for item in "abc"), return_exceptions=True
    )
    assert [type(error) for error in found] == [StoreUnavailable] * 3
    assert len({id(error) for error in found}) == 3
    away = False
    assert await shared.ask("room", "d") == "here"


class Source:
    """Each item as its own result, an error for "bad"; notes what was asked for together."""

    def __init__(self) -> None:
        self.fetched: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.away = False
        self.shared: SingleFlight[str, str] = SingleFlight(
            self._fetch, limit=LIMIT, overlapping=True
        )
        self.cache: Cache[str, str] = Cache(partial(self.shared.ask, "all"), limit=10, ttl=10)

    async def _fetch(self, _: str, items: list[str]) -> list[str | Exception]:
        self.fetched.append(items)
        await self.open.wait()
        if self.away:
            raise StoreUnavailable("away")
        return [LookupError(item) if item == "bad" else item for item in items]


async def test_calls_that_overlap_wait_for_no_other() -> None:
    """Not even if one fails because its server is away; each has its limit."""
    source = Source()
    source.away = True
    source.open.clear()
    early = [source.shared.ask("all", item) for item in "abcd"]

    async def asked(*groups: str) -> bool:
        return source.fetched == [[*group] for group in groups]

    await until(lambda: asked("abc", "d"))
    late = source.shared.ask("all", "e")
    await until(lambda: asked("abc", "d", "e"))
    source.open.set()
    errors = await asyncio.gather(*early, late, return_exceptions=True)
    assert [type(error) for error in errors] == [StoreUnavailable] * 5
    source.away = False
    assert await source.shared.ask("all", "f") == "f"


async def test_what_a_cache_is_asked_for_in_one_iteration_is_fetched_together() -> None:
    """Each once; a key has its own error, and is fetched again then."""
    source = Source()
    found = source.cache
    a, bad, again, others = await asyncio.gather(
        found.get("a"),
        found.get("bad"),
        found.get("a"),
        found.get_all(["b", "a"]),
        return_exceptions=True,
    )
    assert (a, again, others) == ("a", "a", ["b", "a"])
    assert isinstance(bad, LookupError)
    assert await found.get_all(["a", "c"]) == ["a", "c"]
    assert [type(each) for each in await found.get_all(["bad"])] == [LookupError]
    assert source.fetched == [["a", "bad", "b"], ["c"], ["bad"]]


async def test_an_error_of_what_is_fetched_together_reaches_all_who_wait() -> None:
    source = Source()
    source.away = True
    errors = await source.cache.get_all(["a", "b"])
    assert [type(error) for error in errors] == [StoreUnavailable] * 2
    assert errors[0] is not errors[1]
    source.away = False
    assert await source.cache.get("a") == "a"


async def test_a_value_that_is_put_while_it_is_fetched_with_others_stays() -> None:
    """It is newer; who waited gets what was fetched."""
    source = Source()
    source.open.clear()
    waiting = asyncio.create_task(source.cache.get_all(["a"]))
    await asyncio.sleep(0)
    source.cache.put("a", "new")
    source.open.set()
    assert await waiting == ["a"]
    assert await source.cache.get("a") == "new"


async def test_who_gives_up_what_is_fetched_together_leaves_the_others_undisturbed() -> None:
    source = Source()
    source.open.clear()
    first, second = (asyncio.create_task(source.cache.get_all(["a"])) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    source.open.set()
    assert await second == ["a"]
