"""The revisions of the PostgreSQL schema that this release knows.

They are read from the migrations' file names, `<what>_<revision>.py`, so that a service that
migrates nothing need not load Alembic.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_MIGRATION = re.compile(r"\w+_([0-9]{4})\.py", re.ASCII)


@cache
def known() -> frozenset[str]:
    """Every revision of this release."""
    folder = files("api_service.books") / "migrations" / "versions"
    named = (_MIGRATION.fullmatch(file.name) for file in folder.iterdir())
    return frozenset(name[1] for name in named if name)


def head() -> str:
    """The revision that this release needs: the last one."""
    return max(known())


def is_current(revision: str | None) -> bool:
    """Whether this release can work with a schema.

    It accepts any newer release's schema: a release removes only what the release before it has
    stopped using.
    """
    return revision is not None and revision >= head()
