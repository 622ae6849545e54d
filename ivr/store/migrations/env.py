"""Alembic's door: migrations run on the connection, and in the transaction, that they are given."""

from alembic import context

from ivr.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # all or nothing on SQLite too: Database.writing begins it
)
context.run_migrations()
