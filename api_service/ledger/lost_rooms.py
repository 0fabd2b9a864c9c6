"""The queries of the books for rooms that Redis may have lost.

All but the first take many rooms, and return rows ordered by room. They leave out log messages that
Redis lost before: a log epoch begins at its base, so earlier messages with a greater number are
void.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Text, and_, any_, bindparam, cast, func, null, or_, select, union_all
from sqlalchemy.sql.sqltypes import BigInteger, DateTime, Integer

from api_service.books.tables import (
    accounts,
    log_epochs,
    presses,
    room_viewers,
    rooms,
    rounds,
    triggers,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Select, Subquery

    Query = Select[*tuple[Any, ...]]

LOG_LIMIT = 10_000  # messages that a room's log holds
LIVES_FOR = timedelta(hours=24)  # after the last entry, or after the end
# Redis knows by its own clock of which triggers the game may still tell the outcome.
ANSWERED_FOR = timedelta(minutes=15)

SHARDS = bindparam("shards", type_=ARRAY(Text))
ROOM_IDS = bindparam("room_ids", type_=ARRAY(Text))


def _asked_for(table: FromClause) -> ColumnElement[bool]:
    return table.c.room_id == any_(ROOM_IDS)


def _in_its_round(table: FromClause) -> ColumnElement[bool]:
    """Whether a row belongs to its room's current round, or to the last one."""
    return (table.c.room_id == rooms.c.room_id) & (table.c.round == rooms.c.round)


def _that_may_live() -> Query:
    """The shards' rooms that may still live, those with a running round first."""
    youngest = func.now() - LIVES_FOR
    return (
        select(rooms.c.room_id)
        .outerjoin(rounds, _in_its_round(rounds))
        .where(
            rooms.c.shard == any_(SHARDS),
            rooms.c.seen_at > youngest,
            or_(rounds.c.ended_at.is_(None), rounds.c.ended_at > youngest),
        )
        .order_by(rooms.c.status != "in_game", rooms.c.seen_at.desc())
    )


def _of_rooms() -> Query:
    """The rooms, each with its round, and the buttons that were ever counted in it."""
    counted = select(accounts.c.event_type).where(accounts.c.room_id == rooms.c.room_id).distinct()
    return (
        select(
            rooms.c.room_id,
            rooms.c.keyed,
            rooms.c.status,
            rooms.c.round,
            rooms.c.paused,
            rooms.c.seq,
            rooms.c.ran_ms,
            rooms.c.ran_at,
            rooms.c.opened_at,
            cast(rooms.c.settings, Text).label("settings"),
            rounds.c.started_at,
            rounds.c.ended_at,
            rounds.c.seq.label("summary_seq"),
            func.array(counted.scalar_subquery()).label("counted"),
        )
        .outerjoin(rounds, _in_its_round(rounds))
        .where(_asked_for(rooms))
    )


def _log_epochs() -> Query:
    """The log epochs of the rooms: the number before the first message, and the last number.

    The last is that of the last message that still stands; null for the current epoch. Every booked
    message of an epoch has a number above its base.
    """
    known = union_all(
        select(log_epochs).where(_asked_for(log_epochs)),
        select(triggers.c.room_id, triggers.c.epoch, func.min(triggers.c.seq) - 1)
        .where(_asked_for(triggers))
        .group_by(triggers.c.room_id, triggers.c.epoch),
        select(rounds.c.room_id, rounds.c.epoch, rounds.c.seq - 1).where(
            _asked_for(rounds), rounds.c.epoch.is_not(None)
        ),
    ).subquery()
    key = (known.c.room_id, known.c.epoch)
    base = func.min(known.c.base)
    last = func.min(base).over(partition_by=key[0], order_by=key[1], rows=(1, None))
    return select(*key, base.label("base"), last.label("last")).group_by(*key).order_by(*key)


def _stands(message: FromClause, bounds: Subquery) -> ColumnElement[bool]:
    """Whether a message still stands: no later epoch took it back."""
    return (
        (message.c.room_id == bounds.c.room_id)
        & (message.c.epoch == bounds.c.epoch)
        & or_(bounds.c.last.is_(None), message.c.seq <= bounds.c.last)
    )


def _numbered() -> Subquery:
    """All triggers and summaries of the rooms."""
    fired = select(
        triggers.c.room_id,
        triggers.c.epoch,
        triggers.c.seq,
        triggers.c.event_type,
        triggers.c.threshold,
        triggers.c.viewer_count,
        triggers.c.viewer_name,
        triggers.c.fired_at,
        cast(null(), Text).label("summary"),
    ).where(_asked_for(triggers))
    ended = select(
        rounds.c.room_id,
        rounds.c.epoch,
        rounds.c.seq,
        cast(null(), Text),
        cast(null(), Integer),
        cast(null(), Integer),
        cast(null(), Text),
        cast(null(), DateTime(timezone=True)),
        cast(rounds.c.summary, Text),
    ).where(_asked_for(rounds))
    return union_all(fired, ended).subquery()


def _log() -> Query:
    """The ends of the rooms' logs: from the last number back to the first gap."""
    numbered, bounds = _numbered(), _log_epochs().subquery()
    newest_first = numbered.c.seq.desc()
    back = func.row_number().over(partition_by=numbered.c.room_id, order_by=newest_first)
    end = (
        select(numbered, rooms.c.seq.label("end"), back.label("back"))
        .join(bounds, _stands(numbered, bounds))
        .join(rooms, rooms.c.room_id == numbered.c.room_id)
        .where(numbered.c.seq <= rooms.c.seq, numbered.c.seq > rooms.c.seq - LOG_LIMIT)
        .subquery()
    )
    columns = [end.c[column.name] for column in numbered.c]
    unbroken = end.c.seq + end.c.back == end.c.end + 1
    return select(*columns).where(unbroken).order_by(end.c.room_id, end.c.seq)


def _counts() -> Query:
    """The buttons' accounts of the rounds, with the number of triggers and the time of the last."""
    bounds = _log_epochs().subquery()
    button = (triggers.c.room_id, triggers.c.round, triggers.c.event_type)
    fired = (
        select(*button, func.count().label("fired"), func.max(triggers.c.fired_at).label("last_at"))
        .join(bounds, _stands(triggers, bounds))
        .where(_asked_for(triggers))
        .group_by(*button)
        .subquery()
    )
    same_button = fired.c.event_type == accounts.c.event_type
    return (
        select(
            accounts.c.room_id,
            accounts.c.event_type,
            accounts.c.accepted,
            accounts.c.count.label("left_over"),
            accounts.c.discarded,
            accounts.c.returned,
            accounts.c.waiting,
            accounts.c.unavailable,
            func.coalesce(fired.c.fired, 0).label("fired"),
            fired.c.last_at,
        )
        .join(rooms, _in_its_round(accounts))
        .outerjoin(fired, _in_its_round(fired) & same_button)
        .where(_asked_for(accounts))
        .order_by(accounts.c.room_id)
    )


def _answerable() -> Query:
    """The triggers of which the game may still tell the outcome, or whose effects still last."""
    bounds, fired = _log_epochs().subquery(), triggers.c
    is_young = fired.fired_at > func.now() - ANSWERED_FOR
    is_by = and_(
        room_viewers.c.room_id == fired.room_id, room_viewers.c.viewer_id == fired.viewer_id
    )
    return (
        select(
            fired.room_id,
            fired.epoch,
            fired.seq,
            fired.round,
            fired.event_type,
            fired.threshold,
            fired.viewer_id,
            fired.viewer_name,
            room_viewers.c.blocked,
            fired.fired_at,
            fired.status,
            fired.reason,
            fired.ends_at,
        )
        .join(bounds, _stands(triggers, bounds))
        .outerjoin(room_viewers, is_by)
        .where(_asked_for(triggers), or_(is_young, fired.ends_at > func.now()))
        .order_by(fired.room_id, fired.fired_at)
    )


def _pressed() -> Query:
    """The viewers of the rounds: which buttons they pressed, and how often each."""
    key = (presses.c.room_id, presses.c.viewer_id, presses.c.event_type)
    each = (
        select(*key, cast(func.sum(presses.c.count), BigInteger).label("total"))
        .join(rooms, _in_its_round(presses))
        .where(_asked_for(presses))
        .group_by(*key)
        .subquery()
    )
    viewer = (each.c.room_id, each.c.viewer_id)
    buttons, totals = func.array_agg(each.c.event_type), func.array_agg(each.c.total)
    return select(*viewer, buttons, totals).group_by(*viewer).order_by(each.c.room_id)


def _blocked() -> Query:
    """The viewers whose presses the rooms refuse."""
    viewer = room_viewers.c
    return (
        select(viewer.room_id, viewer.viewer_id)
        .where(_asked_for(room_viewers), viewer.blocked)
        .order_by(viewer.room_id)
    )


def _names() -> Query:
    """The names of those who pressed in the rounds."""
    pressed = (
        select(presses.c.room_id, presses.c.viewer_id)
        .join(rooms, _in_its_round(presses))
        .where(_asked_for(presses))
        .distinct()
        .subquery()
    )
    viewer = room_viewers.c
    is_theirs = (viewer.room_id == pressed.c.room_id) & (viewer.viewer_id == pressed.c.viewer_id)
    return (
        select(viewer.room_id, viewer.viewer_id, viewer.name)
        .join(pressed, is_theirs)
        .where(_asked_for(room_viewers), viewer.name.is_not(None))
        .order_by(viewer.room_id)
    )


THAT_MAY_LIVE = _that_may_live()
ROOMS = _of_rooms()
LOG_EPOCHS = _log_epochs()
LOG = _log()
COUNTS = _counts()
ANSWERABLE = _answerable()
PRESSED = _pressed()
NAMES = _names()
BLOCKED = _blocked()
