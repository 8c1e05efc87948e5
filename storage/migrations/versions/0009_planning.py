"""What the catalogue's phrases mean, risk classes, tasks beside the plan"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("item", sa.Text(), primary_key=True),
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
    )
    op.create_table(
        "risk_classes",
        sa.Column("target", sa.Text(), primary_key=True),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
    )
    op.create_table(
        "ad_hoc_tasks",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
        sa.Column("opened_at", storage.schema.Moment()),
    )


def downgrade() -> None:
    op.drop_table("ad_hoc_tasks")
    op.drop_table("risk_classes")
    op.drop_table("readings")
