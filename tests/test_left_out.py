"""A run with skipped tests says so; it passes only if this machine lacks what they need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WANTS_A_PROGRAM = """
from tests.programs import program

def test_passes():
    pass

def test_wants_it():
    program("no-such-program")
"""
SKIPS = """
import pytest

def test_skips():
    pytest.skip("I would rather not")
"""
STARTS = """
import asyncio, subprocess, sys
import pytest

def test_passes():
    pass

def test_starts_a_process():
    subprocess.run([sys.executable, "-c", ""])

def test_starts_a_process_elsewhere():
    asyncio.run(asyncio.create_subprocess_exec(sys.executable, "-c", ""))

@pytest.fixture
def servers():
    raise AssertionError

def test_runs_on_servers(servers):
    pass
"""


def run(folder: Path, plugin: str, source: str, *options: str, ci: str = "") -> tuple[int, str]:
    """Run these tests; return the exit status and the output."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_sample.py").write_text(source)
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", str(folder / "pytest.ini"), "-p", plugin),
            *("-p", "no:cacheprovider", "-p", "xdist", *options, str(folder)),
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        text=True,
    )
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_what_a_machine_lacks_is_said_last_with_what_brings_it(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    status, said = run(tmp_path, "tests.left_out", WANTS_A_PROGRAM, *workers)
    assert status == 0
    assert "1 passed, 1 skipped" in said
    last = said.splitlines()[-1]
    assert last.startswith("Skipped 1 test, because of missing programs: no-such-program.")
    assert "make test" in last


def test_in_ci_nothing_may_be_left_out(tmp_path: Path) -> None:
    status, _ = run(tmp_path, "tests.left_out", WANTS_A_PROGRAM, ci="true")
    assert status == 1


def test_a_test_that_skips_itself_fails_the_run(tmp_path: Path) -> None:
    status, said = run(tmp_path, "tests.left_out", SKIPS)
    assert status == 1
    assert "SKIPPED, which fails the run: test_sample.py::test_skips" in said


def test_a_unit_run_has_neither_servers_nor_processes(tmp_path: Path) -> None:
    status, said = run(tmp_path, "tests.unit", STARTS)
    assert status == 0
    assert "1 passed, 2 skipped, 1 deselected" in said
    assert "2 more start a process" in said
