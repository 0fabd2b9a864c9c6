"""A rolling upgrade from an earlier release, or back to it, under viewers who repeat batches.

The processes of both releases share Redis and PostgreSQL; those of one end, with SIGTERM, while
those of the other come, in the order that docs/operations.md asks for.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from api_service.audit import audit
from api_service.books.database import open_database
from api_service.books.migrate import upgrade
from shared.engine.functions import LIBRARY
from shared.redis_store.store import Store, open_store
from tests.faults.asking import until_answered
from tests.faults.doubting_crowd import Between, DoubtingCrowd
from tests.faults.failovers import way_to_api, way_to_gateway
from tests.faults.postgres import own_postgres
from tests.faults.release import EARLIER, THIS, migrate, take_release
from tests.faults.room import Room, open_room
from tests.faults.services import Way
from tests.faults.top_lists import wrong_list, wrong_tops
from tests.faults.verdict import Verdict
from tests.faults.watch import Watch
from tests.flow.fleet import Fleet, Member, open_fleet
from tests.ws_gateway.faults import own_valkey

# Begins and ends processes and rooms; the fleets are the earlier release's and this one's.
Steps = Callable[["Rollout", Fleet, Fleet], Awaitable[None]]

# An earlier ledger may not know a later one's entries: it leaves the shard to the other.
ERROR: Final = " ERROR "  # in the first line of an error in a log
WAITS_FOR_THE_OTHER: Final = "ledger shard not booked"
# What cannot be exact: an earlier release does not know where a later one remembers batches.
INEXACT: Final = Between(THIS, EARLIER)
VIEWERS: Final = 9  # of each room
PACE: Final = 0.15  # s between a viewer's batches
LOAD: Final = 5.0  # s between two steps of the upgrade


@dataclass
class Processes:
    """The processes that a balancer would use now, and which release each runs."""

    redis_url: str
    database_url: str
    apis: list[Way] = field(default_factory=list)
    gates: list[Way] = field(default_factory=list)
    releases: dict[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)  # those that have ended, too

    async def add_api(self, fleet: Fleet, release: str) -> Way:
        """Start an API process, which also books."""
        api = way_to_api(await fleet.api())
        self.releases[api.url] = release
        self.members.append(api.member)
        self.apis.append(api)
        return api

    async def add_gate(self, fleet: Fleet) -> None:
        """Start a gateway."""
        gate = way_to_gateway(await fleet.gateway())
        self.members.append(gate.member)
        self.gates.append(gate)

    async def end_api(self) -> None:
        """Send the oldest API process no more requests, and let it end."""
        await _ended(self.apis.pop(0).member)

    async def end_gate(self) -> None:
        """Send the oldest gateway no more games, and let it end."""
        await _ended(self.gates.pop(0).member)


async def _ended(member: Member) -> None:
    member.send(signal.SIGTERM)
    status = await member.stopped()
    if status:
        raise RuntimeError(f"{member.log} ended with {status}")


@dataclass
class Upgraded:
    """What became of the presses, and of the repeats that went from one release to the other."""

    verdict: Verdict = field(default_factory=Verdict)
    repeats: Counter[Between] = field(default_factory=Counter)
    counted_again: Counter[Between] = field(default_factory=Counter)

    def add(self, crowd: DoubtingCrowd) -> None:
        """Add a room's crowd."""
        self.repeats += crowd.repeats
        self.counted_again += crowd.counted_again
        for between, n in crowd.counted_again.items():
            self.verdict.require(between == INEXACT, f"{n} batches counted again, {between}")
        for between, n in crowd.answered_otherwise.items():
            self.verdict.require(between == INEXACT, f"{n} repeats answered otherwise, {between}")

    def __str__(self) -> str:
        lines = [f"{self.verdict.accepted:,} presses, {self.verdict.triggers:,} triggers"]
        for between, n in sorted(self.repeats.items()):
            again = self.counted_again[between]
            lines.append(f"repeats, {between}: {n:,}, of which {again:,} counted again")
        return "\n  ".join([*lines, *self.verdict.problems])


class Playing(NamedTuple):
    """A room whose crowd presses."""

    room: Room
    crowd: DoubtingCrowd
    pressing: asyncio.Task[None]


@dataclass
class Rollout:
    """The processes of a rolling upgrade, and the rooms that are played meanwhile."""

    processes: Processes
    store: Store
    watch: Watch
    group: asyncio.TaskGroup
    outcome: Upgraded = field(default_factory=Upgraded)

    async def begin(self, first: Way | None = None) -> Playing:
        """Open a room and let its crowd press; the first batch goes to `first`."""
        room = await open_room(self.processes, self.watch, 0, self._gather)
        crowd = room.crowd
        assert isinstance(crowd, DoubtingCrowd)
        room.let_play(self.group)
        await room.started(self.store)
        if first:
            await crowd.press_first(first)
        pressing = self.group.create_task(room.press(VIEWERS, PACE))
        await room.flows()
        return Playing(room, crowd, pressing)

    def _gather(self, room_id: str, apis: Sequence[Way], watch: Watch) -> DoubtingCrowd:
        return DoubtingCrowd(room_id, apis, watch, self.processes.releases)

    async def end(self, played: Playing, gateways: str) -> None:
        """Let the crowd leave and the round end, and judge it.

        `gateways` is the release of the gateways, which make the summary.
        """
        room, crowd, verdict = played.room, played.crowd, self.outcome.verdict
        crowd.leave()
        await played.pressing
        for api in self.processes.apis:
            teller = self.processes.releases[api.url]
            verdict.problems += wrong_list(await room.owners_list(api), crowd.viewers, teller)
        await room.end_round(self.store)
        verdict.add(await room.judged())
        assert room.game.record.summary is not None
        verdict.problems += wrong_tops(room.game.record.summary, crowd.viewers, gateways)
        self.outcome.add(crowd)
        async with open_database(self.processes.database_url) as database:
            books = await until_answered(lambda: audit(database, room.room_id))
        verdict.require(books is not None and books.balanced, f"the audit differs: {books}")


async def upgrade_from(ref: str, folder: Path) -> Upgraded:
    """Replace the processes of the release `ref` by this one's; about half a minute."""
    return await _play(ref, folder, _upgrade)


async def roll_back_to(ref: str, folder: Path) -> Upgraded:
    """Replace this release's processes by those of the release `ref`."""
    return await _play(ref, folder, _roll_back)


async def _play(ref: str, folder: Path, steps: Steps) -> Upgraded:
    release = folder / "release"
    await take_release(ref, release)
    async with (
        own_valkey(folder / "valkey") as valkey,
        own_postgres(folder / "postgres") as postgres,
        open_store(valkey.url, client_name="streamario-test", library=LIBRARY) as store,
    ):
        await migrate(release, postgres.url)
        processes = Processes(valkey.url, postgres.url)
        fleet = partial(open_fleet, redis_url=valkey.url, database_url=postgres.url)
        for name in (EARLIER, THIS):
            (folder / name).mkdir()
        async with (
            fleet(folder / EARLIER, release=release) as old,
            fleet(folder / THIS) as new,
            asyncio.TaskGroup() as group,
        ):
            rollout = Rollout(processes, store, Watch(processes.members), group)
            await steps(rollout, old, new)
        rollout.watch.read_logs()
        waiting = {member.log.name for member in processes.members if member.release}
        errors = _without_waiting(rollout.watch.faults, waiting)
        outcome = rollout.outcome
        outcome.verdict.problems += errors
        outcome.verdict.require(len(outcome.repeats) == 4, "a way between releases had no repeat")
        return outcome


async def _upgrade(rollout: Rollout, old: Fleet, new: Fleet) -> None:
    """API processes first, then gateways. Rooms begin and end meanwhile."""
    processes = rollout.processes
    for _ in range(2):
        await processes.add_api(old, EARLIER)
        await processes.add_gate(old)
    begun_before, ended_by_old_gateway = await rollout.begin(), await rollout.begin()
    upgrade(processes.database_url)
    first = await processes.add_api(new, THIS)
    begun_between = await rollout.begin(first)
    await asyncio.sleep(LOAD)
    await processes.end_api()
    await processes.add_api(new, THIS)
    await asyncio.sleep(LOAD)
    await rollout.end(ended_by_old_gateway, EARLIER)
    await processes.end_api()
    for _ in range(2):
        await processes.add_gate(new)
        await processes.end_gate()
    await asyncio.sleep(LOAD)
    await rollout.end(begun_before, THIS)
    await rollout.end(begun_between, THIS)


async def _roll_back(rollout: Rollout, old: Fleet, new: Fleet) -> None:
    """Gateways first, then API processes; a ledger process of this release stays."""
    processes = rollout.processes
    upgrade(processes.database_url)
    processes.members.append(await new.ledger())
    for _ in range(2):
        await processes.add_api(new, THIS)
        await processes.add_gate(new)
    ended_between, begun_before = await rollout.begin(), await rollout.begin()
    await asyncio.sleep(LOAD)
    for _ in range(2):
        await processes.add_gate(old)
        await processes.end_gate()
    first = await processes.add_api(old, EARLIER)
    begun_between = await rollout.begin(first)
    await asyncio.sleep(LOAD)
    await processes.end_api()
    await processes.add_api(old, EARLIER)
    await asyncio.sleep(LOAD)
    await rollout.end(ended_between, EARLIER)
    await processes.end_api()
    await asyncio.sleep(LOAD)
    await rollout.end(begun_before, EARLIER)
    await rollout.end(begun_between, EARLIER)


def _without_waiting(log_lines: Sequence[str], waiting: Container[str]) -> list[str]:
    """The errors in the logs, without those of ledgers that wait, and their tracebacks.

    `waiting` are the names of the logs of ledgers that may wait.
    """
    found, is_waiting = [], False
    for line in log_lines:
        if ERROR in line:
            log = line.partition(":")[0]
            is_waiting = WAITS_FOR_THE_OTHER in line and log in waiting
        if not is_waiting:
            found.append(line)
    return found
