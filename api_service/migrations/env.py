"""Runs the migrations on the connection that `api_service.migrate` hands over."""

from alembic import context

from api_service.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
