"""Rounds know who pressed first."""

import sqlalchemy as sa
from alembic import op

revision = "1001"
down_revision = "1000"


def upgrade() -> None:
    """Add the viewer who pressed first; of rounds that are booked nobody knows it."""
    op.add_column("rounds", sa.Column("first_viewer_id", sa.Text()))
