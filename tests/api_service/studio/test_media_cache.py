"""The cache of media."""

from __future__ import annotations

import asyncio

import pytest

from api_service.books.errors import DatabaseUnavailable
from api_service.studio.media_cache import MediaCache
from api_service.studio.media_rows import Media

pytestmark = pytest.mark.anyio


class Shelf:
    """Media of ten bytes under every id but "none", read when `open` is set."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.open = asyncio.Event()
        self.away = False

    async def read(self, media_id: str) -> Media | None:
        self.reads.append(media_id)
        await self.open.wait()
        if self.away:
            raise DatabaseUnavailable
        return None if media_id == "none" else Media("image/webp", b"0123456789")


async def test_a_crowd_costs_one_read() -> None:
    """Also if the one who came first hangs up."""
    shelf = Shelf()
    cache = MediaCache(shelf.read)
    first, *others = [asyncio.create_task(cache.get("a")) for _ in range(100)]
    await asyncio.sleep(0)
    first.cancel()
    shelf.open.set()
    assert {found.content for found in await asyncio.gather(*others) if found} == {b"0123456789"}
    assert await cache.get("a")
    assert shelf.reads == ["a"]


async def test_what_was_asked_for_last_is_kept_within_the_limit() -> None:
    shelf = Shelf()
    shelf.open.set()
    cache = MediaCache(shelf.read, limit=25)
    for media_id in ("a", "b", "a", "c", "a", "b"):
        await cache.get(media_id)
    assert shelf.reads == ["a", "b", "c", "b"]


async def test_what_is_not_there_or_could_not_be_read_is_asked_for_again() -> None:
    shelf = Shelf()
    shelf.open.set()
    cache = MediaCache(shelf.read)
    assert [await cache.get("none") for _ in range(2)] == [None, None]
    shelf.away = True
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await cache.get("a")
    shelf.away = False
    assert await cache.get("a")
    assert shelf.reads == ["none", "none", "a", "a", "a"]
