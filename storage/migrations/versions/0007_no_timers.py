"""Timers are computed with the reminders, which are the rows that are swept; the table of timers was read by nobody"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("timers")


def downgrade() -> None:
    op.create_table(
        "timers",
        sa.Column("case", sa.Text(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("due_at", storage.schema.Moment(), nullable=False),
        sa.Column("armed_by_seq", sa.Integer(), nullable=False),
    )
    op.create_index("timers_due", "timers", ["due_at"])
