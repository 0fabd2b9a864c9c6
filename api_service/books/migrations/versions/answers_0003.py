"""What the game answers: outcomes of triggers, presses given back, buttons that it cannot use."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, which the release before leaves at their defaults.

    Booking waits while this waits for its locks, which long audits and backups hold up: it gives up
    after 3 s.
    """
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("triggers", sa.Column("status", sa.Text()))
    op.add_column("triggers", sa.Column("reason", sa.Text()))
    op.add_column("triggers", sa.Column("ends_at", sa.DateTime(timezone=True)))
    none = sa.text("0")
    op.add_column(
        "accounts", sa.Column("returned", sa.BigInteger(), nullable=False, server_default=none)
    )
    op.add_column("accounts", sa.Column("unavailable", sa.Text()))


def downgrade() -> None:
    """Drop the columns, with everything that was booked in them."""
    for column in ("status", "reason", "ends_at"):
        op.drop_column("triggers", column)
    for column in ("returned", "unavailable"):
        op.drop_column("accounts", column)
