"""How many sockets and files the process may have open."""

from __future__ import annotations

import resource
from contextlib import suppress


def raise_limit() -> None:
    """Have as many as the machine allows: its default is for programs without clients.

    The soft limit is often 1,024, for the sake of programs that use select(); nothing here does.
    """
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError):  # macOS calls its limit infinite, and gives less
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))
