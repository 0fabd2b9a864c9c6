"""The benchmarks, each beside what it is compared with, and all in one run.

    python -m tests.bench [--only TOPIC,…] [--rounds N] [--quick] [--json FILE] [--svg FILE]

Tables go to standard output, what happens meanwhile to standard error; every round's figures go to
build/bench.json and the curves to build/bench.svg unless told otherwise. The exit status is 1 where
a press or a trigger was lost or counted twice on the way: such figures are worth nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import uvloop

from tests.bench import (
    audience,
    growth,
    latency,
    ledger,
    presses,
    resources,
    sockets,
    triggers,
    wrk,
)
from tests.bench.bench import Bench, Broken, tell
from tests.bench.figures import Figure
from tests.bench.machine import Machine, this_machine
from tests.bench.processes import Noise
from tests.bench.svg import picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from tests.bench.svg import Panel

TOPICS: Final[Mapping[str, ModuleType]] = {
    "presses": presses,
    "latency": latency,
    "sockets": sockets,
    "triggers": triggers,
    "audience": audience,
    "ledger": ledger,
    "resources": resources,
    "growth": growth,
}
ROUNDS: Final = 5
RESULTS: Final = Path("build")
BROKEN, USER_ERROR, INTERRUPTED = 1, 2, 130


class Results(msgspec.Struct, frozen=True):
    """What is written as JSON."""

    machine: Machine
    quick: bool
    figures: list[Figure]


def main() -> int:
    """Measure what was asked for, print tables, write files."""
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
            tell(f"interrupted; the topics that were finished are in {options.json}")
            return INTERRUPTED


def _lacking(topics: Sequence[str]) -> str | None:
    """What this machine has not, and the topics need."""
    if not Path("/proc/self/stat").exists():
        return "this reads /proc for what processes use, which Linux has"
    if any(TOPICS[topic].NEEDS_WRK for topic in topics):
        return wrk.missing()
    return None


async def _measure(bench: Bench, options: argparse.Namespace, machine: Machine) -> int:
    """The exit status: whether all of them kept their books."""
    running = asyncio.current_task()
    assert running is not None
    # Ctrl-C cancels by itself; whoever ends this in another way leaves nothing running either.
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
        tell(f"{topic}: {noise.seconds:.0f} s; others used {noise.cores:.2f} cores meanwhile")
        print("".join(f"\n{table}\n" for table in TOPICS[topic].tables(figures)), flush=True)
        # After each topic, so that none is lost with those after it.
        results = Results(machine, bench.quick, list(bench.figures))
        _write(options.json, msgspec.json.format(msgspec.json.encode(results)))
        _write(options.svg, picture(_panels(bench)).encode())
    tell(f"Every figure is in {options.json}, the curves are in {options.svg}.")
    return status


def _panels(bench: Bench) -> list[Panel]:
    return [panel for topic in TOPICS for panel in TOPICS[topic].panels(bench.figures.of(topic))]


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
    add("--rounds", type=_rounds, metavar="N", help=f"{ROUNDS} unless told otherwise")
    add("--quick", action="store_true", help="a try: one round of each, and short ones")
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
            raise argparse.ArgumentTypeError(f"{topic!r} is none of {', '.join(TOPICS)}")
    return topics


if __name__ == "__main__":
    sys.exit(main())
