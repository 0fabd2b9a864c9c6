"""A subscription receives what is published, and ends with a StoreError."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.engine.functions import LIBRARY
from shared.redis_store.store import ConnectionLost, Store, StoreUnavailable, StoreUnfit, open_store
from tests.patience import HOUR
from tests.shared.engine.rooms import own_server

CHANNEL = "streamario:test:channel"
PATIENT = HOUR


@asynccontextmanager
async def store_at(url: str) -> AsyncIterator[Store]:
    async with open_store(url, client_name="streamario-test", library=LIBRARY) as store:
        yield store


async def test_texts_are_heard_in_their_order(redis_url: str) -> None:
    """From the confirmation on: what is published after it is not missed."""
    async with (
        store_at(redis_url) as store,
        await store.subscription("key", CHANNEL, silent_after=PATIENT) as heard,
    ):
        for text in "abc":
            await store.command("PUBLISH", CHANNEL, text)
        assert [await anext(heard) for _ in "abc"] == ["a", "b", "c"]


async def test_silence_ends_it(redis_url: str) -> None:
    """A connection that was cut silently looks like one without messages."""
    async with (
        store_at(redis_url) as store,
        await store.subscription("key", CHANNEL, silent_after=0.05) as heard,
    ):
        with pytest.raises(StoreUnavailable, match="silent"):
            await anext(heard)


async def test_a_link_that_breaks_ends_it(tmp_path: Path) -> None:
    async with (
        own_server(tmp_path) as server,
        store_at(server.url) as store,
        await store.subscription("key", CHANNEL, silent_after=PATIENT) as heard,
    ):
        await store.command("CLIENT KILL", "TYPE", "pubsub")
        with pytest.raises(ConnectionLost):
            await anext(heard)


async def test_a_server_that_is_away_confirms_none(tmp_path: Path) -> None:
    async with own_server(tmp_path) as server, store_at(server.url) as store:
        subscription = await store.subscription("key", CHANNEL, silent_after=PATIENT)
        await server.kill()
        with pytest.raises(ConnectionLost):
            await subscription.__aenter__()


async def test_a_user_who_may_not_subscribe_is_unfit(tmp_path: Path) -> None:
    """Waiting would not help."""
    async with own_server(tmp_path) as server, store_at(server.url) as store:
        await store.command("ACL SETUSER", "default", "resetchannels")
        with pytest.raises(StoreUnfit, match="REDIS_URL: the user lacks a permission"):
            async with await store.subscription("key", CHANNEL, silent_after=PATIENT):
                pass
