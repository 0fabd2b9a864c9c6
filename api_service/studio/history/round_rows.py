"""All that PostgreSQL has recorded of one round in a studio's history."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace
from sqlalchemy import (
    Integer,
    Row,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.database import Database
from api_service.books.round_totals import (
    event_types_of,
    hide_name,
    in_round,
    is_shown,
    viewer_totals_of,
)
from api_service.books.tables import (
    accounts,
    presses,
    room_viewers,
    rounds,
    studio_rooms,
    triggers,
)
from api_service.studio.history.bodies import (
    ButtonTotals,
    PastTrigger,
    PressesInMinute,
    RoundDetails,
    Table,
)
from api_service.studio.history.room_rows import is_listed
from shared.wire.rest_bodies import timestamp_of

ADDED_UP_WITHIN: Final = 15.0  # s
# Of a table. Presses wait while this process puts the rows together.
MOST_ROWS: Final = 10_000
SECONDS: Final = 60  # of a minute


class RecordedRound(NamedTuple):
    """A round, and the viewer whose press fired each of its triggers, "" for none.

    `goes_on_after`: the position of its last trigger if further ones may follow.
    """

    details: RoundDetails
    fired_by: tuple[str, ...]
    goes_on_after: str | None

    def named(self) -> set[str]:
        """The viewers whose names it contains."""
        of_triggers = zip(self.details.triggers, self.fired_by, strict=True)
        return {
            *(top.viewer_id for top in self.details.viewer_totals if top.viewer_name),
            *(viewer for trigger, viewer in of_triggers if trigger.viewer_name),
        }

    def without_names_of(self, hidden: Collection[str]) -> RoundDetails:
        """The round with some viewers' names hidden."""
        shown = tuple(
            replace(trigger, viewer_name=None) if viewer in hidden else trigger
            for trigger, viewer in zip(self.details.triggers, self.fired_by, strict=True)
        )
        viewer_totals = tuple(hide_name(top, hidden) for top in self.details.viewer_totals)
        return replace(self.details, triggers=shown, viewer_totals=viewer_totals)


async def read_round(
    database: Database,
    studio_id: str,
    room_id: str,
    round_: int,
    wanted: Collection[Table],
    after: str,
) -> RecordedRound | None:
    """The round with the wanted tables, the others empty, and its triggers `after` a position.

    None if the room is not in the studio's history, or has no such round.
    """
    in_history = select(studio_rooms.c.room_id).where(*is_listed(studio_id, room_id))
    times = select(rounds.c.started_at, rounds.c.ended_at).where(*in_round(rounds, room_id, round_))
    async with database.recorded_rounds.transaction(ADDED_UP_WITHIN, studio_id) as connection:
        found = (await connection.execute(times.where(in_history.exists()))).one_or_none()
        if found is None:
            return None
        key = connection, room_id, round_
        totals = await _totals(*key) if "totals" in wanted else ()
        has_ranking = found.ended_at is not None and "viewers" in wanted
        viewer_totals = await viewer_totals_of(*key, most=MOST_ROWS) if has_ranking else ()
        fired = await _fired(*key, after) if "triggers" in wanted else ()
        minutes = await _minutes(*key) if "presses" in wanted else ()
    shown = tuple(_trigger(row) for row in fired)
    ended_at = timestamp_of(found.ended_at) if found.ended_at else None
    span = timestamp_of(found.started_at), ended_at
    details = RoundDetails(room_id, round_, *span, totals, viewer_totals, shown, minutes)
    last = f"{fired[-1].epoch}-{fired[-1].seq}" if len(fired) == MOST_ROWS else None
    return RecordedRound(details, tuple(row.viewer_id or "" for row in fired), last)


async def _totals(
    connection: AsyncConnection, room_id: str, round_: int
) -> tuple[ButtonTotals, ...]:
    counted = select(triggers.c.event_type, func.count())
    counted = counted.where(*in_round(triggers, room_id, round_)).group_by(triggers.c.event_type)
    fired = {row[0]: row[1] for row in await connection.execute(counted)}
    pressed = select(accounts.c.event_type, accounts.c.booked, accounts.c.returned)
    pressed = pressed.where(*in_round(accounts, room_id, round_))
    figures = {name: rest for name, *rest in await connection.execute(pressed)}
    names = dict.fromkeys((*await event_types_of(connection, room_id, round_), *figures, *fired))
    return tuple(_button(name, figures.get(name, [0, 0]), fired.get(name, 0)) for name in names)


def _button(name: str, figures: list[int], fired: int) -> ButtonTotals:
    accepted, returned = figures
    return ButtonTotals(name, accepted, fired, returned)


async def _fired(
    connection: AsyncConnection, room_id: str, round_: int, after: str
) -> Sequence[Row[Any]]:
    """The round's triggers after a position, in order, with the names that the room shows."""
    position = triggers.c.epoch, triggers.c.seq
    seen = room_viewers.alias()
    is_theirs = and_(seen.c.room_id == room_id, seen.c.viewer_id == triggers.c.viewer_id)
    name = case((is_shown(room_id, seen), triggers.c.viewer_name)).label("name")
    names = ("event_type", "threshold", "viewer_id", "fired_at", "status", "reason")
    columns = [triggers.c[column] for column in names]
    query = select(*position, *columns, name).outerjoin_from(triggers, seen, is_theirs)
    query = query.where(*in_round(triggers, room_id, round_))
    query = query.where(tuple_(*position) > tuple(map(int, after.split("-"))))
    return [*await connection.execute(query.order_by(*position).limit(MOST_ROWS))]


def _trigger(row: Row[Any]) -> PastTrigger:
    return PastTrigger(
        seq=row.seq,
        event_type=row.event_type,
        threshold=row.threshold,
        viewer_name=row.name,
        fired_at=timestamp_of(row.fired_at),
        status=row.status,
        reason=row.reason,
    )


async def _minutes(
    connection: AsyncConnection, room_id: str, round_: int
) -> tuple[PressesInMinute, ...]:
    by_viewers = select(presses.c.minute, presses.c.event_type, presses.c.count)
    minute = cast(func.floor(extract("epoch", triggers.c.fired_at) / SECONDS), Integer)
    by_streamer = select(minute, triggers.c.event_type, literal(1))
    by_streamer = by_streamer.where(triggers.c.viewer_id.is_(None))
    each = union_all(
        by_viewers.where(*in_round(presses, room_id, round_)),
        by_streamer.where(*in_round(triggers, room_id, round_)),
    ).subquery()
    key = (each.c.minute, each.c.event_type)
    query = select(*key, func.sum(each.c.count)).group_by(*key).order_by(*key)
    found = await connection.execute(query.limit(MOST_ROWS))
    return tuple(PressesInMinute(minute, name, int(n)) for minute, name, n in found)
