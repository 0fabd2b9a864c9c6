"""Times in PostgreSQL, as they travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.wire.rest_bodies import timestamp

if TYPE_CHECKING:
    from datetime import datetime


def moment(time: datetime) -> str:
    """The time as ISO 8601, in UTC, with milliseconds."""
    return timestamp(round(time.timestamp() * 1000))


def moment_or_none(time: datetime | None) -> str | None:
    """The same; None stays None."""
    return None if time is None else moment(time)
