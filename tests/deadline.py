"""A test has one deadline, and nothing else ends a wait.

A wait that names a time fails on a machine that stalls for longer. An async test that reaches its
deadline fails with a traceback to where it waits, and the run goes on. What waits in a fixture, in
an example of Hypothesis, or without the event loop is ended by pytest-timeout, with the whole run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import ParamSpec

import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG

P = ParamSpec("P")

# Of pytest-timeout's limit, which counts a test's fixtures too.
PART = 2 / 3


def pytest_configure() -> None:
    """Let httpx wait as long as its test does; its default is 5 s."""
    vars(DEFAULT_TIMEOUT_CONFIG).update(connect=None, read=None, write=None, pool=None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """End an async test at its deadline. Raises TimeoutError in the test."""
    if iscoroutinefunction(pyfuncitem.obj):
        marker = pyfuncitem.get_closest_marker("timeout")
        limit = float(marker.args[0] if marker else pyfuncitem.config.getini("timeout"))
        pyfuncitem.obj = _ending(pyfuncitem.obj, limit * PART)


def _ending(test: Callable[P, Awaitable[None]], seconds: float) -> Callable[P, Awaitable[None]]:
    @wraps(test)
    async def ending(*args: P.args, **kwargs: P.kwargs) -> None:
        async with asyncio.timeout(seconds):
            await test(*args, **kwargs)

    return ending
