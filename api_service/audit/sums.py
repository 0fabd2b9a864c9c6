"""The sums that an audit compares, each added up by PostgreSQL. Every query takes `room_id`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import TextClause
    from sqlalchemy.ext.asyncio import AsyncConnection

# All reads see one snapshot, and nothing can be written.
AT_ONE_MOMENT: Final = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

# Whether Redis has lost message `m` of the log: a later log epoch gave its number again, or began
# in an older copy of Redis, which never had the message's own log epoch.
_FORGOTTEN: Final = """EXISTS (
        SELECT FROM log_epochs AS later
        WHERE later.room_id = :room_id AND later.epoch > m.epoch AND (
            later.base < m.seq OR NOT EXISTS (
                SELECT FROM log_epochs AS own
                WHERE own.room_id = :room_id AND own.epoch = m.epoch
            )
        )
    )"""


class RoomSums(NamedTuple):
    """A room as it was last booked; of its log epochs each after the first began after a loss."""

    opened_at: datetime
    seen_at: datetime
    status: str
    seq: int
    log_epochs: int


ROOM: Final = text("""
    SELECT opened_at, seen_at, status, seq,
        (SELECT count(*) FROM log_epochs WHERE room_id = :room_id)
    FROM rooms WHERE room_id = :room_id
""")


class RoundSums(NamedTuple):
    """A round; `log_epoch` and `seq` are those of its summary, which is JSON."""

    round: int
    started_at: datetime
    ended_at: datetime | None
    log_epoch: int | None
    seq: int | None
    summary: str | None
    viewers: int


ROUNDS: Final = text("""
    SELECT round, started_at, ended_at, epoch, seq, summary::text, coalesce(viewers, 0)
    FROM rounds LEFT JOIN (
        SELECT round, count(DISTINCT viewer_id) AS viewers
        FROM presses WHERE room_id = :room_id GROUP BY round
    ) AS pressed USING (round)
    WHERE room_id = :room_id ORDER BY round
""")


class ButtonSums(msgspec.Struct, frozen=True):
    """A button's round: its account, and the sums of its presses and of its standing triggers.

    Redis counted `accepted`; `presses` are booked, and `pressed` by all viewers together and by the
    streamer, who has one in each trigger without a viewer.
    """

    round: int
    event_type: str
    accepted: int
    remainder: int
    discarded: int
    returned: int
    presses: int
    pressed: int
    triggers: int
    thresholds: int
    done: int
    failed: int

    @property
    def forgotten(self) -> int:
        """The booked presses that Redis lost; negative if the ledger lost some."""
        return self.presses - self.accepted

    @property
    def difference(self) -> int:
        """The presses that Redis has too many, or too few."""
        used = self.thresholds + self.remainder + self.discarded
        return self.accepted + self.returned - used


BUTTONS: Final = text(f"""
    SELECT round, event_type, coalesce(accepted, 0), coalesce(remainder, 0),
        coalesce(discarded, 0), coalesce(returned, 0), coalesce(booked, 0), coalesce(pressed, 0),
        coalesce(fired, 0), coalesce(thresholds, 0), coalesce(done, 0), coalesce(failed, 0)
    FROM (
        SELECT round, event_type, accepted, count AS remainder, discarded, returned, booked
        FROM accounts WHERE room_id = :room_id
    ) AS account
    FULL JOIN (
        SELECT round, event_type, sum(count)::bigint AS pressed
        FROM (
            SELECT round, event_type, count FROM presses WHERE room_id = :room_id
            UNION ALL
            SELECT round, event_type, 1 FROM triggers
            WHERE room_id = :room_id AND viewer_id IS NULL
        ) AS each_press GROUP BY round, event_type
    ) AS press USING (round, event_type)
    FULL JOIN (
        SELECT round, event_type, count(*) AS fired, sum(threshold)::bigint AS thresholds,
            count(*) FILTER (WHERE status = 'done') AS done,
            count(*) FILTER (WHERE status = 'failed') AS failed
        FROM triggers AS m WHERE room_id = :room_id AND NOT {_FORGOTTEN}
        GROUP BY round, event_type
    ) AS trigger USING (round, event_type)
    ORDER BY round, event_type COLLATE "C"
""")


class NumberSums(msgspec.Struct, frozen=True):
    """The numbers of one log epoch, triggers' and summaries', and what is wrong with them.

    `standing` is the last one that still stands.
    """

    epoch: int
    first: int
    last: int
    standing: int
    triggers: int
    summaries: int
    forgotten: int
    missing: int
    first_missing: int | None
    repeated: int
    first_repeated: int | None


# Of all epochs together, the numbers that stand are 1, 2, 3 and so on.
NUMBERS: Final = text(f"""
    WITH m AS (
        SELECT epoch, seq, 1 AS is_trigger FROM triggers WHERE room_id = :room_id
        UNION ALL
        SELECT epoch, seq, 0 FROM rounds WHERE room_id = :room_id AND seq IS NOT NULL
    ), judged AS (
        SELECT *, {_FORGOTTEN} AS is_forgotten FROM m
    ), stepped AS (
        SELECT *, CASE WHEN NOT is_forgotten THEN
            seq - lag(seq, 1, 0::bigint) OVER (PARTITION BY is_forgotten ORDER BY seq, epoch)
        END AS step FROM judged
    )
    SELECT epoch, min(seq), max(seq), coalesce(max(seq) FILTER (WHERE NOT is_forgotten), 0),
        sum(is_trigger), count(*) - sum(is_trigger), count(*) FILTER (WHERE is_forgotten),
        coalesce(sum(step - 1) FILTER (WHERE step > 1), 0)::bigint,
        min(seq - step + 1) FILTER (WHERE step > 1),
        count(*) FILTER (WHERE step = 0),
        min(seq) FILTER (WHERE step = 0)
    FROM stepped GROUP BY epoch ORDER BY epoch
""")


class BestSums(NamedTuple):
    """Who pressed a button most in a round, or all buttons together (None)."""

    round: int
    event_type: str | None
    viewer_id: str
    presses: int


# Of viewers with equal sums the greater id comes first, as in Redis.
BESTS: Final = text("""
    SELECT DISTINCT ON (round, event_type) round, event_type, viewer_id, presses
    FROM (
        SELECT round, event_type, viewer_id, sum(count)::bigint AS presses
        FROM presses WHERE room_id = :room_id
        GROUP BY GROUPING SETS ((round, viewer_id, event_type), (round, viewer_id))
    ) AS pressed
    ORDER BY round, event_type, presses DESC, viewer_id COLLATE "C" DESC
""")

Sums = TypeVar("Sums", RoomSums, RoundSums, ButtonSums, NumberSums, BestSums)


async def read(
    connection: AsyncConnection, query: TextClause, as_: type[Sums], room_id: str
) -> list[Sums]:
    """The rows of one of the queries above."""
    found: Any = await connection.execute(query, {"room_id": room_id})
    return [as_(*row) for row in found]
