"""Measures what an idle game's socket costs a gateway."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from tests.bench.bench import Bench
from tests.bench.child import answering, ask
from tests.bench.figures import Topic
from tests.bench.processes import CpuMeter, resident_bytes
from tests.bench.report import Table, number
from tests.bench.stand import Stand, open_stand
from tests.bench.svg import Line, Panel
from tests.flow.fleet import Member

GAMES: Final = "games"
COUNTS: Final = (1_000, 5_000, 10_000)
MOST_ROUNDS: Final = 2
SETTLE: Final = 2.0  # s
IDLE: Final = 10.0  # s
QUICK_IDLE: Final = 5.0  # s
PER_CENT: Final = 100.0
KIB: Final = 1024


async def measure(bench: Bench) -> None:
    """Measure a growing number of sockets on one gateway; each round has a new gateway."""
    counts, idle = (COUNTS[:1], QUICK_IDLE) if bench.quick else (COUNTS, IDLE)
    async with open_stand(bench.folder("sockets")) as stand:
        for _ in bench.rounds("sockets", MOST_ROUNDS):
            gateway = await stand.gateway()
            await _round(stand, gateway, counts, idle, bench.figures.of("sockets"))
            await gateway.kill()


async def _round(
    stand: Stand, gateway: Member, counts: Sequence[int], idle: float, figures: Topic
) -> None:
    pid = gateway.process.pid
    await asyncio.sleep(SETTLE)
    empty, before = resident_bytes(pid), 0
    async with answering("idle", str(gateway.port)) as games:
        for count in counts:
            took = float(await ask(games, str(count)))
            await asyncio.sleep(SETTLE)
            used = CpuMeter({"gateway": [pid], "Valkey": [stand.valkey.pid]})
            began = time.monotonic()
            await asyncio.sleep(idle)
            elapsed = time.monotonic() - began
            held = (resident_bytes(pid) - empty) / count / KIB
            figures.add(GAMES, "memory", "KiB/socket", held, sockets=count)
            figures.add(GAMES, "accepted", "sockets/s", (count - before) / took, sockets=count)
            for group, seconds in used.seconds().items():
                busy = seconds / elapsed * PER_CENT
                figures.add(GAMES, f"idle {group}", "% of a core", busy, sockets=count)
            before = count


MEASURES: Final = ("memory", "accepted", "idle gateway", "idle Valkey")
HEADS: Final = ("sockets", "KiB each", "accepted/s", "gateway idle %", "Valkey idle %")
NOTE: Final = (
    "Games' sockets on one gateway, each with its own room, without presses. KiB each: growth of"
    " the gateway's memory (VmRSS) per socket. Idle: CPU time in % of a core, including keep-alive"
    " pings and the regular comparison of each room with Redis."
)


def tables(figures: Topic) -> list[Table]:
    """One row for each number of sockets."""
    rows = [
        [f"{count:,}", *(number(figures.median(GAMES, name, sockets=count)) for name in MEASURES)]
        for count in figures.values("sockets", "memory")
    ]
    return [Table("Idle sockets", HEADS, rows, [NOTE])]


def panels(figures: Topic) -> list[Panel]:
    """Memory and CPU time by number of sockets."""

    def line(name: str, measure: str) -> Line:
        return Line(name, [(n, figures.median(GAMES, measure, sockets=n)) for n in COUNTS])

    return [
        Panel("Memory of a game's socket", "sockets", "KiB each", [line("games", "memory")]),
        Panel(
            "CPU time of idle sockets",
            "sockets",
            "% of a core",
            [line("gateway", "idle gateway"), line("Valkey", "idle Valkey")],
        ),
    ]
