"""The load: wrk, a closed loop of presses on so many connections."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tests.bench.child import child
from tests.bench.figures import percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPT: Final = Path(__file__).with_name("press.lua")
MS: Final = 1000  # µs


class Run(msgspec.Struct, frozen=True):
    """What wrk saw: `latencies` are µs, a thousand steps of the distribution.

    `refused` answers were of 400 and above, `broken` connections failed, `late` ones took over 2 s.
    """

    seconds: float
    answers: int
    refused: int
    broken: int
    late: int
    latencies: list[float]


class Load(msgspec.Struct, frozen=True):
    """Runs of the same moment, one for each target, taken together."""

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
        """What was not answered with success."""
        return sum(run.refused + run.broken for run in self.runs)

    def latency(self, part: float) -> float:
        """The latency, ms, that this part (0 to 1) of the answers does not exceed."""
        return percentile([step for run in self.runs for step in run.latencies], part) / MS


def missing() -> str | None:
    """What to tell a person who has no wrk."""
    if shutil.which("wrk"):
        return None
    return "wrk is not installed, which makes the load (Debian: apt install wrk)"


async def load(
    urls: Sequence[str], lists: Sequence[Path], *, connections: int, seconds: int
) -> Load:
    """Load each URL with its list of requests, all at once, the connections divided among them."""
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
