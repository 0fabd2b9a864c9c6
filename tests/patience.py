"""The product's own time limits, lengthened: on a machine that stalls, Redis looks as if it failed.

Tests of what happens when a server does not answer keep the limits as they are.
"""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_service.books import database, shares
from shared.redis_store import master, redis_py, store, topology
from ws_gateway import inbox

Limits: TypeAlias = tuple[tuple[Any, str, Any], ...]

HOUR: Final = 3_600.0  # s
VARIABLE: Final = "PATIENT"  # of a service of the tests' that is patient
TRANSACTION: Final = shares.transaction


def _transaction(pool: AsyncEngine, _: float) -> AbstractAsyncContextManager[AsyncConnection]:
    return TRANSACTION(pool, HOUR)


# Where each limit is, its name, and what takes its place. A call that Redis has not run, because it
# came too late, is repeated.
LIMITS: Final[Limits] = (
    (vars(master), "ANSWER_TIMEOUT", HOUR),
    (vars(master), "CONNECT_TIMEOUT", HOUR),
    (vars(master), "REPEATED_WITHIN", HOUR),
    (vars(master), "REPEATS", 1_000),
    (vars(redis_py), "CONNECT_TIMEOUT", HOUR),
    (vars(topology), "QUESTION_TIMEOUT", HOUR),
    (redis_py.connect.__kwdefaults__, "answer_timeout", HOUR),
    (vars(store), "CONFIRM_WITHIN", HOUR),
    (vars(inbox), "DEAF_AFTER", HOUR),
    (vars(shares), "WAIT", HOUR),
    (vars(shares), "transaction", _transaction),
    (vars(database), "CONNECT_TIMEOUT", HOUR),
    (database.CONNECTION, "connect_timeout", int(HOUR)),
)


REAL: Final[Limits] = tuple((where, name, where[name]) for where, name, _ in LIMITS)


@contextmanager
def patient() -> Iterator[None]:
    """This process waits for Redis and PostgreSQL; a service that ran before keeps its limits."""
    be_patient()
    yield
    _hold(REAL)


@contextmanager
def impatient() -> Iterator[None]:
    """While it is `patient`, it has the product's own limits; what ran before keeps the others."""
    before = tuple((where, name, where[name]) for where, name, _ in LIMITS)
    _hold(REAL)
    yield
    _hold(before)


def be_patient() -> None:
    """Let this process wait for Redis and PostgreSQL until it is ended."""
    _hold(LIMITS)


def _hold(limits: Limits) -> None:
    for where, name, value in limits:
        where[name] = value
