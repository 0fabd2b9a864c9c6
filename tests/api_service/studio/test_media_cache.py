"""The cache of media."""

from __future__ import annotations

import asyncio

import pytest

from api_service.books.errors import DatabaseUnavailable
from api_service.studio import few_reads
from api_service.studio.few_reads import MOST_READS
from api_service.studio.media_cache import READS_AT_ONCE, MediaCache
from api_service.studio.media_rows import Media

pytestmark = pytest.mark.anyio


class Shelf:
    """Media of ten bytes under every id but "none", read when `open` is set."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.at_once = self.most_at_once = 0
        self.open = asyncio.Event()
        self.away = False

    async def read(self, media_id: str) -> Media | None:
        self.reads.append(media_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
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


async def test_what_is_not_there_or_could_not_be_read_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(few_reads, "REST", 0)
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


async def test_strangers_who_guess_ids_take_few_connections() -> None:
    shelf = Shelf()
    cache = MediaCache(shelf.read)
    guesses = [asyncio.create_task(cache.get(str(n))) for n in range(50)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(shelf.reads) == READS_AT_ONCE
    shelf.open.set()
    await asyncio.gather(*guesses)
    assert shelf.most_at_once == READS_AT_ONCE


async def test_whoever_asks_while_many_wait_is_refused() -> None:
    shelf = Shelf()
    cache = MediaCache(shelf.read)
    guesses = [asyncio.create_task(cache.get(str(n))) for n in range(MOST_READS)]
    for _ in range(2):
        await asyncio.sleep(0)
    with pytest.raises(DatabaseUnavailable):
        await cache.get("one more")
    known = asyncio.create_task(cache.get("0"))
    shelf.open.set()
    assert all(await asyncio.gather(known, *guesses))
    assert await cache.get("one more")


async def test_after_a_failure_nobody_asks_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also none of those who wait."""
    now = 100.0
    monkeypatch.setattr(few_reads, "monotonic", lambda: now)
    shelf = Shelf()
    shelf.open.set()
    shelf.away = True
    cache = MediaCache(shelf.read)
    answers = await asyncio.gather(*(cache.get(str(n)) for n in range(9)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {DatabaseUnavailable}
    assert len(shelf.reads) == 1
    shelf.away = False
    with pytest.raises(DatabaseUnavailable):
        await cache.get("0")
    now += few_reads.REST
    assert await cache.get("0")
