"""The draw's ceremony: its sealed row, the frozen files, the organiser's draft"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ceremonies",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
    )
    op.create_index("ceremonies_task", "ceremonies", ["plan", "task"])
    op.create_table(
        "frozen_files",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_table(
        "ceremony_drafts",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ceremony_drafts")
    op.drop_table("frozen_files")
    op.drop_index("ceremonies_task", "ceremonies")
    op.drop_table("ceremonies")
