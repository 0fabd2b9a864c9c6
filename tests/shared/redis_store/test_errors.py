"""Every error of redis-py has its place in our tree."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from redis import exceptions

from shared.engine.functions import LIBRARY
from shared.redis_store.errors import ConnectionLost, StoreUnavailable, StoreUnfit, translate
from shared.redis_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

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
def test_every_error_of_redis_py_is_translated(kind: type[Exception]) -> None:
    """Or known to be a fault of ours, which stays itself."""
    error = kind.__new__(kind)
    Exception.__init__(error, "1 text")
    translated = translate(error)
    if kind in FAULTS_OF_OURS:
        assert translated is error
    else:
        assert isinstance(translated, StoreUnavailable | StoreUnfit)


@pytest.mark.parametrize("error", [OSError(), ConnectionResetError(), TimeoutError()])
def test_errors_of_the_network_are_translated(error: Exception) -> None:
    """redis-py lets some of them through."""
    assert isinstance(translate(error), StoreUnavailable)


async def test_a_write_to_a_connection_that_is_closed_is_an_outage(redis_url: str) -> None:
    """The event loop has its own error for it."""
    async with open_store(redis_url, client_name="streamario-test", library=LIBRARY) as store:
        connection = await store.subscription("any")
        await connection.connect()  # type: ignore[no-untyped-call]
        writer = connection._writer
        assert writer is not None
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
        with pytest.raises(RuntimeError) as refused:
            writer.writelines([b"PING"])
        await connection.disconnect(nowait=True)
    assert isinstance(translate(refused.value), ConnectionLost)
    assert isinstance(translate(RuntimeError("a fault of ours")), RuntimeError)
