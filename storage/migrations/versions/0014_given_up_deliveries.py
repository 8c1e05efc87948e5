"""Deliveries that keep failing: since when, with what; those given up are found without a search"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
GIVEN_UP = sa.text("outcome = 'given up'")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("failing_since", storage.schema.Moment()))
    op.add_column("deliveries", sa.Column("failure", sa.Text()))
    op.create_index(
        "deliveries_given_up",
        "deliveries",
        ["outbox"],
        sqlite_where=GIVEN_UP,
        postgresql_where=GIVEN_UP,
    )


def downgrade() -> None:
    op.drop_index("deliveries_given_up", "deliveries")
    op.drop_column("deliveries", "failure")
    op.drop_column("deliveries", "failing_since")
