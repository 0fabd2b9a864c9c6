"""A known vulnerability fails the audit; having nobody to ask does not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from tests.attacks import dependencies
from tests.attacks.dependencies import Report, judge

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FOUND = b"""{"dependencies": [
    {"name": "good", "version": "1.0", "vulns": []},
    {"name": "unknown", "skip_reason": "Dependency not found"},
    {"name": "bad", "version": "2.0", "vulns": [
        {"id": "PYSEC-2026-1", "fix_versions": ["2.1", "3.0"], "aliases": [], "description": "x"}
    ]}
], "fixes": []}"""


def test_a_known_vulnerability_is_named_and_fails() -> None:
    lines, vulnerable = judge("x.lock", msgspec.json.decode(FOUND, type=Report))
    assert vulnerable
    assert lines == [
        "x.lock: 2 packages audited, 1 not, 1 known vulnerabilities",
        "  bad 2.0: PYSEC-2026-1, mended in 2.1, 3.0",
    ]


def test_having_nobody_to_ask_passes_and_is_said() -> None:
    assert judge("x.lock", None) == (["x.lock: not audited, nobody could be asked"], False)


def test_an_answer_that_is_no_report_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as a traceback about a name that nobody resolves."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert dependencies.ask(tmp_path / "x.lock") is None


def test_the_exit_status_is_that_of_the_worst_lock(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = iter([Report(()), msgspec.json.decode(FOUND, type=Report)])
    monkeypatch.setattr(dependencies, "ask", lambda _: next(reports))
    assert dependencies.main() == 1
    assert "PYSEC-2026-1" in capsys.readouterr().out
