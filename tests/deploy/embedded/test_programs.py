"""The servers' programs are found, and PostgreSQL's run wherever the project is installed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from deploy.embedded import programs

if TYPE_CHECKING:
    from pathlib import Path


def test_the_wheels_bring_both_servers() -> None:
    assert programs.valkey().is_file()
    assert (programs.postgres_folder() / "postgres").is_file()
    assert (programs.postgres_folder() / "initdb").is_file()


def test_postgres_can_use_programs_below_a_folder_that_only_its_owner_may_enter(
    tmp_path: Path,
) -> None:
    """initdb checks `postgres` by access(2); a clone below /root or a mktemp folder is closed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    program = closed / "program"
    program.write_text("")
    program.chmod(0o755)
    account = programs.postgres_account(tmp_path / "postgres")
    question = "import os, sys; sys.exit(not os.access(sys.argv[1], os.R_OK | os.X_OK))"
    asked = subprocess.run(
        (*account.prefix, sys.executable, "-c", question, str(program)), check=False
    )
    assert asked.returncode == 0
