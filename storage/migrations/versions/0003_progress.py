"""The counts of the supervisors, and the weekly bulletins"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXED = {
    "progress_shares_department": "department",
    "progress_shares_lead": "lead",
    "progress_shares_leader": "leader",
    "progress_shares_due": "due case department",
    "progress_shares_visited": "visited",
    "progress_shares_scan": "scan_due",
    "progress_shares_recheck": "recheck_due",
    "progress_shares_unsigned": "unsigned",
}


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def upgrade() -> None:
    op.create_table(
        "progress_shares",
        *_texts("case", "department", "lead", "leader", "plan", "region", "month", "items", "persons"),
        *_texts("target"),
        *_texts("due", "visited", "scan_due", "recheck_due", nullable=True),
        sa.Column("unsigned", sa.Integer(), nullable=True),
        sa.Column("finished", sa.Integer(), nullable=False),
        *_texts("share"),
        sa.PrimaryKeyConstraint("case", "department"),
    )
    for name, columns in INDEXED.items():
        op.create_index(name, "progress_shares", columns.split())
    op.create_table("progress_people", *_texts("person", "case"), sa.PrimaryKeyConstraint("person", "case"))
    key = ("axis", "name", "department", "lead", "state")
    op.create_table(
        "progress_counts",
        *_texts(*key),
        sa.Column("late", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("finished", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*key, "late", "finished"),
    )
    days = ("axis", "due", "name", "department", "lead")
    op.create_table(
        "progress_dues",
        *_texts(*days),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*days),
    )
    op.create_table(
        "bulletins",
        *_texts("id", "department", "first", "text", "composed_by"),
        sa.Column("composed_at", storage.schema.Moment(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("sent_at", storage.schema.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for table in ("bulletins", "progress_dues", "progress_counts", "progress_people"):
        op.drop_table(table)
    for name in INDEXED:
        op.drop_index(name, "progress_shares")
    op.drop_table("progress_shares")
