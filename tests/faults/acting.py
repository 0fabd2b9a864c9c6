"""The input and the result of a fault."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.faults.deployment import Api, Deployment, Gate
from tests.faults.room import Room
from tests.waiting import until


@dataclass(frozen=True, slots=True)
class Plan:
    """The load, and how long lasting faults last at least (s)."""

    rooms: int
    viewers: int  # of each room
    pace: float  # s between a viewer's batches
    frozen_for: float
    database_away_for: float
    load_after: float  # s of load after the fault


class Acted(NamedTuple):
    """A fault that is over: when it began and ended (s since 1970).

    `rooms` are the rooms whose triggers count. `where` holds the URLs of the services whose signs
    count; if it is empty, those of all services do.
    """

    began: float
    ended: float
    rooms: tuple[Room, ...]
    where: frozenset[str] = frozenset()


Act = Callable[["Deployment", "Sequence[Room]", Plan], Awaitable[Acted]]


def since(began: float, rooms: Iterable[Room], *where: str) -> Acted:
    """Return a fault that has just ended."""
    return Acted(began, time.time(), tuple(rooms), frozenset(where))


def at(moment: float, rooms: Iterable[Room], *where: str) -> Acted:
    """Return a fault without duration: recovery is possible from its beginning."""
    return Acted(moment, moment, tuple(rooms), frozenset(where))


def on(gate: Gate, rooms: Iterable[Room]) -> tuple[Room, ...]:
    """Return the rooms whose games are connected to this gateway."""
    return tuple(room for room in rooms if room.game.gate is gate)


async def gate_of(deployment: Deployment, room: Room) -> Gate:
    """Wait until the room's game has a socket; return its gateway."""
    await attached([room])
    return next(gate for gate in deployment.gates if gate is room.game.gate)


async def is_missed(api: Api, rooms: Iterable[Room]) -> None:
    """Wait until another of the rooms' viewers gets no answer from this API process."""

    def unanswered() -> int:
        return sum(room.crowd.unanswered[api.url] for room in rooms)

    before = unanswered()

    async def another() -> bool:
        return unanswered() > before

    await until(another)


async def attached(rooms: Iterable[Room]) -> None:
    """Wait until each game has a socket."""

    async def all_attached() -> bool:
        return all(room.game.gate for room in rooms)

    await until(all_attached)
