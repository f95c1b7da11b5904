"""Alembic's entry: runs on the connection that `catalog.migrate` opened."""

from alembic import context

from catalog.adapters.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
