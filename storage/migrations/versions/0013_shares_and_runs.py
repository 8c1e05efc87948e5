"""Shares given to open a ceremony, and draws computed beside the conversation"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ceremony_shares",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("keeper", sa.Integer(), primary_key=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
    )
    op.create_table(
        "ceremony_runs",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", storage.schema.Moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ceremony_runs")
    op.drop_table("ceremony_shares")
