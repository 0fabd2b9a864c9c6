"""Observes the services from outside: failed requests, lost sockets, log lines, with times."""

import re
import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tests.flow.fleet import Member
from tests.waiting import until

NO_ANSWER: Final = "no answer"
ANSWER: Final = "answer"
LOST: Final = "socket lost"
ATTACHED: Final = "socket attached"
LEDGER_WAITS: Final = "ledger waits"

LINE: Final = re.compile(r"(\S+Z) (\w+) (\S+) (.*?)(?: \w+=.*)?")


class Signs(NamedTuple):
    """The signs of a fault, and the signs of recovery."""

    bad: frozenset[str]
    good: frozenset[str]


REQUESTS: Final = Signs(frozenset({NO_ANSWER}), frozenset({ANSWER}))
SOCKETS: Final = Signs(frozenset({LOST}), frozenset({ATTACHED}))
INBOX: Final = Signs(
    frozenset({LOST, "pubsub subscription lost"}),
    frozenset({ATTACHED, "starting pubsub subscription"}),
)
REDIS: Final = Signs(
    frozenset({NO_ANSWER, "redis away", "pubsub subscription lost", LEDGER_WAITS}),
    frozenset({ANSWER}),
)
DATABASE: Final = Signs(
    frozenset({LEDGER_WAITS, "name not read, database away"}), frozenset({"ledger goes on"})
)
DRAIN: Final = Signs(frozenset({"draining"}), frozenset({ATTACHED}))


class Sighting(NamedTuple):
    """An observation: when (s since 1970), at which service (its URL), and what."""

    at: float
    where: str
    what: str


class Watch:
    """The sightings of one experiment, including the services' log lines from now on.

    `faults` are lines that must not appear in a log: errors, and lines in another format.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self.faults: list[str] = []
        self._members = members
        self._sightings: list[Sighting] = []
        self._read = {member: member.log.stat().st_size for member in members}

    def note(self, where: str, what: str) -> None:
        """Add a sighting with the present time."""
        self._sightings.append(Sighting(time.time(), where, what))

    def first(
        self, what: Collection[str], after: float, where: Collection[str] = ()
    ) -> float | None:
        """Return the seconds from `after` to the first of these sightings, or None.

        If `where` is given, only sightings at these services count.
        """
        found = [
            sighting.at - after
            for sighting in self._sightings
            if sighting.what in what
            and sighting.at >= after
            and (not where or sighting.where in where)
        ]
        return min(found, default=None)

    async def notices(self, what: Collection[str], after: float, *where: str) -> None:
        """Wait for the first of these sightings."""

        async def is_noticed() -> bool:
            self.read_logs()
            return self.first(what, after, where) is not None

        await until(is_noticed)

    def read_logs(self) -> None:
        """Read the log lines since the last call."""
        for member in self._members:
            for line in self._new_lines(member):
                self._take(member, line)

    def _new_lines(self, member: Member) -> list[str]:
        with member.log.open("rb") as log:
            log.seek(self._read.get(member, 0))
            whole = log.read().rpartition(b"\n")[0]
        self._read[member] = self._read.get(member, 0) + len(whole) + bool(whole)
        return whole.decode(errors="replace").splitlines()

    def _take(self, member: Member, line: str) -> None:
        parts = LINE.fullmatch(line)
        if parts is None or parts[2] in ("ERROR", "CRITICAL"):
            self.faults.append(f"{member.log.name}: {line}")
        else:
            at = datetime.fromisoformat(parts[1]).timestamp()
            self._sightings.append(Sighting(at, member.url, parts[4]))
