"""Asks that are repeated until they are answered.

What the product gives up within its own deadline, because Redis is away or the machine stalls, is
no failure of who only asks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from api_service.books.errors import DatabaseUnavailable
from shared.redis_store.store import StoreUnavailable
from shared.wire.error_codes import BUSY, RESULTS_PENDING, STORE_UNAVAILABLE
from tests.waiting import POLL

PASSING = {kind.code for kind in (STORE_UNAVAILABLE, BUSY, RESULTS_PENDING)}

T = TypeVar("T")


async def until_answered(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until Redis and PostgreSQL answer."""
    while True:
        try:
            return await ask()
        except (StoreUnavailable, DatabaseUnavailable):
            await asyncio.sleep(POLL)


async def body_of(ask: Callable[[], Awaitable[httpx.Response]]) -> bytes:
    """Ask a service until Redis and PostgreSQL answer it; return its answer's body."""

    async def body() -> bytes:
        response = await ask()
        if response.is_error and response.json()["code"] in PASSING:
            raise StoreUnavailable(response.text)
        return response.content

    return await until_answered(body)
