"""Who asks for the same thing before the call is sent shares it; nobody gets an older answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from shared.redis_store.errors import StoreUnavailable
from shared.redis_store.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio


class Server:
    """Answers calls with their number, once they may be sent and may be answered."""

    def __init__(self) -> None:
        self.may_send, self.may_answer = asyncio.Event(), asyncio.Event()
        self.was_sent = asyncio.Event()
        self.calls = 0

    async def call(self, sent: Callable[[], None]) -> int:
        self.calls += 1
        number = self.calls
        await self.may_send.wait()
        sent()
        self.was_sent.set()
        await self.may_answer.wait()
        return number


async def asked(flight: SingleFlight[int], server: Server, key: str) -> asyncio.Task[int]:
    """Somebody who has asked, and waits."""
    task = asyncio.create_task(flight.ask(key, server.call))
    await asyncio.sleep(0)
    return task


async def test_who_asks_before_the_call_is_sent_shares_it_and_who_asks_later_does_not() -> None:
    flight, server = SingleFlight[int](), Server()
    early = [await asked(flight, server, "room") for _ in range(3)]
    server.may_send.set()
    await server.was_sent.wait()
    late = [await asked(flight, server, "room")]
    server.may_answer.set()
    assert await asyncio.gather(*early, *late) == [1, 1, 1, 2]


async def test_other_keys_have_other_calls() -> None:
    flight, server = SingleFlight[int](), Server()
    tasks = [await asked(flight, server, key) for key in ("a", "b", "a")]
    server.may_send.set()
    server.may_answer.set()
    assert await asyncio.gather(*tasks) == [1, 2, 1]


async def test_who_gives_up_disturbs_nobody() -> None:
    """Not even the one whose request began the call."""
    flight, server = SingleFlight[int](), Server()
    first, second = [await asked(flight, server, "room") for _ in range(2)]
    first.cancel()
    server.may_send.set()
    server.may_answer.set()
    assert await second == 1
    assert first.cancelled()


async def test_an_error_is_everybodys_and_the_next_call_is_a_new_one() -> None:
    """Each gets a separate error, so that tracebacks do not accumulate."""
    flight = SingleFlight[int]()

    async def fails(_: Callable[[], None]) -> int:
        raise StoreUnavailable("away")

    found = await asyncio.gather(
        *(flight.ask("room", fails) for _ in range(3)), return_exceptions=True
    )
    assert [type(error) for error in found] == [StoreUnavailable] * 3
    assert len({id(error) for error in found}) == 3
    server = Server()
    server.may_send.set()
    server.may_answer.set()
    assert await flight.ask("room", server.call) == 1
