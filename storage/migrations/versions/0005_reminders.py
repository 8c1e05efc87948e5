"""Reminders, and what each person does without"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("armed_for", storage.schema.Moment(), nullable=False),
        sa.Column("due_at", storage.schema.Moment(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", storage.schema.Moment(), nullable=True),
        sa.Column("settled_at", storage.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case", "kind"),
    )
    op.create_index(
        "reminders_due", "reminders", ["urgent", "due_at"], sqlite_where=PENDING, postgresql_where=PENDING
    )
    op.create_table(
        "reminder_preferences",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("muted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def downgrade() -> None:
    op.drop_table("reminder_preferences")
    op.drop_index("reminders_due", "reminders")
    op.drop_table("reminders")
