"""Alembic's entry: runs on the connection that `notifications.migrate` opened."""

from alembic import context

from notifications.adapters.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
