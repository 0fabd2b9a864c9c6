"""The limit of file descriptors, which bounds how many sockets a process can have."""

from __future__ import annotations

import resource
from contextlib import suppress


def raise_limit() -> None:
    """Raise the soft limit to the hard limit.

    The soft limit is often 1,024, for programs that use select(); nothing here does.
    """
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError):  # macOS reports an infinite hard limit, but refuses it
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))
