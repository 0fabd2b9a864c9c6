"""The books: rooms, rounds, presses, triggers, accounts and the ledger's bookmarks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHARDS = [f"{shard:02x}" for shard in range(64)]
MOMENT = sa.DateTime(timezone=True)
BOOKS = (
    "ledger_bookmarks",
    "ledger_epochs",
    "rooms",
    "rounds",
    "presses",
    "triggers",
    "accounts",
    "room_viewers",
    "log_epochs",
)


def key(name: str, type_: Any = sa.BigInteger) -> sa.Column[Any]:
    """A part of the primary key; without a sequence of PostgreSQL."""
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


def filled(name: str, type_: Any = sa.BigInteger) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, type_, nullable=False)


def upgrade() -> None:
    """Create the tables, with every shard's bookmark before the first entry."""
    bookmarks = op.create_table(
        "ledger_bookmarks", key("shard", sa.CHAR(2)), filled("epoch"), filled("n")
    )
    op.bulk_insert(bookmarks, [{"shard": shard, "epoch": 0, "n": 0} for shard in SHARDS])
    op.create_table("ledger_epochs", key("shard", sa.CHAR(2)), key("epoch"))
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
    )
    op.create_table(
        "accounts",
        key("room_id", sa.Text()),
        key("round", sa.Integer()),
        key("event_type", sa.Text()),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
            for name in ("accepted", "count", "discarded", "booked")
        ),
    )
    op.create_table(
        "room_viewers",
        key("room_id", sa.Text()),
        key("viewer_id", sa.Text()),
        sa.Column("name", sa.Text()),
        filled("blocked", sa.Boolean()),
    )
    op.create_table("log_epochs", key("room_id", sa.Text()), key("epoch"), filled("base"))


def downgrade() -> None:
    """Drop the tables, with everything that was booked."""
    for table in BOOKS:
        op.drop_table(table)
