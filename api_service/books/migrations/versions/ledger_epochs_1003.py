"""Ledger epochs know how far they are booked."""

import sqlalchemy as sa
from alembic import op

revision = "1003"
down_revision = "1002"


def upgrade() -> None:
    """Add where booking left an epoch; of epochs that it left before, all counts as booked."""
    op.add_column("ledger_epochs", sa.Column("n", sa.BigInteger()))
