"""Reads a room's round from PostgreSQL."""

from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from psycopg.rows import class_row

ACCOUNTS = """
    SELECT event_type, accepted::int, count::int, discarded::int, returned::int, booked::int,
        (SELECT coalesce(sum(count), 0)::int FROM presses
            WHERE (room_id, round, event_type) = (a.room_id, a.round, a.event_type)) AS presses,
        (SELECT coalesce(sum(threshold), 0)::int FROM triggers
            WHERE (room_id, round, event_type) = (a.room_id, a.round, a.event_type)) AS consumed
    FROM accounts a WHERE room_id = %(room)s AND round = 1
"""
NUMBERS = """
    SELECT epoch, seq, event_type, threshold FROM triggers WHERE room_id = %(room)s
    UNION ALL
    SELECT epoch, seq, NULL, NULL FROM rounds WHERE room_id = %(room)s AND seq IS NOT NULL
    ORDER BY seq, epoch
"""


@dataclass(frozen=True, slots=True)
class Booked:
    """One button's account: Redis's last values, and the sums of recorded presses and triggers."""

    event_type: str
    accepted: int
    count: int
    discarded: int
    returned: int
    booked: int
    presses: int
    consumed: int

    @property
    def balances(self) -> bool:
        """accepted + returned = Σ thresholds + count + discarded."""
        return self.accepted + self.returned == self.consumed + self.count + self.discarded


class Numbered(NamedTuple):
    """A message of the room's log; a summary has no button and no threshold."""

    epoch: int
    seq: int
    event_type: str | None
    threshold: int | None


class Books(NamedTuple):
    """All accounts of the first round, and all messages of the room in order."""

    accounts: dict[str, Booked]
    numbers: list[Numbered]


async def booked(database_url: str, room_id: str) -> Books:
    """Read what PostgreSQL has of the room."""
    of_room = {"room": room_id}
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        async with connection.cursor(row_factory=class_row(Booked)) as cursor:
            accounts = await (await cursor.execute(ACCOUNTS, of_room)).fetchall()
        async with connection.cursor(row_factory=class_row(Numbered)) as cursor:
            numbers = await (await cursor.execute(NUMBERS, of_room)).fetchall()
    return Books({account.event_type: account for account in accounts}, numbers)
