"""Every error of redis-py has its place in our tree."""

from contextlib import suppress

import pytest
from redis import exceptions

from shared.redis_store.errors import (
    ConnectionLost,
    StoreFault,
    StoreUnavailable,
    StoreUnfit,
    translate,
)
from shared.redis_store.redis_py import connect, new_connection

# Errors that only a fault of ours, or a use of redis-py that we have not, can raise; and those that
# tell where a slot is, which the masters follow.
FAULTS_OF_OURS = {
    exceptions.AskError,
    exceptions.AuthenticationWrongNumberOfArgsError,
    exceptions.ClusterCrossSlotError,
    exceptions.ClusterError,
    exceptions.DataError,
    exceptions.ExecAbortError,
    exceptions.LockError,
    exceptions.LockNotOwnedError,
    exceptions.ModuleError,
    exceptions.MovedError,
    exceptions.NoScriptError,
    exceptions.NoSuchFieldsetError,
    exceptions.PubSubError,
    exceptions.RedisError,
    exceptions.ResponseError,
    exceptions.WatchError,
}
# Those of clients that we do not use, for clusters and for pipelines: none of redis-py's tree.
OF_OTHER_CLIENTS = {
    exceptions.ChildDeadlockedError,
    exceptions.CrossSlotTransactionError,
    exceptions.IncorrectPolicyType,
    exceptions.InvalidPipelineStack,
    exceptions.RedisClusterException,
    exceptions.SlotNotCoveredError,
}


def test_every_error_of_redis_py_is_translated() -> None:
    """The store raises none of them untranslated: its users do not depend on redis-py."""
    untranslated, faults = set(), set()
    for kind in vars(exceptions).values():
        if isinstance(kind, type) and issubclass(kind, Exception):
            error = kind.__new__(kind)
            Exception.__init__(error, "1 text")
            translated = translate(error)
            if translated is error:
                untranslated.add(kind)
            elif not isinstance(translated, StoreUnavailable | StoreUnfit):
                assert type(translated) is StoreFault
                faults.add(kind)
    assert untranslated == OF_OTHER_CLIENTS
    assert faults == FAULTS_OF_OURS


def test_errors_of_the_network_are_translated() -> None:
    """redis-py raises some of them unchanged."""
    for error in (OSError(), ConnectionResetError(), TimeoutError()):
        assert isinstance(translate(error), StoreUnavailable)


async def test_a_write_to_a_connection_that_is_closed_is_an_outage(redis_url: str) -> None:
    """The event loop has its own error for it."""
    async with connect(redis_url, client_name="streamario-test") as client:
        connection = new_connection(client)
        await connection.connect()  # type: ignore[no-untyped-call]
        writer = connection._writer
        assert writer is not None
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
        with pytest.raises(RuntimeError) as refused:
            writer.writelines([b"PING"])
        await connection.disconnect()
    assert isinstance(translate(refused.value), ConnectionLost)
    assert isinstance(translate(RuntimeError("a fault of ours")), RuntimeError)
