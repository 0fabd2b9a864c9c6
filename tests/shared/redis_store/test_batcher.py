"""Calls that arrive together are pipelined, and each gets a reply or an error."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from shared.engine.functions import LIBRARY
from shared.redis_store.batcher import BATCH_LIMIT, WAITING_LIMIT, Batcher
from shared.redis_store.connections import ANSWER_TIMEOUT, connect
from shared.redis_store.errors import ConnectionLost, StoreFault, StoreUnavailable
from tests.shared.engine.rooms import own_server
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.redis_store.redis_py import Command

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def batcher_at(url: str) -> AsyncIterator[Batcher]:
    async with aclosing(Batcher(connect(url, client_name="streamario-test"), LIBRARY)) as batcher:
        await batcher.send(("PING",))
        yield batcher


@pytest.fixture
async def batcher(redis_url: str) -> AsyncIterator[Batcher]:
    async with batcher_at(redis_url) as batcher:
        yield batcher


def echoes(batcher: Batcher, count: int) -> list[asyncio.Future[Any]]:
    return [batcher.send(("ECHO", n)) for n in range(count)]


async def reads(batcher: Batcher) -> int:
    """How often the server has read from its clients, including this query."""
    return int((await batcher.send(("INFO", "stats")))["total_reads_processed"])


async def blocking(batcher: Batcher) -> bool:
    return bool((await batcher.send(("INFO", "clients")))["blocked_clients"])


async def test_calls_that_arrive_together_travel_together(batcher: Batcher) -> None:
    """All waiting calls go in one pipeline, in their order."""
    before = await reads(batcher)
    answers = await asyncio.gather(*echoes(batcher, 100))
    assert [int(answer) for answer in answers] == list(range(100))
    # The answer to one read of the server is its next: this question is the last of them.
    assert await reads(batcher) - before == 2


async def test_a_large_crowd_travels_in_several_batches(batcher: Batcher) -> None:
    """No batch is larger than the limit, and every call is sent."""
    crowd = 3 * BATCH_LIMIT + 1
    answers = await asyncio.gather(*echoes(batcher, crowd))
    assert [int(answer) for answer in answers] == list(range(crowd))


async def test_an_error_of_one_call_does_not_touch_its_neighbours(batcher: Batcher) -> None:
    """Also if it cannot be encoded, or is cancelled while it waits."""
    given_up = batcher.send(("PING",))
    given_up.cancel()
    commands: list[tuple[Any, ...]] = [
        ("ECHO", "a"),
        ("NONSENSE",),
        ("ECHO", "\ud800"),
        ("ECHO", None),
        ("ECHO", "b"),
    ]
    answers = await asyncio.gather(
        *(batcher.send(command) for command in commands), return_exceptions=True
    )
    assert (answers[0], answers[4]) == ("a", "b")
    assert isinstance(answers[1], StoreFault)
    assert isinstance(answers[2], UnicodeError)
    assert isinstance(answers[3], TypeError)


async def test_calls_end_with_their_batcher(redis_url: str) -> None:
    """Unfinished calls raise an error, and new calls are refused."""
    async with batcher_at(redis_url) as batcher, batcher_at(redis_url) as other:
        under_way = batcher.send(("BLPOP", "nothing", 0))
        await until(lambda: blocking(other))
        waiting = batcher.send(("PING",))
        await batcher.aclose()
        outcomes = await asyncio.gather(under_way, waiting, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionLost] * 2
        with pytest.raises(ConnectionLost):
            batcher.send(("PING",))


async def test_a_link_that_breaks_under_a_call_is_told_apart(tmp_path: Path) -> None:
    """The call may have run; later calls were not sent, and go over a new connection."""
    async with (
        own_server(tmp_path) as server,
        batcher_at(server.url) as batcher,
        batcher_at(server.url) as other,
    ):
        under_way = batcher.send(("BLPOP", "nothing", 0))
        await until(lambda: blocking(other))
        behind = batcher.send(("ECHO", "behind"))
        await other.send(("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes"))
        with pytest.raises(ConnectionLost):
            await under_way
        assert await behind == "behind"


async def test_a_server_that_stands_still_is_not_waited_for(tmp_path: Path) -> None:
    """Calls and those waiting behind them fail after the timeout; late replies are discarded."""
    async with own_server(tmp_path) as server, batcher_at(server.url) as batcher:
        server.send(signal.SIGSTOP)
        begun = time.monotonic()
        calls = echoes(batcher, 3 * BATCH_LIMIT)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        waited = time.monotonic() - begun
        server.send(signal.SIGCONT)
        assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
        assert ANSWER_TIMEOUT - 0.1 <= waited < ANSWER_TIMEOUT + 1.5
        assert await batcher.send(("ECHO", "on time")) == "on time"


async def test_a_command_that_cannot_be_told_fails_alone(tmp_path: Path) -> None:
    """The sender continues, and the other calls are sent."""

    def broken() -> Command:
        raise ValueError("no words")

    async with own_server(tmp_path) as server, batcher_at(server.url) as batcher:
        calls = [batcher.send(("ECHO", "a")), batcher.send(broken), batcher.send(("ECHO", "b"))]
        first, failed, last = await asyncio.gather(*calls, return_exceptions=True)
        assert (first, type(failed), last) == ("a", ValueError, "b")
        batcher.send(broken).cancel()  # nobody is left to hear of it
        assert await batcher.send(lambda: ("ECHO", "later")) == "later"


async def test_more_calls_than_may_wait_are_refused_at_once(tmp_path: Path) -> None:
    """The others get their replies when the server continues."""
    async with own_server(tmp_path) as server, batcher_at(server.url) as batcher:
        server.send(signal.SIGSTOP)
        calls = echoes(batcher, WAITING_LIMIT)
        with pytest.raises(StoreUnavailable, match="too many calls wait"):
            batcher.send(("ECHO", "one more"))
        server.send(signal.SIGCONT)
        answers = await asyncio.gather(*calls)
        assert [int(answer) for answer in answers] == list(range(WAITING_LIMIT))
