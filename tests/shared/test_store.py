"""The way to Redis: together, translated, and back by itself."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from redis import exceptions

from shared.keys import room_keys
from shared.store import (
    ANSWER_TIMEOUT,
    BATCH_LIMIT,
    ConnectionLost,
    Store,
    StoreUnavailable,
    StoreUnfit,
    connect,
    open_store,
    translate,
)
from tests.shared.rooms import ONE_PRESS_FIRES, engine_at, open_room, own_server, play, press
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from shared.engine import Engine

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with open_store(redis_url, client_name="streamario-test") as store:
        await store.command("PING")
        yield store


async def reads(store: Store) -> int:
    """How often the server has read from its clients, this question included."""
    return int((await store.command("INFO", "stats"))["total_reads_processed"])


async def test_calls_that_arrive_together_travel_together(store: Store) -> None:
    """One pipeline for all that waits, in the order in which it came."""
    before = await reads(store)
    answers = await asyncio.gather(*(store.command("ECHO", n) for n in range(100)))
    assert [int(answer) for answer in answers] == list(range(100))
    # The answer to one read of the server is its next: this question is the last of them.
    assert await reads(store) - before == 2


async def test_a_large_crowd_travels_in_several_batches(store: Store) -> None:
    """No batch is larger than the limit, and nobody is forgotten."""
    crowd = 3 * BATCH_LIMIT + 1
    answers = await asyncio.gather(*(store.command("ECHO", n) for n in range(crowd)))
    assert [int(answer) for answer in answers] == list(range(crowd))


async def test_an_error_of_one_call_does_not_touch_its_neighbours(store: Store) -> None:
    """Also where it cannot even be put into bytes, or is given up while it waits."""
    given_up = asyncio.create_task(store.command("PING"))
    asyncio.get_running_loop().call_soon(given_up.cancel)
    commands: list[tuple[Any, ...]] = [
        ("ECHO", "a"),
        ("NONSENSE",),
        ("ECHO", "\ud800"),
        ("ECHO", None),
        ("ECHO", "b"),
    ]
    answers = await asyncio.gather(
        *(store.command(*command) for command in commands), return_exceptions=True
    )
    assert (answers[0], answers[4]) == ("a", "b")
    assert isinstance(answers[1], exceptions.ResponseError)
    assert isinstance(answers[2], UnicodeError)
    assert isinstance(answers[3], exceptions.DataError)
    assert given_up.cancelled()


async def test_a_server_without_the_library_is_given_it(engine: Engine) -> None:
    """Calls that find it missing load it and go again, together, and count once."""
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await engine.store.command("FUNCTION FLUSH")
    answers = await asyncio.gather(*(press(engine, room_id, f"v{n}", skill1=1) for n in range(20)))
    assert sorted(answer.fired[0].seq for answer in answers) == list(range(1, 21))


async def test_calls_are_cancelled_with_the_store(redis_url: str) -> None:
    """Nobody waits for an answer that nobody will bring."""
    async with open_store(redis_url, client_name="streamario-test") as store:
        under_way = asyncio.create_task(store.command("BLPOP", "nothing", 0))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(store.command("PING"))
        await asyncio.sleep(0)
    await asyncio.wait((under_way, waiting), timeout=5)
    assert under_way.cancelled()
    assert waiting.cancelled()


async def test_a_server_that_is_away_is_found_again(tmp_path: Path) -> None:
    """Calls fail at once meanwhile; none is sent twice, and nothing is restarted."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await server.kill()
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await press(engine, room_id, skill1=1)
        await server.start()
        counting = await press(engine, room_id, skill1=1)
        assert counting.stats[0].current_level == 1


async def test_a_link_that_breaks_under_a_call_is_told_apart(tmp_path: Path) -> None:
    """The call may have run."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        call = asyncio.create_task(engine.store.command("BLPOP", "nothing", 0))
        async with open_store(server.url, client_name="other") as other:
            await until(lambda: blocking(other))
            await other.command("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes")
        with pytest.raises(ConnectionLost):
            await call
        assert await engine.store.command("PING")


async def blocking(store: Store) -> bool:
    return bool((await store.command("INFO", "clients"))["blocked_clients"])


async def test_a_server_that_stands_still_is_not_waited_for(tmp_path: Path) -> None:
    """Calls fail after the timeout, those behind them too; late answers reach nobody."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        room_id = await open_room(engine)
        server.send(signal.SIGSTOP)
        begun = time.monotonic()
        calls = await asyncio.gather(
            *(engine.store.command("ECHO", n) for n in range(3)), return_exceptions=True
        )
        waited = time.monotonic() - begun
        server.send(signal.SIGCONT)
        assert [type(answer) for answer in calls] == [StoreUnavailable] * 3
        assert ANSWER_TIMEOUT - 0.1 <= waited < ANSWER_TIMEOUT + 1.5
        assert (await engine.describe(room_id)).status == "active"


async def test_a_server_that_evicts_is_refused(tmp_path: Path) -> None:
    """It would throw presses away; the refusal names the variable and what to set."""
    options = ("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    async with (
        own_server(tmp_path, *options) as server,
        open_store(server.url, client_name="streamario-test") as store,
    ):
        with pytest.raises(StoreUnfit, match=r"^REDIS_URL: .*allkeys-lru.*noeviction$"):
            await store.inspect()


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
        (
            ("CONFIG", "SET", "min-replicas-to-write", "1"),
            ("CONFIG", "SET", "min-replicas-to-write", "0"),
        ),
    ],
    ids=["out of memory", "read only", "too few replicas"],
)
async def test_a_server_that_refuses_writes_is_unavailable(
    tmp_path: Path, command: tuple[str, ...], setting: tuple[str, ...]
) -> None:
    """Nothing is counted, and when it takes writes again, presses count."""
    async with own_server(tmp_path) as server, engine_at(server.url) as engine:
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await engine.store.command(*command)
        with pytest.raises(StoreUnavailable):
            await press(engine, room_id, skill1=1)
        await engine.store.command(*setting)
        assert (await press(engine, room_id, skill1=1)).stats[0].current_level == 1
        assert await engine.store.command("XLEN", room_keys(room_id).log) == 1


# Errors that only a fault of ours, or a use of redis-py that we have not, can raise.
FAULTS_OF_OURS = {
    exceptions.AskError,
    exceptions.AuthenticationWrongNumberOfArgsError,
    exceptions.ChildDeadlockedError,
    exceptions.ClusterCrossSlotError,
    exceptions.ClusterError,
    exceptions.CrossSlotTransactionError,
    exceptions.DataError,
    exceptions.ExecAbortError,
    exceptions.IncorrectPolicyType,
    exceptions.InvalidPipelineStack,
    exceptions.LockError,
    exceptions.LockNotOwnedError,
    exceptions.ModuleError,
    exceptions.MovedError,
    exceptions.NoScriptError,
    exceptions.NoSuchFieldsetError,
    exceptions.PubSubError,
    exceptions.RedisClusterException,
    exceptions.RedisError,
    exceptions.ResponseError,
    exceptions.SlotNotCoveredError,
    exceptions.WatchError,
}


def redis_errors() -> Iterator[type[Exception]]:
    for found in vars(exceptions).values():
        if isinstance(found, type) and issubclass(found, Exception):
            yield found


@pytest.mark.parametrize("kind", list(redis_errors()), ids=lambda kind: kind.__name__)
async def test_every_error_of_redis_py_is_translated(kind: type[Exception]) -> None:
    """Or known to be a fault of ours, which stays itself."""
    error = kind.__new__(kind)
    Exception.__init__(error, "1 text")
    translated = translate(error)
    if kind in FAULTS_OF_OURS:
        assert translated is error
    else:
        assert isinstance(translated, StoreUnavailable | StoreUnfit)


@pytest.mark.parametrize("error", [OSError(), ConnectionResetError(), TimeoutError()])
async def test_errors_of_the_network_are_translated(error: Exception) -> None:
    """redis-py lets some of them through."""
    assert isinstance(translate(error), StoreUnavailable)


async def test_the_connection_retries_nothing(redis_url: str) -> None:
    """A press that is sent twice would count twice."""
    async with connect(redis_url, client_name="streamario-test") as client:
        retry = client.connection_pool.connection_kwargs["retry"]
        assert retry.get_retries() == 0
