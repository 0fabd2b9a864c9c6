"""The history of the PostgreSQL schema, as alembic reads it."""
