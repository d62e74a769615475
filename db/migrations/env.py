"""Alembic's entry: runs the migrations on the connection that `db.upgrading.upgrade` opened."""

from alembic import context

from db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
