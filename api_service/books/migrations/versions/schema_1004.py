"""The schema of the first release: viewers, the ledger's progress, the books of rooms, studios."""

from alembic import op

revision = "1004"
down_revision = None

# Every shard is booked to before the first entry.
SCHEMA = """
    CREATE TABLE viewers (
        viewer_id CHAR(26) PRIMARY KEY, name TEXT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(), updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );

    CREATE TABLE ledger_progress (
        shard CHAR(2), epoch BIGINT, n BIGINT NOT NULL, PRIMARY KEY (shard, epoch)
    );
    INSERT INTO ledger_progress
        SELECT lpad(to_hex(shard), 2, '0'), 0, 0 FROM generate_series(0, 63) AS shard;

    CREATE TABLE rooms (
        room_id TEXT PRIMARY KEY, shard CHAR(2) NOT NULL,
        opened_at TIMESTAMPTZ NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
        keyed BOOLEAN NOT NULL, settings JSON NOT NULL, status TEXT NOT NULL,
        round INTEGER NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, code TEXT, tokens JSON
    );
    CREATE INDEX rooms_by_shard ON rooms (shard, seen_at);
    CREATE TABLE rounds (
        room_id TEXT, round INTEGER, started_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ,
        epoch BIGINT, seq BIGINT, summary JSON,
        presses BIGINT NOT NULL DEFAULT 0, triggers BIGINT NOT NULL DEFAULT 0,
        first_viewer_id TEXT, PRIMARY KEY (room_id, round)
    );
    CREATE TABLE presses (
        room_id TEXT, round INTEGER, viewer_id TEXT, event_type TEXT, minute INTEGER,
        count BIGINT NOT NULL, PRIMARY KEY (room_id, round, viewer_id, event_type, minute)
    );
    CREATE TABLE triggers (
        room_id TEXT, epoch BIGINT, seq BIGINT, round INTEGER NOT NULL,
        event_type TEXT NOT NULL, threshold INTEGER NOT NULL, viewer_count INTEGER NOT NULL,
        viewer_id TEXT, viewer_name TEXT, fired_at TIMESTAMPTZ NOT NULL,
        status TEXT, reason TEXT, ends_at TIMESTAMPTZ, PRIMARY KEY (room_id, epoch, seq)
    );
    CREATE TABLE accounts (
        room_id TEXT, round INTEGER, event_type TEXT,
        accepted BIGINT NOT NULL DEFAULT 0, count BIGINT NOT NULL DEFAULT 0,
        discarded BIGINT NOT NULL DEFAULT 0, booked BIGINT NOT NULL DEFAULT 0,
        returned BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (room_id, round, event_type)
    );
    CREATE TABLE room_viewers (
        room_id TEXT, viewer_id TEXT, name TEXT, blocked BOOLEAN NOT NULL,
        PRIMARY KEY (room_id, viewer_id)
    );
    CREATE TABLE log_epochs (
        room_id TEXT, epoch BIGINT, base BIGINT NOT NULL, PRIMARY KEY (room_id, epoch)
    );

    CREATE TABLE media (
        media_id TEXT, studio_id TEXT, type TEXT NOT NULL, content BYTEA NOT NULL,
        stored_at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (media_id, studio_id)
    );
    CREATE INDEX media_by_studio ON media (studio_id);
    CREATE TABLE setups (
        studio_id TEXT, setup_id TEXT, name TEXT NOT NULL,
        settings JSON NOT NULL, media TEXT[] NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (studio_id, setup_id)
    );
    CREATE TABLE studio_rooms (
        studio_id TEXT, room_id TEXT, added_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        PRIMARY KEY (studio_id, room_id)
    );
    CREATE INDEX studio_rooms_by_room ON studio_rooms (room_id);
    CREATE TABLE handles (
        handle TEXT PRIMARY KEY, studio_id TEXT NOT NULL, freed_at TIMESTAMPTZ
    );
    CREATE INDEX handles_by_studio ON handles (studio_id)
"""


def upgrade() -> None:
    """Create the tables."""
    op.get_bind().exec_driver_sql(SCHEMA)
