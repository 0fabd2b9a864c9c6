"""The embedded PostgreSQL that another process runs, as a second terminal finds it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from deploy.embedded.servers import database_at

SOCKETS_LINE = 5  # of postmaster.pid, in which PostgreSQL says how to reach it


def running_database(data_dir: Path) -> str | None:
    """Where the PostgreSQL of a `streamario up` on this folder listens, as libpq reads it.

    None where none runs; one that was killed may still be named.
    """
    try:
        with (data_dir / "postgres" / "postmaster.pid").open() as lines:
            sockets = next(islice(lines, SOCKETS_LINE - 1, None), "").strip()
    except OSError:
        return None
    return database_at(Path(sockets)) if sockets else None
