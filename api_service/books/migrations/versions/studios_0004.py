"""Studios: setups, the pictures and sounds that they name, and the rooms of their history."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("media", "setups", "studio_rooms")


def key(name: str) -> sa.Column[Any]:
    """A part of the primary key."""
    return sa.Column(name, sa.Text(), primary_key=True)


def filled(name: str, type_: Any) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, type_, nullable=False)


def moment(name: str) -> sa.Column[Any]:
    """A time, by default now."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    """Create the tables, which the release before does not touch."""
    op.create_table(
        "media",
        key("media_id"),
        key("studio_id"),
        filled("type", sa.Text()),
        filled("content", sa.LargeBinary()),
        moment("stored_at"),
    )
    op.create_index("media_by_studio", "media", ["studio_id"])
    op.create_table(
        "setups",
        key("studio_id"),
        key("setup_id"),
        filled("name", sa.Text()),
        filled("settings", sa.JSON()),
        filled("media", sa.ARRAY(sa.Text())),
        moment("updated_at"),
    )
    op.create_table("studio_rooms", key("studio_id"), key("room_id"))


def downgrade() -> None:
    """Drop the tables, with all setups and media."""
    for table in TABLES:
        op.drop_table(table)
