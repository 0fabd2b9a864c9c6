"""The servers' programs are found, and PostgreSQL's run wherever the project is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clients.terminal.terminal_io import CommandError
from deploy.embedded import programs


def test_the_wheels_bring_both_servers() -> None:
    assert programs.valkey().is_file()
    assert (programs.postgres_folder() / "postgres").is_file()
    assert (programs.postgres_folder() / "initdb").is_file()


@pytest.mark.parametrize(
    ("says", "is_taken"), [("v2.11.7 h1:yj0=", True), ("2.11.0", True), ("2.6.2", False)]
)
def test_of_caddy_a_release_on_the_path_must_be_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, *, is_taken: bool
) -> None:
    """Debian's may be older than what the Caddyfile needs."""
    program = tmp_path / "caddy"
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    if is_taken:
        assert programs.caddy() == str(program)
    else:
        with pytest.raises(CommandError, match=r"no Caddy 2\.11 or later is installed"):
            programs.caddy()


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
