"""Runs wrk: a closed loop of presses on a number of connections."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.bench.child import child
from tests.bench.figures import percentile

SCRIPT: Final = Path(__file__).with_name("press.lua")
MS: Final = 1000  # µs


class Run(msgspec.Struct, frozen=True):
    """wrk's result; `latencies` are 1,000 quantiles in µs.

    `refused` counts answers with status 400 and above, `broken` failed connections, `late` answers
    after more than 2 s.
    """

    seconds: float
    answers: int
    refused: int
    broken: int
    late: int
    latencies: list[float]


class Load(msgspec.Struct, frozen=True):
    """Simultaneous runs, one per target, taken together."""

    runs: list[Run]
    connections: int

    @property
    def answers(self) -> int:
        return sum(run.answers for run in self.runs)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(run.answers / run.seconds for run in self.runs)

    @property
    def trouble(self) -> int:
        """Requests without a successful answer."""
        return sum(run.refused + run.broken for run in self.runs)

    def latency(self, part: float) -> float:
        """Return the latency (ms) at the quantile `part` (0 to 1)."""
        return percentile([step for run in self.runs for step in run.latencies], part) / MS


def missing() -> str | None:
    """Return a hint if wrk is not installed, or None."""
    if shutil.which("wrk"):
        return None
    return "wrk, which generates the load, is not installed (Debian: apt install wrk)"


async def load(
    urls: Sequence[str], lists: Sequence[Path], *, connections: int, seconds: int
) -> Load:
    """Load all URLs at once, each with its list of requests and its share of the connections."""
    each = connections // len(urls)
    pairs = zip(urls, lists, strict=True)
    runs = await asyncio.gather(*(_run(url, requests, each, seconds) for url, requests in pairs))
    return Load(list(runs), connections)


async def _run(url: str, requests: Path, connections: int, seconds: int) -> Run:
    options = ("--threads", "1", "--connections", str(connections), "--duration", str(seconds))
    command = ("wrk", *options, "--script", str(SCRIPT), url, "--", str(requests))
    async with child(*command) as process:
        output, _ = await process.communicate()
    last = output.rstrip().rpartition(b"\n")[2]
    try:
        return msgspec.json.decode(last, type=Run)
    except msgspec.DecodeError:
        raise RuntimeError(f"wrk failed: {output.decode(errors='replace')}") from None
