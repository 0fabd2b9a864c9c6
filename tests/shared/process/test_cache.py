"""The cache: one fetch for a crowd, for a while, within a limit."""

import asyncio

import pytest

from shared.process import cache
from shared.process.cache import Cache, StaleOnError


class Source:
    """The key itself as its value, once `open` is set; an error while `away`."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.open = asyncio.Event()
        self.away = False

    async def fetch(self, key: str) -> str:
        self.fetched.append(key)
        await self.open.wait()
        if self.away:
            raise LookupError(key)
        return key


@pytest.fixture
async def source() -> Source:
    """A source that answers at once."""
    opened = Source()
    opened.open.set()
    return opened


async def test_a_crowd_costs_one_fetch() -> None:
    """Also if the one who came first hangs up."""
    source = Source()
    found: Cache[str, str] = Cache(source.fetch, limit=10)
    first, *others = [asyncio.create_task(found.get("a")) for _ in range(100)]
    await asyncio.sleep(0)
    first.cancel()
    source.open.set()
    assert await asyncio.gather(*others) == ["a"] * 99
    assert await found.get("a") == "a"
    assert source.fetched == ["a"]


async def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    source = Source()
    source.away = True
    found: Cache[str, str] = Cache(source.fetch, limit=10)
    waiting = [asyncio.create_task(found.get("a")) for _ in range(10)]
    await asyncio.sleep(0)
    source.open.set()
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in errors] == [LookupError] * 10
    assert source.fetched == ["a"]
    source.away = False
    assert await found.get("a") == "a"


async def test_the_least_recently_used_goes_first(source: Source) -> None:
    found: Cache[str, str] = Cache(source.fetch, limit=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert await found.get(key) == key
    assert source.fetched == ["a", "b", "c", "b"]


async def test_the_limit_is_of_the_sizes_together(source: Source) -> None:
    """A value that alone is larger than the limit is not kept."""
    found: Cache[str, str] = Cache(source.fetch, limit=5, size=len)
    for key in ("aaa", "bb", "aaa", "c", "bb", "dddddd", "dddddd"):
        assert await found.get(key) == key
    assert source.fetched == ["aaa", "bb", "c", "bb", "dddddd", "dddddd"]
    assert (found._size, len(found._entries)) == (0, 0)


async def test_a_value_that_was_put_replaces_the_one_before(source: Source) -> None:
    found: Cache[str, str] = Cache(source.fetch, limit=5, size=len)
    for value in ("aa", "aaaa"):
        found.put("a", value)
        assert await found.get("a") == value
    assert (source.fetched, found._size) == ([], 4)


async def test_what_is_forgotten_is_fetched_again(source: Source) -> None:
    found: Cache[str, str] = Cache(source.fetch, limit=5, size=len)
    for _ in range(2):
        assert await found.get("aaa") == "aaa"
        found.forget("aaa")
        found.forget("aaa")
    assert (source.fetched, found._size) == (["aaa", "aaa"], 0)


async def test_a_value_put_during_a_fetch_stays() -> None:
    """The fetch may have read what was before; who waits for it gets that, and nobody after."""
    source = Source()
    found: Cache[str, str] = Cache(source.fetch, limit=10)
    asked = asyncio.create_task(found.get("a"))
    await asyncio.sleep(0)
    found.put("a", "new")
    source.open.set()
    assert await asked == "a"
    assert await found.get("a") == "new"
    assert (source.fetched, found._fetching) == (["a"], {})


async def test_what_is_older_than_its_time_is_fetched_again_and_takes_no_room(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(cache, "monotonic", lambda: now)
    found: Cache[str, str] = Cache(source.fetch, limit=10, ttl=5.0)
    for key in ("a", "b", "a", "b"):
        await found.get(key)
    now += 5.0
    await found.get("a")
    assert list(found._entries) == ["a"]
    assert source.fetched == ["a", "b", "a"]


async def test_the_last_known_value_holds_while_its_source_is_away(source: Source) -> None:
    found: StaleOnError[str, str] = StaleOnError(source.fetch, limit=10, errors=(LookupError,))
    assert await found.get("a") == "a"
    source.away = True
    assert await found.get("a") == "a"
    with pytest.raises(LookupError):
        await found.get("b")
    source.away = False
    assert await found.get("b") == "b"
    assert source.fetched == ["a", "a", "b", "b"]


async def test_what_is_not_there_pushes_out_nothing_that_was_known() -> None:
    """And what is there no longer is not known."""
    there, is_away = {"a": 1, "b": 2}, False

    async def fetch(key: str) -> int | None:
        if is_away:
            raise LookupError(key)
        return there.get(key)

    found: StaleOnError[str, int | None] = StaleOnError(fetch, limit=2, errors=(LookupError,))
    assert [await found.get(key) for key in ("a", "b", "c", "d", "e")] == [1, 2, None, None, None]
    del there["b"]
    assert await found.get("b") is None
    is_away = True
    assert await found.get("a") == 1
    for unknown in ("b", "c"):
        with pytest.raises(LookupError):
            await found.get(unknown)


async def test_other_errors_are_not_hidden_by_what_was_known(source: Source) -> None:
    found: StaleOnError[str, str] = StaleOnError(source.fetch, limit=10, errors=(OSError,))
    assert await found.get("a") == "a"
    source.away = True
    with pytest.raises(LookupError):
        await found.get("a")
