"""Runs the benchmarks, with the baselines that they are compared with.

    python -m tests.bench [--only TOPIC,…] [--rounds N] [--quick] [--json FILE] [--svg FILE]

Tables go to standard output, progress to standard error. By default the figures of every round are
written to build/bench.json and the curves to build/bench.svg. The exit status is 1 if a press or a
trigger was lost or counted twice: such figures are invalid.
"""

import argparse
import asyncio
import resource
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec
import uvloop

from tests.bench import (
    arrivals,
    audience,
    first_press,
    growth,
    installation,
    latency,
    ledger,
    presses,
    resources,
    sockets,
    triggers,
)
from tests.bench.bench import Bench, Broken, tell
from tests.bench.figures import Figure
from tests.bench.machine import Machine, this_machine
from tests.bench.processes import Noise
from tests.bench.svg import Panel, picture

TOPICS: Final[Mapping[str, ModuleType]] = {
    "presses": presses,
    "installation": installation,
    "latency": latency,
    "sockets": sockets,
    "triggers": triggers,
    "audience": audience,
    "first_press": first_press,
    "arrivals": arrivals,
    "ledger": ledger,
    "resources": resources,
    "growth": growth,
}
ROUNDS: Final = 5
RESULTS: Final = Path("build")
BROKEN, USER_ERROR, INTERRUPTED = 1, 2, 130


class Results(msgspec.Struct, frozen=True):
    """The content of the JSON file."""

    machine: Machine
    quick: bool
    figures: list[Figure]


def main() -> int:
    """Measure the selected topics, print tables, write files."""
    options = _options()
    if lack := _lacking(options.only):
        print(f"bench: {lack}", file=sys.stderr)
        return USER_ERROR
    _allow_many_sockets()
    machine = this_machine()
    print("\n".join(machine.lines()), flush=True)
    with tempfile.TemporaryDirectory(prefix="streamario-bench-") as root:
        bench = Bench(options.rounds, options.quick, Path(root))
        try:
            return uvloop.run(_measure(bench, options, machine))
        except (KeyboardInterrupt, asyncio.CancelledError):
            tell(f"interrupted; the finished topics are in {options.json}")
            return INTERRUPTED


def _lacking(topics: Sequence[str]) -> str | None:
    """Return what the topics need and this machine lacks, or None."""
    if not Path("/proc/self/stat").exists():
        return "the benchmarks need Linux: they read CPU time and memory from /proc"
    lacks = (missing() for topic in topics for missing in getattr(TOPICS[topic], "NEEDS", ()))
    return next(filter(None, lacks), None)


async def _measure(bench: Bench, options: argparse.Namespace, machine: Machine) -> int:
    """Measure each topic and return the exit status."""
    running = asyncio.current_task()
    assert running is not None
    # SIGTERM cancels, as Ctrl-C does, so that no process is left running.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    status = 0
    for topic in options.only:
        noise = Noise()
        try:
            await TOPICS[topic].measure(bench)
        except Broken as broken:
            tell(f"{topic}: WRONG: {broken}")
            status = BROKEN
        figures = bench.figures.of(topic)
        figures.add("others", "CPU", "cores", noise.cores)
        tell(f"{topic}: {noise.seconds:.0f} s; other processes used {noise.cores:.2f} cores")
        print("".join(f"\n{table}\n" for table in TOPICS[topic].tables(figures)), flush=True)
        # After each topic, so that a later failure does not lose it.
        results = Results(machine, bench.quick, list(bench.figures))
        _write(options.json, msgspec.json.format(msgspec.json.encode(results)))
        _write(options.svg, picture(_panels(bench)).encode())
    tell(f"All figures are in {options.json}, the curves in {options.svg}.")
    return status


def _panels(bench: Bench) -> list[Panel]:
    drawn = {topic: module for topic, module in TOPICS.items() if hasattr(module, "panels")}
    return [panel for topic in drawn for panel in drawn[topic].panels(bench.figures.of(topic))]


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _allow_many_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    add = parser.add_argument
    add("--only", type=_topics, default=list(TOPICS), help=", ".join(TOPICS), metavar="TOPIC,…")
    add("--rounds", type=_rounds, metavar="N", help=f"rounds per topic (default: {ROUNDS})")
    add("--quick", action="store_true", help="one short round per topic")
    add("--json", type=Path, default=RESULTS / "bench.json", metavar="FILE")
    add("--svg", type=Path, default=RESULTS / "bench.svg", metavar="FILE")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else ROUNDS)
    return options


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of rounds")
    return int(text)


def _topics(text: str) -> list[str]:
    topics = [topic.strip() for topic in text.split(",")]
    for topic in topics:
        if topic not in TOPICS:
            raise argparse.ArgumentTypeError(f"{topic!r} is not one of {', '.join(TOPICS)}")
    return topics


if __name__ == "__main__":
    sys.exit(main())
