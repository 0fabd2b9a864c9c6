"""Reads the reports of a Schemathesis run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One check of one answer."""

    name: str
    status: str


class Answer(msgspec.Struct, frozen=True):
    status_code: int


class Interaction(msgspec.Struct, frozen=True):
    """A request and its answer."""

    response: Answer | None = None


class Recorder(msgspec.Struct, frozen=True):
    checks: dict[str, tuple[Check, ...]] = {}
    interactions: dict[str, Interaction] = {}


class Scenario(msgspec.Struct, frozen=True):
    phase: str
    recorder: Recorder


class Event(msgspec.Struct, frozen=True):
    """A line of the event log."""

    scenario: Scenario | None = msgspec.field(default=None, name="ScenarioFinished")


class Phase(msgspec.Struct, frozen=True):
    status: str


class Operations(msgspec.Struct, frozen=True):
    total: int
    tested: int


class Summary(msgspec.Struct, frozen=True):
    """The parts of a run's summary that are checked."""

    complete: bool
    exit_code: int
    operations: Operations
    phases: dict[str, Phase]
    failures: tuple[Any, ...]
    errors: tuple[Any, ...]
    warnings: dict[str, tuple[Any, ...]]


class Report(msgspec.Struct, frozen=True):
    """A run: its summary, its output, and its counts.

    `requests` are counted by phase, `checks` by name and status, `statuses` by HTTP status.
    """

    summary: Summary
    text: str
    requests: Counter[str]
    checks: Counter[tuple[str, str]]
    statuses: Counter[int]

    @property
    def is_clean(self) -> bool:
        """Whether every operation was tested and no problem was found."""
        summary = self.summary
        return (
            (summary.complete, summary.exit_code) == (True, 0)
            and not (summary.failures or summary.errors or any(summary.warnings.values()))
            and all(phase.status == "success" for phase in summary.phases.values())
            and summary.operations.tested == summary.operations.total
        )

    def table(self) -> str:
        """Return the figures as text."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        operations = self.summary.operations
        yield f"operations: {operations.tested} of {operations.total}"
        yield f"requests: {self.requests.total()}"
        yield from _rows("requests by phase", self.requests)
        yield from _rows("answers by status", self.statuses)
        yield f"checks: {self.checks.total()}"
        for name in sorted({name for name, _ in self.checks}):
            held, failed = self.checks[name, "success"], self.checks[name, "failure"]
            yield f"  {name:32}{held:8} passed{failed:8} failed"
        yield f"findings: {len(self.summary.failures)}, errors: {len(self.summary.errors)}"


def _rows(title: str, counted: Counter[Any]) -> Iterator[str]:
    yield title
    for name, count in sorted(counted.items()):
        yield f"  {name!s:32}{count:8}"


def read_report(folder: Path, text: str) -> Report:
    """Read the reports in a folder; `text` is the run's output."""
    requests: Counter[str] = Counter()
    checks: Counter[tuple[str, str]] = Counter()
    statuses: Counter[int] = Counter()
    for line in (folder / "events.ndjson").read_bytes().splitlines():
        scenario = msgspec.json.decode(line, type=Event).scenario
        if scenario is not None:
            seen = scenario.recorder
            requests[scenario.phase] += len(seen.interactions)
            checks.update((c.name, c.status) for found in seen.checks.values() for c in found)
            statuses.update(
                i.response.status_code for i in seen.interactions.values() if i.response
            )
    summary = msgspec.json.decode((folder / "summary.json").read_bytes(), type=Summary)
    return Report(summary, text, requests, checks, statuses)
