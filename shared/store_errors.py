"""What can go wrong on the way to Redis. Foreign errors are translated here, once:

StoreError
├── StoreUnavailable    the server is away, busy or refuses writes; the call may have run
│   └── ConnectionLost  the link broke under the call
└── StoreUnfit          the server must not be used as it is configured
"""

from __future__ import annotations

from redis import exceptions

# Answers of a server that cannot serve just now; any other error answer is a fault of ours. For
# some redis-py has classes, and takes the code off their text.
OUTAGES = (
    exceptions.BusyLoadingError,
    exceptions.ClusterDownError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.TryAgainError,
)
OUTAGE_CODES = ("BUSY ", "MISCONF ", "NOREPLICAS ")


class StoreError(Exception):
    """Something about Redis."""


class StoreUnavailable(StoreError):
    """The server cannot serve just now."""


class ConnectionLost(StoreUnavailable):
    """The link broke while a call was under way; the call may have run."""


class StoreUnfit(StoreError):
    """The server must not be used as it is configured; the message is one clear line."""


def translate(error: Exception) -> Exception:
    """A redis-py error as one of ours; what nobody expected stays itself."""
    if isinstance(error, OUTAGES):
        return StoreUnavailable(str(error))
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return StoreUnavailable("Redis does not answer")
    if isinstance(error, exceptions.ConnectionError | exceptions.InvalidResponse | OSError):
        return ConnectionLost(f"Redis is away: {error}")
    if isinstance(error, exceptions.NoPermissionError):
        return StoreUnfit(f"REDIS_URL: the user lacks a permission: {error}")
    if isinstance(error, exceptions.ResponseError) and str(error).startswith(OUTAGE_CODES):
        return StoreUnavailable(str(error))
    return error
