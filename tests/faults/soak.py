"""Injects every fault repeatedly under load, and prints a table of the results.

    python -m tests.faults.soak [--rounds N] [--minutes M] [--only WORD]
    python -m tests.faults.soak --cuts N
    python -m tests.faults.soak --failovers N
    python -m tests.faults.soak --from-release REF
    python -m tests.faults.soak --back-to REF

Each round has its own servers and services. The table (Markdown) goes to standard output, progress
to standard error. The exit status is 1 if anything was lost or counted twice, if another check
failed, or if the services did not recover; then the run stops and keeps that round's logs.

With --cuts it only cuts Redis off N times under viewers who repeat their batches, and tells what
became of their presses. With --failovers it only ends masters of Redis in each way N times in a
burst, and prints a table of what was lost; it fails if a loss was silent. With --from-release it
only replaces the processes of that release (a commit, tag or branch) by this one's while viewers
press, and tells which repeats counted again; with --back-to the other way round.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import uvloop

from api_service.books.migrate import upgrade
from tests.faults.acting import Plan
from tests.faults.deployment import open_deployment
from tests.faults.experiment import Report, perform
from tests.faults.failovers import FAILOVERS, Failover, play_failover
from tests.faults.faults import FAULTS, LONG, MORE_FAULTS, Fault
from tests.faults.late_batches import OUTAGES, Cut, Pressed, press_through
from tests.faults.postgres import own_postgres
from tests.faults.upgrade import Upgraded, roll_back_to, upgrade_from

Upgrading = Callable[[str, Path], Coroutine[None, None, Upgraded]]

# s that an experiment may take beyond what its fault lasts.
LIMIT: Final = 75.0
ALL: Final = (*FAULTS, *MORE_FAULTS)
SEED: Final = 20
HEADS: Final = (
    *("fault", "runs", "presses", "triggers", "lost", "doubled"),
    *("noticed", "reconnected", "first trigger", "longest pause", "longest wait"),
)

BURST: Final = Plan(
    rooms=1, viewers=30, pace=0.05, frozen_for=0.0, database_away_for=0.0, load_after=1.0
)
FAILOVER_HEADS: Final = (
    *("failover", "runs", "presses answered", "lost", "forgotten by Redis"),
    *("told to the game", "promoted", "first trigger"),
)


def main() -> int:
    """Play the rounds, print the table."""
    options = _options()
    if options.cuts:
        return _cut(options.cuts)
    if options.failovers:
        return _fail_over(options.failovers)
    if options.from_release:
        return _tell_of(upgrade_from, options.from_release)
    if options.back_to:
        return _tell_of(roll_back_to, options.back_to)
    faults = [fault for fault in ALL if options.only.lower() in fault.name.lower()]
    reports = uvloop.run(_rounds(faults, options.rounds, options.minutes))
    print(table(faults, reports))
    return 1 if any(report.verdict.problems for report in reports) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--rounds", type=int, default=1, help="how often to inject all faults")
    parser.add_argument("--minutes", type=float, default=0, help="start rounds for M minutes")
    parser.add_argument("--cuts", type=int, default=0, help="only cut Redis off N times")
    parser.add_argument("--failovers", type=int, default=0, help="only fail over N times each")
    parser.add_argument("--from-release", metavar="REF", help="only upgrade from this release")
    parser.add_argument("--back-to", metavar="REF", help="only roll back to this release")
    parser.add_argument("--only", default="", metavar="WORD", help="only faults named with WORD")
    return parser.parse_args()


def _cut(cuts: int) -> int:
    """Cut Redis off for 1 to 6 s each time; say what became of the presses."""
    folder = Path(tempfile.mkdtemp(prefix="streamario-soak-"))
    seconds = Random(SEED)
    plan = [(OUTAGES[n % len(OUTAGES)], seconds.uniform(1, 6)) for n in range(cuts)]
    pressed = uvloop.run(_pressed_through(folder, plan))
    _tell(str(pressed))
    if not pressed.is_exact:
        _tell(f"presses were lost or counted twice; logs: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _fail_over(rounds: int) -> int:
    """End masters in each way, each time on other servers; print what was lost."""
    rows, problems = [FAILOVER_HEADS, ("---",) * len(FAILOVER_HEADS)], list[str]()
    for name in FAILOVERS:
        found = [uvloop.run(_failed_over(name)) for _ in range(rounds)]
        problems += [problem for one in found for problem in one.problems]
        sums = (sum(getattr(one, of) for one in found) for of in ("answered", "lost", "forgotten"))
        told = f"{sum(one.told for one in found)} of {rounds}"
        times = [one.promoted for one in found], [one.first_trigger for one in found]
        rows.append((name, str(rounds), *(f"{n:,}" for n in sums), told, *map(_median, times)))
    print(_markdown(rows))
    _tell("\n".join(problems))
    return 1 if problems else 0


async def _failed_over(name: str) -> Failover:
    with tempfile.TemporaryDirectory(prefix="streamario-failover-") as folder:
        async with (
            asyncio.timeout(LIMIT + LONG.database_away_for),
            own_postgres(Path(folder) / "postgres") as postgres,
        ):
            upgrade(postgres.url)
            found = await play_failover(*FAILOVERS[name], BURST, Path(folder), postgres.url)
    _tell(f"{name}: {found}")
    return found


async def _pressed_through(folder: Path, plan: Sequence[Cut]) -> Pressed:
    async with own_postgres(folder / "postgres") as postgres:
        upgrade(postgres.url)
        return await press_through(folder, postgres.url, plan)


def _tell_of(upgrading: Upgrading, ref: str) -> int:
    """Upgrade from an earlier release, or roll back; print what became of the presses."""
    folder = Path(tempfile.mkdtemp(prefix="streamario-soak-"))
    outcome = uvloop.run(upgrading(ref, folder))
    print(outcome)
    if outcome.verdict.problems:
        _tell(f"logs: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


async def _rounds(faults: Sequence[Fault], rounds: int, minutes: float) -> list[Report]:
    """Play the rounds; stop after one that has a problem."""
    reports: list[Report] = []
    ends = time.monotonic() + 60 * minutes
    played = 0
    while (time.monotonic() < ends if minutes else played < rounds) or not played:
        played += 1
        folder = Path(tempfile.mkdtemp(prefix="streamario-soak-"))
        _tell(f"round {played}; logs: {folder}")
        reports += await _round(faults, folder)
        if reports[-1].verdict.problems:
            break
        shutil.rmtree(folder)
    return reports


async def _round(faults: Sequence[Fault], folder: Path) -> list[Report]:
    reports: list[Report] = []
    async with open_deployment(folder) as deployment:
        for fault in faults:
            _tell(f"{fault.name} …")
            async with asyncio.timeout(LIMIT + LONG.frozen_for + LONG.database_away_for):
                reports.append(await perform(deployment, fault, LONG))
            _tell(line(reports[-1]))
            if reports[-1].verdict.problems:
                break
    return reports


def line(report: Report) -> str:
    """Return a report as text, with all problems."""
    verdict = report.verdict
    facts = f"lost {verdict.lost}, doubled {verdict.doubled} of {verdict.accepted:,}"
    times = ", ".join(
        f"{name.replace('_', ' ')} {_seconds(getattr(report, name))}" for name in TIMES
    )
    return "\n  ".join([f"{report.name}: {facts}; {times}", *verdict.problems])


TIMES: Final = ("noticed", "reconnected", "first_trigger", "longest_pause", "longest_wait")


def table(faults: Iterable[Fault], reports: Sequence[Report]) -> str:
    """Return the reports as Markdown; of times (s) the median, and the worst in brackets."""
    rows = [HEADS, ("---",) * len(HEADS)]
    for fault in faults:
        of_fault = [report for report in reports if report.name == fault.name]
        if of_fault:
            rows.append(_row(of_fault))
    return _markdown(rows)


def _markdown(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(reports: Sequence[Report]) -> tuple[str, ...]:
    verdicts = [report.verdict for report in reports]
    sums = (
        sum(verdict.accepted for verdict in verdicts),
        sum(verdict.triggers for verdict in verdicts),
        sum(verdict.lost for verdict in verdicts),
        sum(verdict.doubled for verdict in verdicts),
    )
    times = (_median([getattr(report, name) for report in reports]) for name in TIMES)
    return (reports[0].name, str(len(reports)), *(f"{number:,}" for number in sums), *times)


def _median(times: Iterable[float | None]) -> str:
    known = [time for time in times if time is not None]
    if not known:
        return "–"
    if len(known) == 1:
        return _seconds(known[0])
    return f"{_seconds(median(known))} ({_seconds(max(known))})"


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.2f}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
