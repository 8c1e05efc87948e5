"""Enrolment: codes as salted digests, and the failed tries"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment_salt",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", storage.schema.Moment(), nullable=False),
        sa.Column("used_at", storage.schema.Moment(), nullable=True),
        sa.Column("withdrawn_at", storage.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("enrolment_codes_issued", "enrolment_codes", ["issued_at"])
    op.create_index("enrolment_codes_person", "enrolment_codes", ["person"])
    op.create_table(
        "enrolment_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", storage.schema.Moment(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("enrolment_tries_at", "enrolment_tries", ["at"])


def downgrade() -> None:
    op.drop_table("enrolment_tries")
    op.drop_table("enrolment_codes")
    op.drop_table("enrolment_salt")
