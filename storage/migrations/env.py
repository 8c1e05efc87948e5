"""Alembic's entry: run on the engine the application opened."""

from alembic import context

# Their tables stand in the same metadata.
from storage import draw_schema, enrolment_schema, progress_schema, reminders_schema  # noqa: F401
from storage.database import lock, writing
from storage.schema import metadata

# Two that start at once, say the server and a terminal, must not both find the tables missing and both make them.
with writing(context.config.attributes["engine"]) as connection:
    lock(connection, "schema")
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
