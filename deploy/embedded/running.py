"""The embedded servers that another process runs, as a second terminal finds them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from deploy.embedded.servers import database_at, redis_at, valkey_socket

SOCKETS_LINE: Final = 4  # of postmaster.pid, in which PostgreSQL says how to reach it


def running_database(data_dir: Path) -> str | None:
    """Where the PostgreSQL of a `streamario up` on this folder listens, as libpq reads it.

    None where none runs; one that was killed may still be named.
    """
    sockets = _postgres_sockets(data_dir)
    return database_at(sockets) if sockets else None


def running_redis(data_dir: Path) -> str | None:
    """Where the Valkey of a `streamario up` on this folder listens; None where none runs."""
    sockets = _postgres_sockets(data_dir)
    socket = valkey_socket(sockets.parent) if sockets else None
    return redis_at(socket) if socket and socket.exists() else None


def _postgres_sockets(data_dir: Path) -> Path | None:
    try:
        lines = (data_dir / "postgres" / "postmaster.pid").read_bytes().split(b"\n")
    except OSError:
        return None
    sockets = lines[SOCKETS_LINE] if len(lines) > SOCKETS_LINE else b""
    return Path(os.fsdecode(sockets)) if sockets else None
