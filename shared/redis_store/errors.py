"""Errors of calls to Redis. This module alone translates the errors of redis-py and the network:

StoreError
├── StoreUnavailable    the server is down, busy or refuses writes; the call may have run
│   └── ConnectionLost  the connection broke during the call
├── StoreUnfit          the server must not be used as it is configured
└── StoreFault          the server refused a command because of a bug in Streamario
"""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

# What redis-py raises: its own errors, the network's, and the event loop's for a closed connection.
FOREIGN = (exceptions.RedisError, OSError, RuntimeError)

# Error replies of a server that cannot serve at the moment; any other error reply means a bug in
# Streamario. For some of them redis-py has classes; it removes the code from their text.
OUTAGES = (
    exceptions.BusyLoadingError,
    exceptions.ClusterDownError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.TryAgainError,
)
# uvloop's message for a write to a connection that the other side has just closed.
CLOSED = "the handler is closed"
OUTAGE_CODES = ("BUSY ", "MISCONF ", "NOREPLICAS ")


class StoreError(Exception):
    """A call to Redis failed."""


class StoreUnavailable(StoreError):
    """The server cannot serve at the moment."""


class ConnectionLost(StoreUnavailable):
    """The connection broke during a call; the call may have run."""


class StoreUnfit(StoreError):
    """The server must not be used as it is configured; the message is one line for operators."""


class StoreFault(StoreError):
    """The server's error reply shows a bug in Streamario, such as a key of the wrong type."""


def translate(error: Exception) -> Exception:
    """Translate an error of redis-py or the network; return an unexpected one unchanged."""
    if isinstance(error, OUTAGES):
        return StoreUnavailable(str(error))
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return StoreUnavailable("Redis does not answer")
    if isinstance(error, exceptions.ConnectionError | exceptions.InvalidResponse | OSError):
        return ConnectionLost(f"Redis is away: {error}")
    if isinstance(error, RuntimeError) and CLOSED in str(error):
        return ConnectionLost("Redis has closed the connection")
    if isinstance(error, exceptions.NoPermissionError):
        return StoreUnfit(f"REDIS_URL: the user lacks a permission: {error}")
    if isinstance(error, exceptions.ResponseError) and str(error).startswith(OUTAGE_CODES):
        return StoreUnavailable(str(error))
    if isinstance(error, exceptions.RedisError):
        return StoreFault(str(error))
    return error


@contextmanager
def translated() -> Iterator[None]:
    """Translate the errors that the block raises."""
    try:
        yield
    except FOREIGN as error:
        raise translate(error) from None
