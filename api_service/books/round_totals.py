"""Totals of rounds that have ended, added up by PostgreSQL from the books."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, FromClause, Text, cast, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.database import Database
from api_service.books.tables import accounts, presses, room_viewers, rooms, rounds
from shared.process.cache import Cache
from shared.wire.game_messages import ButtonTop, EventTotal, GameEndSummary, TeamTops
from shared.wire.parts import Top
from shared.wire.rest_bodies import NOBODY, ButtonOutcomes, Title
from shared.wire.room_settings import RoomSettings, decode

Named = TypeVar("Named", Top, Title)

TOP_VIEWERS: Final = 100
ADDED_UP_WITHIN: Final = 15.0  # s; a crowd of 100,000 takes about one
READ_WITHIN: Final = 5.0  # s
REMEMBERED: Final = 500  # rounds
REMEMBERED_FOR: Final = 5.0  # s; the names of viewers blocked meanwhile disappear then
END_ASKED_EVERY: Final = 0.2  # s, while the end is not booked, however many requests wait

# Who pressed, with the name unless it is hidden. Of viewers with equal counts the greater id comes
# first, as in the summary that the game gets.
_NAMED: Final = """LEFT JOIN (
        SELECT viewer_id, CASE WHEN NOT blocked AND (
            SELECT (settings ->> 'show_names')::boolean FROM rooms WHERE room_id = :room_id
        ) THEN name END AS viewer_name
        FROM room_viewers WHERE room_id = :room_id
    ) AS seen USING (viewer_id)"""

# Who pressed each button most.
BUTTONS: Final = text(f"""
    SELECT event_type, viewer_id, viewer_name, count
    FROM (
        SELECT DISTINCT ON (event_type) event_type, viewer_id, sum(count)::bigint AS count
        FROM presses WHERE room_id = :room_id AND round = :round
        GROUP BY event_type, viewer_id
        ORDER BY event_type, sum(count) DESC, viewer_id DESC
    ) AS pressed {_NAMED}
""")

# Who pressed most of these buttons together, of all if it is null.
VIEWERS: Final = text(f"""
    SELECT viewer_id, viewer_name, count
    FROM (
        SELECT viewer_id, sum(count)::bigint AS count
        FROM presses WHERE room_id = :room_id AND round = :round AND (
            CAST(:event_types AS text[]) IS NULL OR event_type = ANY(CAST(:event_types AS text[]))
        )
        GROUP BY viewer_id ORDER BY sum(count) DESC, viewer_id DESC LIMIT :most
    ) AS pressed {_NAMED}
    ORDER BY count DESC, viewer_id DESC
""")

# Who fired most triggers, who pressed in the most minutes, and who pressed first. Of equals the one
# with more presses comes first, then the greater id.
TITLES: Final = text(f"""
    WITH pressed AS (
        SELECT viewer_id, sum(count) AS count, count(DISTINCT minute) AS minutes
        FROM presses WHERE room_id = :room_id AND round = :round GROUP BY viewer_id
    ), fired AS (
        SELECT viewer_id, count(*) AS triggers
        FROM triggers WHERE room_id = :room_id AND round = :round AND viewer_id IS NOT NULL
        GROUP BY viewer_id
    ), titled (position, title, viewer_id) AS (
        (SELECT 1, 'finisher', viewer_id FROM fired JOIN pressed USING (viewer_id)
            ORDER BY triggers DESC, count DESC, viewer_id DESC LIMIT 1)
        UNION ALL
        (SELECT 2, 'steady', viewer_id FROM pressed
            ORDER BY minutes DESC, count DESC, viewer_id DESC LIMIT 1)
        UNION ALL
        SELECT 3, 'first', first_viewer_id FROM rounds
            WHERE room_id = :room_id AND round = :round AND first_viewer_id IS NOT NULL
    )
    SELECT title, viewer_id, viewer_name FROM titled {_NAMED} ORDER BY position
""")

# How many triggers of each button were done and how many failed, and the presses given back.
OUTCOMES: Final = text("""
    SELECT event_type, count(*) FILTER (WHERE status = 'done'),
        count(*) FILTER (WHERE status = 'failed'), coalesce(returned, 0)
    FROM triggers LEFT JOIN accounts USING (room_id, round, event_type)
    WHERE room_id = :room_id AND round = :round AND status IN ('done', 'failed')
    GROUP BY event_type, returned
""")


class RoundTotals(msgspec.Struct, frozen=True):
    """A round's totals; `top_by_event` has `NOBODY` for a button that nobody pressed."""

    ended_at: datetime
    event_totals: dict[str, int]
    top_by_event: dict[str, Top]
    viewer_totals: tuple[Top, ...]
    outcomes: tuple[ButtonOutcomes, ...] = ()
    titles: tuple[Title, ...] = ()

    def named(self) -> set[str]:
        """The viewers whose names it contains."""
        shown: tuple[Top | Title, ...] = (
            *self.viewer_totals,
            *self.top_by_event.values(),
            *self.titles,
        )
        return {each.viewer_id for each in shown if each.viewer_name}

    def without_names_of(self, viewers: frozenset[str]) -> "RoundTotals":
        """The same, with some viewers' names hidden."""
        tops = {name: hide_name(top, viewers) for name, top in self.top_by_event.items()}
        totals = tuple(hide_name(top, viewers) for top in self.viewer_totals)
        titles = tuple(hide_name(title, viewers) for title in self.titles)
        return msgspec.structs.replace(self, top_by_event=tops, viewer_totals=totals, titles=titles)


def hide_name(named: Named, viewers: Collection[str]) -> Named:
    """The same, without the viewer's name if it is one of `viewers`."""
    is_hidden = named.viewer_id in viewers
    return msgspec.structs.replace(named, viewer_name=None) if is_hidden else named


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
            parameters = {"room_id": room_id, "round": round_}
            found = {row[0]: row for row in await connection.execute(OUTCOMES, parameters)}
            titles = await connection.execute(TITLES, parameters)
            return RoundTotals(
                ended_at=ended_at,
                event_totals=totals,
                top_by_event=tops,
                viewer_totals=viewer_totals,
                outcomes=tuple(ButtonOutcomes(*found[name]) for name in totals if name in found),
                titles=tuple(Title(*title) for title in titles),
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
    event_types = await event_types_of(connection, room_id, round_)
    totals, tops = dict.fromkeys(event_types, 0), dict.fromkeys(event_types, NOBODY)
    booked = select(accounts.c.event_type, accounts.c.booked).where(
        *in_round(accounts, room_id, round_), accounts.c.booked != 0
    )
    totals |= dict((await connection.execute(booked)).all())
    found = await connection.execute(BUTTONS, {"room_id": room_id, "round": round_})
    tops |= {event_type: Top(*top) for event_type, *top in found}
    return totals, tops


async def event_types_of(connection: AsyncConnection, room_id: str, round_: int) -> list[str]:
    """The round's event types, those of the room's settings first and in their order.

    They are those in its summary. The room may have had others before, or may have them since. A
    round without a summary has those of the settings and of its accounts.
    """
    summary = select(cast(rounds.c.summary, Text)).where(*in_round(rounds, room_id, round_))
    recorded = msgspec.json.decode(await connection.scalar(summary) or "{}", type=_Summary)
    settings = select(cast(rooms.c.settings, Text)).where(rooms.c.room_id == room_id)
    current = await connection.scalar(settings)
    listed = [button.event_type for button in decode(current).buttons] if current else []
    if recorded.event_totals:
        names = [total.event_type for total in recorded.event_totals]
        return [*(name for name in listed if name in names), *(n for n in names if n not in listed)]
    booked = select(accounts.c.event_type).where(*in_round(accounts, room_id, round_))
    found = await connection.scalars(booked.order_by(accounts.c.event_type))
    return list(dict.fromkeys((*listed, *found)))


def in_round(table: FromClause, room_id: str, round_: int) -> tuple[ColumnElement[bool], ...]:
    return (table.c.room_id == room_id, table.c.round == round_)


async def viewer_totals_of(
    connection: AsyncConnection,
    room_id: str,
    round_: int,
    event_types: list[str] | None = None,
    *,
    most: int = TOP_VIEWERS,
) -> tuple[Top, ...]:
    """Who pressed most of these buttons together (all if None), best first, `most` at most."""
    parameters = {"room_id": room_id, "round": round_, "event_types": event_types, "most": most}
    return tuple(Top(*top) for top in await connection.execute(VIEWERS, parameters))


def is_shown(room_id: str, seen: FromClause) -> ColumnElement[bool]:
    """Whether the room shows a viewer's name, by the books."""
    shown = select(cast(rooms.c.settings, JSONB)["show_names"].as_boolean())
    by_room = shown.where(rooms.c.room_id == room_id).scalar_subquery()
    return by_room & seen.c.blocked.is_not(True)
