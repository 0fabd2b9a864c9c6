"""A known vulnerability or a crash fails the audit; an unreachable index does not."""

import shlex
import sys
from pathlib import Path

import msgspec
import pytest

from tests import dependency_audit
from tests.conftest import free_ports
from tests.dependency_audit import Report, Unasked, ask, judge

FOUND = b"""{"dependencies": [
    {"name": "good", "version": "1.0", "vulns": []},
    {"name": "unknown", "skip_reason": "Dependency not found"},
    {"name": "bad", "version": "2.0", "vulns": [
        {"id": "PYSEC-2026-1", "fix_versions": ["2.1", "3.0"], "aliases": [], "description": "x"}
    ]}
], "fixes": []}"""


def auditor(folder: Path, *said: str) -> str:
    """Make a program that writes these lines to stderr and no report."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' {shlex.join(said)} >&2\nexit 1\n")
    program.chmod(0o700)
    return str(program)


def test_a_known_vulnerability_is_named_and_fails() -> None:
    lines, vulnerable = judge("x.lock", msgspec.json.decode(FOUND, type=Report))
    assert vulnerable
    assert lines == [
        "x.lock: 2 packages audited, 1 skipped, 1 known vulnerabilities",
        "  bad 2.0: PYSEC-2026-1, fixed in 2.1, 3.0",
    ]


def test_having_nobody_to_ask_passes_and_is_said(tmp_path: Path) -> None:
    """Here the proxy to the index is a port on which nothing listens."""
    lock = tmp_path / "x.lock"
    lock.write_text(f"streamario==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_ports(1)[0]}")
        (line,), failed = judge("x.lock", ask(lock))
    assert not failed
    assert line.startswith("x.lock: not audited: ")
    assert "Connection refused" in line


def test_an_audit_that_breaks_down_fails_and_says_why(tmp_path: Path) -> None:
    (line,), failed = judge("x.lock", ask(tmp_path / "missing.lock"))
    assert failed
    assert line.startswith("x.lock: not audited: ")
    assert line.endswith("missing.lock")


def test_a_crash_that_happens_to_call_a_timeout_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as a malformed answer, whose traceback quotes code that mentions a timeout."""
    monkeypatch.setattr(
        sys, "executable", auditor(tmp_path, "    get(url, timeout=15)", "KeyError")
    )
    assert ask(tmp_path / "x.lock") == Unasked("KeyError", is_fault=True)


def test_an_audit_that_says_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    report = ask(tmp_path / "x.lock")
    assert judge("x.lock", report) == (["x.lock: not audited: pip-audit printed nothing"], True)


@pytest.mark.parametrize(
    "said",
    [
        "ConnectionError: Could not connect to PyPI's vulnerability feed",
        "NameResolutionError: Failed to resolve 'index.example'",
        "requests.exceptions.ReadTimeout: Read timed out. (read timeout=15)",
        "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable",
    ],
)
def test_an_index_that_does_not_answer_is_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    monkeypatch.setattr(sys, "executable", auditor(tmp_path, "Traceback", said))
    assert ask(tmp_path / "x.lock") == Unasked(said, is_fault=False)


def test_the_exit_status_is_that_of_the_worst_lock(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = iter([Report(()), msgspec.json.decode(FOUND, type=Report)])
    monkeypatch.setattr(dependency_audit, "ask", lambda _: next(reports))
    assert dependency_audit.main() == 1
    assert "PYSEC-2026-1" in capsys.readouterr().out
