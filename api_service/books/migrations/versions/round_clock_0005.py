"""How long each room's round has run, so that its limit also ends it after Redis lost the room."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, which the release before leaves empty; gives up after 3 s, as 0003."""
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("rooms", sa.Column("ran_ms", sa.BigInteger()))
    op.add_column("rooms", sa.Column("ran_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop the columns, with everything that was booked in them."""
    for column in ("ran_ms", "ran_at"):
        op.drop_column("rooms", column)
