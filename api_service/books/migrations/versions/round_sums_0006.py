"""How many presses and triggers are booked in each round, so that lists need not count them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Counted before the columns are added, whose lock holds up bookings. What the release before books
# after this is not in the columns.
COUNTED = """
    CREATE TEMPORARY TABLE sums ON COMMIT DROP AS
    SELECT room_id, round, sum(presses) AS presses, sum(triggers) AS triggers
    FROM (
        SELECT room_id, round, booked AS presses, 0 AS triggers FROM accounts
        UNION ALL
        SELECT room_id, round, 0, count(*) FROM triggers GROUP BY room_id, round
    ) AS booked
    GROUP BY room_id, round
"""
FILLED = """
    UPDATE rounds SET presses = sums.presses, triggers = sums.triggers
    FROM sums WHERE rounds.room_id = sums.room_id AND rounds.round = sums.round
"""


def upgrade() -> None:
    """Add the columns, and fill them in; gives up after 3 s without the lock, as 0003."""
    op.execute(COUNTED)
    op.execute("SET LOCAL lock_timeout = '3s'")
    none = sa.text("0")
    for name in ("presses", "triggers"):
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default=none)
        op.add_column("rounds", column)
    op.execute(FILLED)


def downgrade() -> None:
    """Drop the columns; they can be counted again."""
    for name in ("presses", "triggers"):
        op.drop_column("rounds", name)
