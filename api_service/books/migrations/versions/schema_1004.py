"""The schema of the first release: viewers, the ledger's progress, the books of rooms, studios."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "1004"
down_revision = None

SHARDS = [f"{shard:02x}" for shard in range(64)]
MOMENT = sa.DateTime(timezone=True)


def key(name: str, type_: Any = sa.BigInteger) -> sa.Column[Any]:
    """A part of the primary key; without a sequence of PostgreSQL."""
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


def filled(name: str, type_: Any = sa.BigInteger) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, type_, nullable=False)


def sums(*names: str) -> list[sa.Column[Any]]:
    """Columns that begin at 0."""
    return [
        sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        for name in names
    ]


def moment(name: str) -> sa.Column[Any]:
    """A time, by default now."""
    return sa.Column(name, MOMENT, nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    """Create the tables, with every shard booked to before the first entry."""
    op.create_table(
        "viewers",
        key("viewer_id", sa.CHAR(26)),
        filled("name", sa.Text),
        moment("created_at"),
        moment("updated_at"),
    )
    _create_ledger()
    _create_books()
    _create_studios()


def _create_ledger() -> None:
    progress = op.create_table(
        "ledger_progress", key("shard", sa.CHAR(2)), key("epoch"), filled("n")
    )
    op.bulk_insert(progress, [{"shard": shard, "epoch": 0, "n": 0} for shard in SHARDS])


def _create_books() -> None:
    op.create_table(
        "rooms",
        key("room_id", sa.Text()),
        filled("shard", sa.CHAR(2)),
        filled("opened_at", MOMENT),
        filled("seen_at", MOMENT),
        filled("keyed", sa.Boolean()),
        filled("settings", sa.JSON()),
        filled("status", sa.Text()),
        filled("round", sa.Integer()),
        filled("epoch"),
        filled("seq"),
        sa.Column("code", sa.Text()),
        sa.Column("tokens", sa.JSON()),
    )
    op.create_index("rooms_by_shard", "rooms", ["shard", "seen_at"])
    op.create_table(
        "rounds",
        key("room_id", sa.Text()),
        key("round", sa.Integer()),
        filled("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("epoch", sa.BigInteger()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("summary", sa.JSON()),
        *sums("presses", "triggers"),
        sa.Column("first_viewer_id", sa.Text()),
    )
    op.create_table(
        "presses",
        key("room_id", sa.Text()),
        key("round", sa.Integer()),
        key("viewer_id", sa.Text()),
        key("event_type", sa.Text()),
        key("minute", sa.Integer()),
        filled("count"),
    )
    op.create_table(
        "triggers",
        key("room_id", sa.Text()),
        key("epoch"),
        key("seq"),
        filled("round", sa.Integer()),
        filled("event_type", sa.Text()),
        filled("threshold", sa.Integer()),
        filled("viewer_count", sa.Integer()),
        sa.Column("viewer_id", sa.Text()),
        sa.Column("viewer_name", sa.Text()),
        filled("fired_at", MOMENT),
        sa.Column("status", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("ends_at", MOMENT),
    )
    op.create_table(
        "accounts",
        key("room_id", sa.Text()),
        key("round", sa.Integer()),
        key("event_type", sa.Text()),
        *sums("accepted", "count", "discarded", "booked", "returned"),
    )
    op.create_table(
        "room_viewers",
        key("room_id", sa.Text()),
        key("viewer_id", sa.Text()),
        sa.Column("name", sa.Text()),
        filled("blocked", sa.Boolean()),
    )
    op.create_table("log_epochs", key("room_id", sa.Text()), key("epoch"), filled("base"))


def _create_studios() -> None:
    op.create_table(
        "media",
        key("media_id", sa.Text()),
        key("studio_id", sa.Text()),
        filled("type", sa.Text()),
        filled("content", sa.LargeBinary()),
        moment("stored_at"),
    )
    op.create_index("media_by_studio", "media", ["studio_id"])
    op.create_table(
        "setups",
        key("studio_id", sa.Text()),
        key("setup_id", sa.Text()),
        filled("name", sa.Text()),
        filled("settings", sa.JSON()),
        filled("media", sa.ARRAY(sa.Text())),
        moment("updated_at"),
    )
    op.create_table(
        "studio_rooms", key("studio_id", sa.Text()), key("room_id", sa.Text()), moment("added_at")
    )
    op.create_index("studio_rooms_by_room", "studio_rooms", ["room_id"])
    op.create_table(
        "handles",
        key("handle", sa.Text()),
        filled("studio_id", sa.Text()),
        sa.Column("freed_at", MOMENT),
    )
    op.create_index("handles_by_studio", "handles", ["studio_id"])
