"""The embedded PostgreSQL that another process runs, as a second terminal finds it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from deploy.embedded.servers import database_at

SOCKETS_LINE: Final = 4  # of postmaster.pid, in which PostgreSQL says how to reach it


def running_database(data_dir: Path) -> str | None:
    """Where the PostgreSQL of a `streamario up` on this folder listens, as libpq reads it.

    None where none runs; one that was killed may still be named.
    """
    try:
        lines = (data_dir / "postgres" / "postmaster.pid").read_bytes().split(b"\n")
    except OSError:
        return None
    sockets = lines[SOCKETS_LINE] if len(lines) > SOCKETS_LINE else b""
    return database_at(Path(os.fsdecode(sockets))) if sockets else None
