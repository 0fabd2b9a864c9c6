"""Runs the migrations on the connection that `api_service.books.migrate` hands over."""

from alembic import context

from api_service.books.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
