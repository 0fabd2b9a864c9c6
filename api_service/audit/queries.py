"""The queries in which PostgreSQL adds up and compares, so that an audit loads only results.

Each query takes `room_id`. An entry of the journal is a JSON array: see
`shared/engine/ledger_entries.py`. Batches are in entries of two kinds: of calls, and of release
0.1.0, one each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from api_service.ledger.postings import MINUTE
from shared.engine.ledger_entries import (
    BatchesCounted,
    CountedBatch,
    FullFired,
    Paused,
    PressesCounted,
    TriggerOutcome,
)

if TYPE_CHECKING:
    import msgspec

    from shared.engine.ledger_entries import LedgerEntry


def _at(struct: type[msgspec.Struct], name: str) -> int:
    """Where a field stands in a JSON array; in an entry, the kind comes first."""
    is_entry = struct.__struct_config__.tag is not None
    return is_entry + struct.__struct_fields__.index(name)


def _entries(kind: type[LedgerEntry]) -> str:
    """The room's entries of a kind, as `e`."""
    tag = kind.__struct_config__.tag
    return (
        "SELECT e FROM journal, json_array_elements(entries) AS e"
        f" WHERE room_id = :room_id AND e->>0 = '{tag}'"
    )


# The triggers of each round and button that still stand: up to the last number of their log epoch.
STANDING_TRIGGERS: Final = text("""
    SELECT round, event_type, count(*), sum(threshold)::bigint,
        count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE status = 'failed')
    FROM triggers
    JOIN unnest(CAST(:epochs AS bigint[]), CAST(:lasts AS bigint[])) AS standing (epoch, last)
        ON triggers.epoch = standing.epoch AND triggers.seq <= standing.last
    WHERE room_id = :room_id
    GROUP BY round, event_type
""")

# The numbers of each log epoch: those of `triggers`, and of the summaries that are given.
NUMBERS: Final = text("""
    WITH numbered AS (
        SELECT epoch, seq, 1 AS is_trigger FROM triggers WHERE room_id = :room_id
        UNION ALL
        SELECT epoch, seq, 0
        FROM unnest(CAST(:epochs AS bigint[]), CAST(:seqs AS bigint[])) AS given (epoch, seq)
    ), stepped AS (
        SELECT *, seq - lag(seq) OVER (PARTITION BY epoch ORDER BY seq) AS step FROM numbered
    )
    SELECT epoch, min(seq), max(seq), sum(is_trigger), count(*) - sum(is_trigger),
        coalesce(sum(step - 1) FILTER (WHERE step > 1), 0)::bigint,
        min(seq - step + 1) FILTER (WHERE step > 1),
        count(*) FILTER (WHERE step = 0),
        min(seq) FILTER (WHERE step = 0)
    FROM stepped GROUP BY epoch ORDER BY epoch
""")

# The batches of calls. OFFSET 0: PostgreSQL parses an entry once, not again for each batch.
_CALLED: Final = f"""
    (
        SELECT (e->>{_at(BatchesCounted, "at")})::bigint AS at,
            (e->>{_at(BatchesCounted, "round")})::int AS round,
            (e->>{_at(BatchesCounted, "viewer_count")})::int AS viewer_count,
            (e->>{_at(BatchesCounted, "log_epoch")})::bigint AS epoch,
            e->{_at(BatchesCounted, "buttons")} AS buttons,
            e->{_at(BatchesCounted, "batches")} AS batches
        FROM ({_entries(BatchesCounted)}) AS call OFFSET 0
    ) AS call, json_array_elements(batches) AS batch"""
_CALLER: Final = f"batch->>{_at(CountedBatch, 'viewer_id')}"
_CALLERS_NAME: Final = f"batch->>{_at(CountedBatch, 'name')}"
_VIEWER_ID: Final = f"e->>{_at(PressesCounted, 'viewer_id')}"
_NAME: Final = f"e->>{_at(PressesCounted, 'name')}"

# How many rows of `presses` differ from the sums of the journal's batches, and the first of them.
PRESSES_DIFFER: Final = text(f"""
    WITH counted AS (
        SELECT round, {_CALLER} AS viewer_id, buttons->(counted->>0)::int->>0 AS event_type, at,
            (counted->>1)::bigint AS presses
        FROM {_CALLED}, json_array_elements(batch->{_at(CountedBatch, "counted")}) AS counted
        UNION ALL
        SELECT (e->>{_at(PressesCounted, "round")})::int, {_VIEWER_ID}, counted->>0,
            (e->>{_at(PressesCounted, "at")})::bigint, (counted->>1)::bigint
        FROM ({_entries(PressesCounted)}) AS press,
            json_array_elements(e->{_at(PressesCounted, "counted")}) AS counted
    ), journaled AS (
        SELECT round, viewer_id, event_type, (at / {MINUTE})::int AS minute,
            sum(presses)::bigint AS count
        FROM counted GROUP BY 1, 2, 3, 4
    ), booked AS (
        SELECT round, viewer_id, event_type, minute, count FROM presses WHERE room_id = :room_id
    )
    SELECT count(*) OVER (), round, viewer_id, event_type, minute,
        coalesce(booked.count, 0), coalesce(journaled.count, 0)
    FROM booked FULL JOIN journaled USING (round, viewer_id, event_type, minute)
    WHERE booked.count IS DISTINCT FROM journaled.count
    ORDER BY round, minute, viewer_id, event_type LIMIT 1
""")


def _fired(kind: type[LedgerEntry], viewer_id: str, name: str) -> str:
    """The triggers of a kind of entry that has one list of them, with the columns of `triggers`."""
    return f"""
        SELECT (e->>{_at(kind, "log_epoch")})::bigint AS epoch, (fired->>2)::bigint AS seq,
            (e->>{_at(kind, "round")})::int AS round, fired->>0 AS event_type,
            (fired->>1)::int AS threshold, (e->>{_at(kind, "viewer_count")})::int AS viewer_count,
            {viewer_id} AS viewer_id, {name} AS viewer_name,
            (e->>{_at(kind, "at")})::bigint AS fired_at
        FROM ({_entries(kind)}) AS entry, json_array_elements(e->{_at(kind, "fired")}) AS fired"""


_TRIGGER: Final = (
    "format('round %s, %s at %s, %s active, by %s %L, at %s', round, event_type, threshold,"
    " viewer_count, coalesce(viewer_id, 'nobody'), viewer_name, fired_at) AS trigger"
)

# How many rows of `triggers` differ from the journal's entries, and the first of them.
TRIGGERS_DIFFER: Final = text(f"""
    WITH journaled AS (
        SELECT epoch, seq, {_TRIGGER} FROM (
            SELECT epoch, (fired->>2)::bigint AS seq, round, fired->>0 AS event_type,
                (fired->>1)::int AS threshold, viewer_count, {_CALLER} AS viewer_id,
                {_CALLERS_NAME} AS viewer_name, at AS fired_at
            FROM {_CALLED}, json_array_elements(batch->{_at(CountedBatch, "fired")}) AS fired
            UNION ALL
            {_fired(PressesCounted, _VIEWER_ID, _NAME)}
            UNION ALL
            {_fired(Paused, "NULL", "NULL")}
            UNION ALL
            {_fired(FullFired, "NULL", "NULL")}
        ) AS fired
    ), booked AS (
        SELECT epoch, seq, {_TRIGGER} FROM (
            SELECT epoch, seq, round, event_type, threshold, viewer_count, viewer_id, viewer_name,
                (extract(epoch FROM fired_at) * 1000)::bigint AS fired_at
            FROM triggers WHERE room_id = :room_id
        ) AS kept
    )
    SELECT count(*) OVER (), epoch, seq, booked.trigger, journaled.trigger
    FROM booked FULL JOIN journaled USING (epoch, seq)
    WHERE booked.trigger IS DISTINCT FROM journaled.trigger
    ORDER BY epoch, seq LIMIT 1
""")

_OUTCOME: Final = "format('%s %L, ends at %s', status, reason, coalesce(ends_at, 0)) AS outcome"

# How many rows of `triggers` have another outcome than the last one in the journal, and the first
# of them.
OUTCOMES_DIFFER: Final = text(f"""
    WITH told AS (
        SELECT (e->>{_at(TriggerOutcome, "log_epoch")})::bigint AS epoch,
            (e->>{_at(TriggerOutcome, "seq")})::bigint AS seq,
            e->>{_at(TriggerOutcome, "status")} AS status,
            e->>{_at(TriggerOutcome, "reason")} AS reason,
            (e->>{_at(TriggerOutcome, "ends_at")})::bigint AS ends_at,
            array[journal.epoch, n, place] AS place
        FROM journal, json_array_elements(entries) WITH ORDINALITY AS entry (e, place)
        WHERE room_id = :room_id AND e->>0 = '{TriggerOutcome.__struct_config__.tag}'
    ), journaled AS (
        SELECT DISTINCT ON (epoch, seq) epoch, seq, {_OUTCOME}
        FROM told ORDER BY epoch, seq, place DESC
    ), booked AS (
        SELECT epoch, seq, {_OUTCOME} FROM (
            SELECT epoch, seq, status, reason,
                (extract(epoch FROM ends_at) * 1000)::bigint AS ends_at
            FROM triggers WHERE room_id = :room_id AND status IS NOT NULL
        ) AS kept
    )
    SELECT count(*) OVER (), epoch, seq, booked.outcome, journaled.outcome
    FROM booked FULL JOIN journaled USING (epoch, seq)
    WHERE booked.outcome IS DISTINCT FROM journaled.outcome
    ORDER BY epoch, seq LIMIT 1
""")
