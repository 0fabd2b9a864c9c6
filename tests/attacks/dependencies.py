"""Known vulnerabilities of what is pinned: `python -m tests.attacks.dependencies`.

Fails where one is known. Where nobody can be asked, or the index knows no advisories, it says so
and passes: no network is no vulnerability, and no proof of none either.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCKS = (Path("requirements-runtime.lock"), Path("requirements.lock"))
WITHIN = 120.0  # s


class Vulnerability(msgspec.Struct, frozen=True):
    """An advisory, and the releases that mend it."""

    id: str
    fix_versions: tuple[str, ...] = ()


class Dependency(msgspec.Struct, frozen=True):
    """A pinned package; `skip_reason` says why nothing is known of it."""

    name: str
    version: str = ""
    vulns: tuple[Vulnerability, ...] = ()
    skip_reason: str = ""


class Report(msgspec.Struct, frozen=True):
    """What pip-audit writes."""

    dependencies: tuple[Dependency, ...]


def main() -> int:
    """Audit each lock file; the exit status is 1 where something is vulnerable."""
    verdicts = [judge(lock.name, ask(lock)) for lock in LOCKS]
    for lines, _ in verdicts:
        print(*lines, sep="\n")
    return int(any(vulnerable for _, vulnerable in verdicts))


def ask(lock: Path) -> Report | None:
    """What is known of a lock file's packages; None where nobody could be asked."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes"),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off"),
    ]
    try:
        told = subprocess.run(command, capture_output=True, timeout=WITHIN, check=False)
        return msgspec.json.decode(told.stdout, type=Report)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        return None


def judge(name: str, report: Report | None) -> tuple[Sequence[str], bool]:
    """What to print of a lock file, and whether anything in it is vulnerable."""
    if report is None:
        return [f"{name}: not audited, nobody could be asked"], False
    found = [(each, known) for each in report.dependencies for known in each.vulns]
    skipped = sum(bool(each.skip_reason) for each in report.dependencies)
    summary = (
        f"{name}: {len(report.dependencies) - skipped} packages audited, {skipped} not,"
        f" {len(found)} known vulnerabilities"
    )
    return [summary, *(_line(each, known) for each, known in found)], bool(found)


def _line(each: Dependency, known: Vulnerability) -> str:
    mended = ", ".join(known.fix_versions) or "no release yet"
    return f"  {each.name} {each.version}: {known.id}, mended in {mended}"


if __name__ == "__main__":
    sys.exit(main())
