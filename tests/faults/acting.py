"""What a fault is told, and what it tells."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.room import Room
    from tests.faults.stage import Gate, Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load there is, and how long faults last that last (s)."""

    rooms: int
    viewers: int  # of each room
    pace: float  # s between a viewer's batches
    frozen_for: float
    database_away_for: float
    load_after: float  # s of load after the fault


class Acted(NamedTuple):
    """A fault that is over: when it began and ended (s since 1970).

    `where` are the URLs of the services whose signs count, any where there are none; `rooms` are
    those whose triggers do.
    """

    began: float
    ended: float
    rooms: tuple[Room, ...]
    where: frozenset[str] = frozenset()


Act = Callable[["Stage", "Sequence[Room]", Plan], Awaitable[Acted]]


def since(began: float, rooms: Iterable[Room], *where: str) -> Acted:
    """A fault that has just ended."""
    return Acted(began, time.time(), tuple(rooms), frozenset(where))


def at(moment: float, rooms: Iterable[Room], *where: str) -> Acted:
    """A fault that ended as it began: from then on everything may be well again."""
    return Acted(moment, moment, tuple(rooms), frozenset(where))


def on(gate: Gate, rooms: Iterable[Room]) -> tuple[Room, ...]:
    """The rooms whose games have their socket there."""
    return tuple(room for room in rooms if room.game.gate is gate)


async def attached(rooms: Iterable[Room]) -> None:
    """Return once each game has a socket."""

    async def all_attached() -> bool:
        return all(room.game.gate for room in rooms)

    await until(all_attached)
