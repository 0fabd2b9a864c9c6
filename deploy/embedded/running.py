"""Finds the embedded servers that another process runs, for commands in a second terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from deploy.embedded.servers import database_at, redis_at, valkey_socket

SOCKETS_LINE: Final = 4  # index of the line in postmaster.pid that names PostgreSQL's socket folder


def running_database(data_dir: Path) -> str | None:
    """Return the libpq URL of the PostgreSQL that a `streamario up` runs on this folder.

    None if none runs. A PostgreSQL that was killed may still be returned.
    """
    sockets = _postgres_sockets(data_dir)
    return database_at(sockets) if sockets else None


def running_redis(data_dir: Path) -> str | None:
    """Return the URL of the Valkey that a `streamario up` runs on this folder, or None."""
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
