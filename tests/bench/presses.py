"""Measures the rate and the latency of presses, against two baselines of the same run."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx

from tests.bench import wrk
from tests.bench.bench import Bench, Broken
from tests.bench.crowd import body_of, new_viewers, path_of, write_lists
from tests.bench.figures import Topic
from tests.bench.processes import CpuMeter
from tests.bench.report import Table, number, percent, times
from tests.bench.room import ACCEPTED, playing
from tests.bench.stand import Stand, metrics, open_stand
from tests.bench.svg import Line, Panel
from tests.bench.wrk import Load
from tests.bench.yardsticks import CEILING, OLDER, Yardstick, yardsticks
from tests.flow.fleet import Member
from tests.room_keys import new_room_id

NEEDS: Final = (wrk.missing,)
OURS: Final = "streamario"
UNBOOKED: Final = "ledger off"
SUBJECTS: Final = (OURS, CEILING, OLDER)
VIEWERS: Final = 2_000  # each may press 20 times a second: together more than can be served
MIDDLE: Final = 64
CONNECTIONS: Final = {1: (16, MIDDLE, 256), 2: (MIDDLE,)}  # by the number of API processes
WARM_UP: Final = 1  # s
MICRO: Final = 1e6
HALF, NEARLY_ALL = 0.50, 0.99


async def measure(bench: Bench) -> None:
    """Measure every subject under every setting, in alternation."""
    async with open_stand(bench.folder("presses")) as stand:
        gateway = await stand.gateway()
        async with stand.apis(1) as apis:
            answer = await one_answer(apis, gateway)
        count, names = max(CONNECTIONS), (CEILING, OLDER)
        async with yardsticks(names, count, stand.valkey.url, answer, stand.folder) as others:
            figures, seconds = bench.figures.of("presses"), 2 if bench.quick else 3
            settings = {1: (MIDDLE,)} if bench.quick else CONNECTIONS
            pressing = Pressing(stand, gateway, others, figures, settings, seconds)
            for round_ in bench.rounds("presses"):
                await pressing.round(round_)


async def one_answer(apis: Sequence[Member], gateway: Member) -> bytes:
    """Return the answer to a press, which the ceiling repeats."""
    async with playing(apis, gateway) as room, httpx.AsyncClient(base_url=apis[0].url) as http:
        answer = await http.post(path_of(room.id), content=body_of(new_viewers(1)[0]))
        return answer.raise_for_status().content


@dataclass(frozen=True)
class Pressing:
    """The rounds, all on the same servers."""

    stand: Stand
    gateway: Member
    others: Mapping[str, Sequence[Yardstick]]
    figures: Topic
    settings: Mapping[int, Sequence[int]]
    seconds: int

    async def round(self, round_: int) -> None:
        """Measure each subject under each setting once; the order rotates with each round."""
        first = round_ % len(SUBJECTS)
        subjects = SUBJECTS[first:] + SUBJECTS[:first]
        for processes, all_connections in self.settings.items():
            async with self.stand.apis(processes) as apis:
                for connections in all_connections:
                    for subject in subjects:
                        await self._run(subject, apis, connections)
        async with self.stand.apis(1, LEDGER="off") as apis:
            await self._ours(UNBOOKED, apis, MIDDLE)
            await self._entries(apis)
        # Write the remaining entries, so that the next round starts without a backlog.
        async with self.stand.apis(1):
            await self.stand.booked()

    async def _run(self, subject: str, apis: Sequence[Member], connections: int) -> None:
        if subject == OURS:
            await self._ours(subject, apis, connections)
            await self.stand.booked()
        else:
            await self._other(subject, self.others[subject][: len(apis)], connections)

    async def _ours(self, subject: str, apis: Sequence[Member], connections: int) -> None:
        at = {"processes": len(apis), "connections": connections}
        async with playing(apis, self.gateway) as room:
            load = self._load([api.url for api in apis], room.id, connections)
            await load(seconds=WARM_UP)
            before = await room.settled()
            used = CpuMeter(self.stand.groups(apis, self.gateway))
            seen = await load(seconds=self.seconds)
            seconds = used.seconds()
            accepted = await room.counted(seen, before)
        note(self.figures, subject, seen, seconds, accepted, **at)
        most = accepted / seconds["Valkey"]
        self.figures.add(subject, "most of a room", "presses/s", most, **at)

    async def _entries(self, apis: Sequence[Member]) -> None:
        """Note the ledger entries that these processes made and nobody has written."""
        presses = (await metrics(apis))[ACCEPTED]
        entries, held = await self.stand.unbooked(), await self.stand.ledger_bytes()
        at = {"processes": len(apis), "connections": MIDDLE}
        self.figures.add(UNBOOKED, "an entry", "batches", presses / entries, **at)
        self.figures.add(UNBOOKED, "a batch", "bytes", held / presses, **at)

    async def _other(self, subject: str, served: Sequence[Yardstick], connections: int) -> None:
        groups = {"API": [one.pid for one in served], "Valkey": [self.stand.valkey.pid]}
        at = {"processes": len(served), "connections": connections}
        load = self._load([one.url for one in served], new_room_id(), connections)
        await note_baseline(self.figures, subject, load, groups, self.seconds, **at)

    def _load(
        self, urls: Sequence[str], room_id: str, connections: int
    ) -> Callable[..., Awaitable[Load]]:
        lists = write_lists(self.stand.folder, [room_id], new_viewers(VIEWERS), len(urls))
        return partial(wrk.load, urls, lists, connections=connections)


async def note_baseline(
    figures: Topic,
    subject: str,
    load: Callable[..., Awaitable[Load]],
    groups: Mapping[str, Sequence[int]],
    seconds: int,
    **at: int,
) -> None:
    """Press at a baseline, and note what came of it. Raises Broken if a request failed."""
    await load(seconds=WARM_UP)
    used = CpuMeter(groups)
    seen = await load(seconds=seconds)
    if seen.trouble:
        raise Broken(f"{subject}: {seen.trouble} requests failed")
    note(figures, subject, seen, used.seconds(), seen.answers, **at)


def note(
    figures: Topic,
    subject: str,
    seen: Load,
    seconds: Mapping[str, float],
    presses: float,
    **at: int,
) -> None:
    """Note the rate, the latencies and the CPU time of a load's presses."""
    figures.add(subject, "rate", "presses/s", seen.rate, **at)
    figures.add(subject, "p50", "ms", seen.latency(HALF), **at)
    figures.add(subject, "p99", "ms", seen.latency(NEARLY_ALL), **at)
    for group, used in seconds.items():
        figures.add(subject, f"CPU of {group}", "µs/press", used / presses * MICRO, **at)


def tables(figures: Topic) -> list[Table]:
    """One table of rates and latencies, one of the cost of a press."""
    settings = [{"processes": n, "connections": c} for n, some in CONNECTIONS.items() for c in some]
    measured = [(subject, at) for at in settings for subject in (*SUBJECTS, UNBOOKED)]
    rates = [row for subject, at in measured if (row := _rate(figures, subject, at))]
    costs = [row for subject, at in measured if (row := _cost(figures, subject, at))]
    return [
        Table("Presses", HEADS, rates, [NOTE]),
        Table("Cost of a press, µs of CPU time", COST_HEADS, costs, [COST_NOTE]),
    ]


HEADS: Final = (
    *("processes", "conns", "subject", "presses/s", "spread", "p50 ms", "p99 ms"),
    *("of ceiling", "× older", "p99 × ceiling"),
)
NOTE: Final = (
    "Medians of the rounds, and of the rounds' ratios; spread: (largest − smallest) / median."
    " ceiling: the same HTTP server answers with constant bytes, as many as the answer to a press."
    " older: the older design, with separate Redis calls, no ledger and no game. streamario: every"
    " press is written to PostgreSQL, and a game receives and acknowledges every trigger. All on"
    " the same machine. Latencies of a closed loop, corrected by wrk for coordinated omission."
)


def _rate(figures: Topic, subject: str, at: Mapping[str, int]) -> list[str] | None:
    rate, p50, p99 = (figures.median(subject, measure, **at) for measure in ("rate", "p50", "p99"))
    if math.isnan(rate):
        return None
    return [
        *(*map(str, at.values()), subject),
        *(number(rate), percent(figures.spread(subject, "rate", **at)), number(p50), number(p99)),
        times(figures.ratio(subject, CEILING, "rate", **at)),
        times(figures.ratio(subject, OLDER, "rate", **at)),
        times(figures.ratio(subject, CEILING, "p99", **at)),
    ]


GROUPS: Final = ("API", "Valkey", "gateway", "PostgreSQL")
COST_HEADS: Final = (
    *("processes", "conns", "subject", *GROUPS),
    *("room/s", "batches/entry", "bytes/batch"),
)
COST_NOTE: Final = (
    "room/s: the presses a second that would keep Valkey's core busy; no room can have more."
    " batches/entry and bytes/batch: ledger entries in Redis that are not written yet."
)


def _cost(figures: Topic, subject: str, at: Mapping[str, int]) -> list[str] | None:
    measures = [*(f"CPU of {group}" for group in GROUPS), "most of a room", "an entry", "a batch"]
    values = [figures.median(subject, measure, **at) for measure in measures]
    return (
        None if math.isnan(values[0]) else [*map(str, at.values()), subject, *map(number, values)]
    )


def panels(figures: Topic) -> list[Panel]:
    """Rates by number of connections, with one API process."""
    lines = [
        Line(
            subject,
            [
                (connections, figures.median(subject, "rate", processes=1, connections=connections))
                for connections in CONNECTIONS[1]
            ],
        )
        for subject in SUBJECTS
    ]
    return [Panel("Presses, one API process", "connections", "presses/s", lines, log=True)]
