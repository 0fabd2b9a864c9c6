"""The PostgreSQL tables that the API service owns."""

from __future__ import annotations

from sqlalchemy import CHAR, Column, DateTime, MetaData, Table, Text, func

metadata = MetaData()

# A viewer's display name, the same in every room; only viewers who set one have a row.
viewers = Table(
    "viewers",
    metadata,
    Column("viewer_id", CHAR(26), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
