"""When a message is tried next, how often it was, and that it was given up; what the service remembers of itself"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AT_ONCE = "1970-01-01T00:00:00.000000+00:00"
UNDONE = sa.text("done_at IS NULL")
GIVEN_UP = sa.text("given_up_at IS NOT NULL")


def upgrade() -> None:
    # A default, so that SQLite need not copy the table, which others refer to.
    op.add_column(
        "outbox", sa.Column("due_at", storage.schema.Moment(), nullable=False, server_default=AT_ONCE)
    )
    op.add_column("outbox", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("failure", sa.Text()))
    op.add_column("outbox", sa.Column("given_up_at", storage.schema.Moment()))
    op.create_index("outbox_due", "outbox", ["due_at", "id"], sqlite_where=UNDONE, postgresql_where=UNDONE)
    op.create_index(
        "outbox_given_up", "outbox", ["given_up_at"], sqlite_where=GIVEN_UP, postgresql_where=GIVEN_UP
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("at", storage.schema.Moment(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("marks")
    op.drop_index("outbox_given_up", "outbox")
    op.drop_index("outbox_due", "outbox")
    for column in ("given_up_at", "failure", "attempts", "due_at"):
        op.drop_column("outbox", column)
