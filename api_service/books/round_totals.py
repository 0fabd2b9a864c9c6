"""Totals of rounds that have ended, added up by PostgreSQL from the books."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import Text, and_, case, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from api_service.books.tables import accounts, presses, room_viewers, rooms, rounds, triggers
from shared.process.cache import Cache
from shared.wire.game_messages import ButtonTop, EventTotal, GameEndSummary, TeamTops
from shared.wire.parts import Top
from shared.wire.result_bodies import NOBODY, ButtonOutcomes
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import CTE, ColumnElement, FromClause, Select, Subquery
    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.books.database import Database
    from shared.wire.room_settings import RoomSettings

TOP_VIEWERS: Final = 100
ADDED_UP_WITHIN: Final = 15.0  # s; a crowd of 100,000 takes about one
READ_WITHIN: Final = 5.0  # s
REMEMBERED: Final = 500  # rounds
REMEMBERED_FOR: Final = 5.0  # s; the names of viewers blocked meanwhile disappear then
END_ASKED_EVERY: Final = 0.2  # s, while the end is not booked, however many requests wait


class RoundTotals(msgspec.Struct, frozen=True):
    """A round's totals; `top_by_event` has `NOBODY` for a button that nobody pressed."""

    ended_at: datetime
    event_totals: dict[str, int]
    top_by_event: dict[str, Top]
    viewer_totals: tuple[Top, ...]
    outcomes: tuple[ButtonOutcomes, ...] = ()

    def named(self) -> set[str]:
        """The viewers whose names it contains."""
        tops = (*self.viewer_totals, *self.top_by_event.values())
        return {top.viewer_id for top in tops if top.viewer_name}

    def without_names_of(self, viewers: frozenset[str]) -> RoundTotals:
        """The same, with some viewers' names hidden."""
        tops = {name: hide_name(top, viewers) for name, top in self.top_by_event.items()}
        totals = tuple(hide_name(top, viewers) for top in self.viewer_totals)
        return msgspec.structs.replace(self, top_by_event=tops, viewer_totals=totals)


def hide_name(top: Top, viewers: Collection[str]) -> Top:
    """The same, without the viewer's name if it is one of `viewers`."""
    is_hidden = top.viewer_id in viewers
    return msgspec.structs.replace(top, viewer_name=None) if is_hidden else top


class _Summary(msgspec.Struct, frozen=True):
    """What a round's summary says of its buttons."""

    event_totals: tuple[EventTotal, ...] = ()


class ViewerTotals(msgspec.Struct, frozen=True):
    """What one viewer pressed in a round, by event type; `shown`: others may see the name."""

    viewer_name: str | None
    shown: bool
    counts: dict[str, int]


class Totals:
    """The totals of rounds, cached. All methods raise `errors.DatabaseUnavailable`.

    When a round ends, its whole audience asks at once: one request has it added up, and the others
    wait for the result.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ends = Cache(self._end_of, limit=REMEMBERED, ttl=END_ASKED_EVERY)
        self._totals = Cache(self._add_up, limit=REMEMBERED, ttl=REMEMBERED_FOR)

    async def of_round(self, room_id: str, round_: int) -> RoundTotals | None:
        """The round's totals; None if its end is not booked."""
        ended_at = await self._ends.get((room_id, round_))
        return await self._totals.get((room_id, round_, ended_at)) if ended_at else None

    async def last_ended(self, room_id: str) -> int | None:
        """The last round whose end is booked, 0 for none; None if the books have no such room."""
        query = select(func.coalesce(func.max(rounds.c.round), 0)).where(
            rounds.c.room_id == room_id, rounds.c.ended_at.is_not(None)
        )
        known = select(rooms.c.room_id).where(rooms.c.room_id == room_id)
        async with self._database.results.transaction(READ_WITHIN, room_id) as connection:
            if await connection.scalar(known) is None:
                return None
            last: int = (await connection.scalars(query)).one()
            return last

    async def of_viewer(self, room_id: str, round_: int, viewer: str) -> ViewerTotals:
        """What the viewer pressed in the round."""
        counted = (
            select(presses.c.event_type, func.sum(presses.c.count))
            .where(*in_round(presses, room_id, round_), presses.c.viewer_id == viewer)
            .group_by(presses.c.event_type)
        )
        named = select(room_viewers.c.name, is_shown(room_id, room_viewers)).where(
            room_viewers.c.room_id == room_id, room_viewers.c.viewer_id == viewer
        )
        async with self._database.results.transaction(READ_WITHIN, room_id) as connection:
            counts = dict.fromkeys(await event_types_of(connection, room_id, round_), 0)
            counts |= {event_type: int(n) for event_type, n in await connection.execute(counted)}
            name, shown = (await connection.execute(named)).one_or_none() or (None, False)
            return ViewerTotals(viewer_name=name, shown=shown is True, counts=counts)

    async def _end_of(self, round_: tuple[str, int]) -> datetime | None:
        query = select(rounds.c.ended_at).where(*in_round(rounds, *round_))
        async with self._database.results.transaction(READ_WITHIN, round_[0]) as connection:
            ended_at: datetime | None = await connection.scalar(query)
            return ended_at

    async def _add_up(self, ended: tuple[str, int, datetime]) -> RoundTotals:
        room_id, round_, ended_at = ended
        async with self._database.results.transaction(ADDED_UP_WITHIN, room_id) as connection:
            totals, tops = await _by_button(connection, room_id, round_)
            viewer_totals = await viewer_totals_of(connection, room_id, round_)
            found = {row[0]: row for row in await connection.execute(_outcomes(room_id, round_))}
            return RoundTotals(
                ended_at=ended_at,
                event_totals=totals,
                top_by_event=tops,
                viewer_totals=viewer_totals,
                outcomes=tuple(ButtonOutcomes(*found[name]) for name in totals if name in found),
            )


async def summary_of(
    connection: AsyncConnection, room_id: str, round_: int, settings: RoomSettings
) -> GameEndSummary:
    """The summary of a round, from what is booked of it; without its number."""
    totals, tops = await _by_button(connection, room_id, round_)

    async def best_of(team: str) -> Top | None:
        team_types = [b.event_type for b in settings.buttons if b.team == team]
        return next(iter(await viewer_totals_of(connection, room_id, round_, team_types)), None)

    overall = next(iter(await viewer_totals_of(connection, room_id, round_)), None)
    return GameEndSummary(
        room_id=room_id,
        round=round_,
        team_tops=TeamTops(overall, await best_of("skill"), await best_of("enemy")),
        top_by_button=tuple(
            ButtonTop(top.viewer_id, top.viewer_name, top.count, event_type=event_type)
            for event_type, top in tops.items()
            if top is not NOBODY
        ),
        top_overall=overall,
        event_totals=tuple(EventTotal(*total) for total in totals.items()),
        epoch=0,
        seq=0,
    )


async def _by_button(
    connection: AsyncConnection, room_id: str, round_: int
) -> tuple[dict[str, int], dict[str, Top]]:
    """The presses of each button, and who pressed it most; `NOBODY` for one without presses."""
    per_viewer = _per_viewer(room_id, round_)
    event_types = await event_types_of(connection, room_id, round_)
    totals, tops = dict.fromkeys(event_types, 0), dict.fromkeys(event_types, NOBODY)
    totals |= {name: int(n) for name, n in await connection.execute(_sums(per_viewer))}
    for event_type, *top in await connection.execute(_bests(room_id, per_viewer)):
        tops[event_type] = _top(*top)
    return totals, tops


async def event_types_of(connection: AsyncConnection, room_id: str, round_: int) -> list[str]:
    """The round's event types, those of the room's settings first and in their order.

    They are those in its summary. The room may have had others before, or may have them since. A
    round without a summary has those of the settings and of its accounts.
    """
    summary = select(cast(rounds.c.summary, Text)).where(*in_round(rounds, room_id, round_))
    recorded = msgspec.json.decode(await connection.scalar(summary) or "{}", type=_Summary)
    settings = select(cast(rooms.c.settings, Text)).where(rooms.c.room_id == room_id)
    text = await connection.scalar(settings)
    listed = [button.event_type for button in decode(text).buttons] if text else []
    if recorded.event_totals:
        names = [total.event_type for total in recorded.event_totals]
        return [*(name for name in listed if name in names), *(n for n in names if n not in listed)]
    booked = select(accounts.c.event_type).where(*in_round(accounts, room_id, round_))
    found = await connection.scalars(booked.order_by(accounts.c.event_type))
    return list(dict.fromkeys((*listed, *found)))


def in_round(table: FromClause, room_id: str, round_: int) -> tuple[ColumnElement[bool], ...]:
    return (table.c.room_id == room_id, table.c.round == round_)


def _per_viewer(room_id: str, round_: int) -> CTE:
    """Each viewer's presses of each button."""
    count = func.sum(presses.c.count).label("count")
    query = select(presses.c.viewer_id, presses.c.event_type, count)
    query = query.where(*in_round(presses, room_id, round_))
    return query.group_by(presses.c.viewer_id, presses.c.event_type).cte("per_viewer")


def _sums(per_viewer: CTE) -> Select[*tuple[Any, ...]]:
    total = func.sum(per_viewer.c.count)
    return select(per_viewer.c.event_type, total).group_by(per_viewer.c.event_type)


def _outcomes(room_id: str, round_: int) -> Select[*tuple[Any, ...]]:
    """How many triggers of each button were done and how many failed; the presses given back."""
    button = triggers.c.event_type
    done, failed = (_how_many(triggers.c.status == status) for status in ("done", "failed"))
    counted = select(button, done.label("done"), failed.label("failed"))
    counted = counted.where(*in_round(triggers, room_id, round_)).group_by(button)
    of_button = counted.having(done + failed > 0).subquery()
    account = accounts.alias()
    is_its = and_(*in_round(account, room_id, round_)) & (
        account.c.event_type == of_button.c.event_type
    )
    returned = func.coalesce(account.c.returned, 0)
    return select(*of_button.c, returned).outerjoin_from(of_button, account, is_its)


def _how_many(such: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(such)


# Of viewers with equal counts the greater id comes first, as in the summary that the game gets.


async def viewer_totals_of(
    connection: AsyncConnection,
    room_id: str,
    round_: int,
    event_types: Collection[str] | None = None,
) -> tuple[Top, ...]:
    """Who pressed most of these buttons together (all if None), best first, up to `TOP_VIEWERS`."""
    count = func.sum(presses.c.count).label("count")
    summed = select(presses.c.viewer_id, count).where(*in_round(presses, room_id, round_))
    if event_types is not None:
        summed = summed.where(presses.c.event_type.in_(event_types))
    order = (count.desc(), presses.c.viewer_id.desc())
    tops = summed.group_by(presses.c.viewer_id).order_by(*order).limit(TOP_VIEWERS).subquery()
    named = _named(room_id, tops).order_by(tops.c.count.desc(), tops.c.viewer_id.desc())
    return tuple(_top(*top) for top in await connection.execute(named))


def _bests(room_id: str, per_viewer: CTE) -> Select[*tuple[Any, ...]]:
    """Who pressed each button most: event type, then the columns of `_named`."""
    best = select(per_viewer).ext(distinct_on(per_viewer.c.event_type))
    order = (per_viewer.c.event_type, per_viewer.c.count.desc(), per_viewer.c.viewer_id.desc())
    tops = best.order_by(*order).subquery()
    return _named(room_id, tops, tops.c.event_type)


def _named(room_id: str, tops: Subquery, *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Viewers with their names: viewer id, name unless it is hidden, count."""
    seen = room_viewers.alias()
    name = case((is_shown(room_id, seen), seen.c.name))
    is_theirs = (seen.c.room_id == room_id) & (seen.c.viewer_id == tops.c.viewer_id)
    columns = (*more, tops.c.viewer_id, name, tops.c.count)
    return select(*columns).outerjoin_from(tops, seen, is_theirs)


def is_shown(room_id: str, seen: FromClause) -> ColumnElement[bool]:
    """Whether the room shows a viewer's name, by the books."""
    shown = select(cast(rooms.c.settings, JSONB)["show_names"].as_boolean())
    by_room = shown.where(rooms.c.room_id == room_id).scalar_subquery()
    return by_room & seen.c.blocked.is_not(True)


def _top(viewer_id: str, viewer_name: str | None, count: int) -> Top:
    return Top(viewer_id=viewer_id, viewer_name=viewer_name, count=int(count))
