"""A second terminal finds the PostgreSQL that another process runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from deploy.embedded.servers import running_database

if TYPE_CHECKING:
    from pathlib import Path

    from deploy.embedded.servers import EmbeddedServers


@pytest.mark.anyio
async def test_a_running_server_is_found_by_its_folder(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    assert running_database(servers.postgres.log.parent) == servers.database_url


def test_where_none_runs_none_is_found(tmp_path: Path) -> None:
    assert running_database(tmp_path) == ""


@pytest.mark.parametrize("facts", ["", "17\n", "17\n/data\n1790000000\n5432\n\n"])
def test_a_server_that_has_not_said_where_it_listens_is_not_found(
    tmp_path: Path, facts: str
) -> None:
    leave(tmp_path, facts)
    assert running_database(tmp_path) == ""


def test_its_folder_may_be_called_anything(tmp_path: Path) -> None:
    """Spaces, quotes, percent signs and other scripts."""
    leave(tmp_path, "17\n/data\n1790000000\n5432\n/tmp/o'%20 \"花 \n\n 5 0\nready   \n")
    host = conninfo_to_dict(running_database(tmp_path))["host"]
    assert host == "/tmp/o'%20 \"花 "


def leave(folder: Path, facts: str) -> None:
    """Write the file that PostgreSQL writes at its start."""
    (folder / "postgres").mkdir()
    (folder / "postgres" / "postmaster.pid").write_text(facts, encoding="utf-8")
