"""What `make run` is given reaches `streamario up`."""

import os
import shutil
from pathlib import Path

import pytest

from tests.deploy.command_line import finished

MAKEFILE = Path(__file__).parents[2] / "Makefile"
ECHO = '#!/bin/sh\nprintf "%s\\n" "$@"\n'
# A command with quotation marks of both kinds, and what a shell would run.
VIA = """bash -c 'echo "http://x.example:{port}"; sleep 9' `date`"""


@pytest.mark.parametrize("from_environment", [False, True])
def test_a_tunnels_command_arrives_as_it_is(tmp_path: Path, *, from_environment: bool) -> None:
    shutil.copy(MAKEFILE, tmp_path)
    program = tmp_path / ".venv/bin/streamario"
    program.parent.mkdir(parents=True)
    program.write_text(ECHO)
    program.chmod(0o755)
    for name in ("requirements-run.lock", "pyproject.toml", ".venv/.runs"):
        (tmp_path / name).touch()
    variables = {"PUBLIC": "1", "YES": "1", "VIA": VIA}
    given = (
        () if from_environment else tuple(f"{name}={value}" for name, value in variables.items())
    )
    ran = finished(
        # `make test` makes this `make` one of its own, which would tell its folder.
        ("make", "--no-print-directory", "run", *given),
        cwd=tmp_path,
        env=os.environ | (variables if from_environment else {}),
    )
    assert (ran.stdout.splitlines(), ran.stderr) == (
        ["up", "--public", "--public-via", VIA, "--yes"],
        "",
    )
