"""Studios have handles, and rooms know which studio was the first to list them."""

import sqlalchemy as sa
from alembic import op

revision = "1002"
down_revision = "1001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the handles; of rooms that are listed already, all studios were equally early."""
    op.create_table(
        "handles",
        sa.Column("handle", sa.Text(), primary_key=True),
        sa.Column("studio_id", sa.Text(), nullable=False),
        sa.Column("freed_at", MOMENT),
    )
    op.create_index("handles_by_studio", "handles", ["studio_id"])
    added_at = sa.Column("added_at", MOMENT, nullable=False, server_default=sa.func.now())
    op.add_column("studio_rooms", added_at)
    op.create_index("studio_rooms_by_room", "studio_rooms", ["room_id"])
