"""Lists known vulnerabilities of the pinned packages: `python -m tests.dependency_audit`.

It fails if a vulnerability is known or the audit itself fails. If the package index cannot be
reached or has no advisories, it prints that and passes.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

LOCKS = (Path("requirements-runtime.lock"), Path("requirements.lock"))
WITHIN = 120.0  # s
# The exceptions with which pip-audit ends if the index cannot be reached or answers with an error.
# Indented lines are quoted code, which always mentions timeouts.
NOBODY_THERE = re.compile(
    r"^(?=\S).*(ConnectionError|NameResolution|time(d )?out|5\d\d Server Error)",
    re.IGNORECASE | re.MULTILINE,
)


class Vulnerability(msgspec.Struct, frozen=True):
    """An advisory, and the releases that fix it."""

    id: str
    fix_versions: tuple[str, ...] = ()


class Dependency(msgspec.Struct, frozen=True):
    """A pinned package; `skip_reason` says why it was not audited."""

    name: str
    version: str = ""
    vulns: tuple[Vulnerability, ...] = ()
    skip_reason: str = ""


class Report(msgspec.Struct, frozen=True):
    """pip-audit's report."""

    dependencies: tuple[Dependency, ...]


@dataclass(frozen=True)
class Unasked:
    """The reason for a missing report; `is_fault` unless the index could not be reached."""

    reason: str
    is_fault: bool


def main() -> int:
    """Audit each lock file; the exit status is 1 after a vulnerability or a failed audit."""
    verdicts = [judge(lock.name, ask(lock)) for lock in LOCKS]
    for lines, _ in verdicts:
        print(*lines, sep="\n")
    return int(any(failed for _, failed in verdicts))


def ask(lock: Path) -> Report | Unasked:
    """Run pip-audit on a lock file."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes"),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off"),
    ]
    try:
        told = subprocess.run(command, capture_output=True, timeout=WITHIN, check=False, text=True)
    except subprocess.TimeoutExpired:
        return Unasked(f"no answer within {WITHIN:g} s", is_fault=False)
    try:
        return msgspec.json.decode(told.stdout, type=Report)
    except msgspec.DecodeError:
        return _unasked(told.stderr)


def _unasked(said: str) -> Unasked:
    """Return why there is no report, from pip-audit's stderr."""
    last = (said.strip().splitlines() or ["pip-audit printed nothing"])[-1]
    return Unasked(last, is_fault=NOBODY_THERE.search(said) is None)


def judge(name: str, report: Report | Unasked) -> tuple[Sequence[str], bool]:
    """Return the lines to print for a lock file, and whether it fails the audit."""
    if isinstance(report, Unasked):
        return [f"{name}: not audited: {report.reason}"], report.is_fault
    found = [(each, known) for each in report.dependencies for known in each.vulns]
    skipped = sum(bool(each.skip_reason) for each in report.dependencies)
    summary = (
        f"{name}: {len(report.dependencies) - skipped} packages audited, {skipped} skipped,"
        f" {len(found)} known vulnerabilities"
    )
    return [summary, *(_line(each, known) for each, known in found)], bool(found)


def _line(each: Dependency, known: Vulnerability) -> str:
    mended = ", ".join(known.fix_versions) or "no release yet"
    return f"  {each.name} {each.version}: {known.id}, fixed in {mended}"


if __name__ == "__main__":
    sys.exit(main())
