"""What is seen of the services from outside, and when: failed requests, lost sockets, log lines."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.flow.fleet import Member

NO_ANSWER: Final = "no answer"
ANSWER: Final = "answer"
LOST: Final = "socket lost"
ATTACHED: Final = "socket attached"

LINE: Final = re.compile(r"(\S+Z) (\w+) (\S+) (.*?)(?: \w+=.*)?")


class Sighting(NamedTuple):
    """Something seen of a service: when (s since 1970), which (its URL), and what."""

    at: float
    where: str
    what: str


class Watch:
    """The sightings of one scene, in order as far as they are the scene's own."""

    def __init__(self) -> None:
        self._sightings: list[Sighting] = []

    def note(self, where: str, what: str) -> None:
        """Something was seen just now."""
        self._sightings.append(Sighting(time.time(), where, what))

    def add(self, sightings: Iterable[Sighting]) -> None:
        """Take over what others saw."""
        self._sightings.extend(sightings)

    def first(
        self, what: Collection[str], after: float, where: Collection[str] = ()
    ) -> float | None:
        """Seconds from `after` until the first of these was seen, anywhere unless said where."""
        found = [
            sighting.at - after
            for sighting in self._sightings
            if sighting.what in what
            and sighting.at >= after
            and (not where or sighting.where in where)
        ]
        return min(found, default=None)


class Log:
    """What a service has logged since this was made, or ever."""

    def __init__(self, member: Member, *, whole: bool = False) -> None:
        self.member = member
        self._from = 0 if whole else member.log.stat().st_size

    def lines(self) -> list[str]:
        """Line by line."""
        with self.member.log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace").splitlines()

    def sightings(self) -> Iterator[Sighting]:
        """Each message as a sighting of the service."""
        for line in self.lines():
            if parts := LINE.fullmatch(line):
                at = datetime.fromisoformat(parts[1]).timestamp()
                yield Sighting(at, self.member.url, parts[4])

    def faults(self) -> list[str]:
        """Lines that must never be there: errors, and whatever is no log line at all."""
        return [
            line
            for line in self.lines()
            if not (parts := LINE.fullmatch(line)) or parts[2] in ("ERROR", "CRITICAL")
        ]
