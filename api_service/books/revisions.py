"""The revisions of the PostgreSQL schema that this release has heard of.

They are read off the migrations' names, `<what>_<revision>.py`: Alembic would know them too, and a
service that migrates nothing has no other use for it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_MIGRATION = re.compile(r"\w+_([0-9]{4})\.py", re.ASCII)


@cache
def known() -> frozenset[str]:
    """Every revision there is."""
    folder = files("api_service.books") / "migrations" / "versions"
    named = (_MIGRATION.fullmatch(file.name) for file in folder.iterdir())
    return frozenset(name[1] for name in named if name)


def head() -> str:
    """The revision that this release needs: the last one."""
    return max(known())


def is_current(revision: str | None) -> bool:
    """Whether this release can work on a schema.

    One that a newer release has migrated to is taken for good: releases only take away what the
    one before them has stopped to use.
    """
    return revision == head() or (revision is not None and revision not in known())
