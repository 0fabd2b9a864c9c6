"""What can go wrong on the way to Redis. Foreign errors are translated here, once:

StoreError
├── StoreUnavailable    the server is away, busy or refuses writes; the call may have run
│   └── ConnectionLost  the link broke under the call
├── StoreUnfit          the server must not be used as it is configured
└── StoreFault          the server refuses what it is asked: a fault of ours
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis import exceptions

if TYPE_CHECKING:
    from collections.abc import Iterator

# What redis-py raises: its own errors, the network's, and the event loop's for a closed connection.
FOREIGN = (exceptions.RedisError, OSError, RuntimeError)

# Answers of a server that cannot serve just now; any other error answer is a fault of ours. For
# some redis-py has classes, and takes the code off their text.
OUTAGES = (
    exceptions.BusyLoadingError,
    exceptions.ClusterDownError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.TryAgainError,
)
# uvloop's word for a write to a connection that the other side has just closed.
CLOSED = "the handler is closed"
OUTAGE_CODES = ("BUSY ", "MISCONF ", "NOREPLICAS ")


class StoreError(Exception):
    """Something about Redis."""


class StoreUnavailable(StoreError):
    """The server cannot serve just now."""


class ConnectionLost(StoreUnavailable):
    """The link broke while a call was under way; the call may have run."""


class StoreUnfit(StoreError):
    """The server must not be used as it is configured; the message is one clear line."""


class StoreFault(StoreError):
    """The server answered an error that is a fault of ours, such as a key of another type."""


def _is_closed(error: Exception) -> bool:
    """Whether the event loop refused to write to a connection that is no more."""
    return isinstance(error, RuntimeError) and CLOSED in str(error)


def translate(error: Exception) -> Exception:
    """An error of redis-py or of the network as one of ours; what nobody expected stays itself."""
    if isinstance(error, OUTAGES):
        return StoreUnavailable(str(error))
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return StoreUnavailable("Redis does not answer")
    if isinstance(error, exceptions.ConnectionError | exceptions.InvalidResponse | OSError):
        return ConnectionLost(f"Redis is away: {error}")
    if _is_closed(error):
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
    """Have the block raise errors of ours."""
    try:
        yield
    except FOREIGN as error:
        raise translate(error) from None
