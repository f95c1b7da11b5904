"""Alembic's entry: runs on the connection that `booking.migrate` opened."""

from alembic import context

from booking.adapters.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
