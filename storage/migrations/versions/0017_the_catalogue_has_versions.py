"""The catalogue's items are dated versions too; what stands now is where their history begins"""

from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CHINA = timezone(timedelta(hours=8))
EMPTY = sa.text("''")
TEXTS = ("valid_from", "source", "by")
GONE = ("gone_on", "gone_source", "gone_by")


def upgrade() -> None:
    with op.batch_alter_table("items") as items:
        items.alter_column("edition", existing_type=sa.Text(), existing_nullable=False, server_default=EMPTY)
        items.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        for name in TEXTS:
            items.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=EMPTY))
        for name in GONE:
            items.add_column(sa.Column(name, sa.Text()))
    _begin()


def _begin() -> None:
    """The first version of an item is dated by its last import: what stood there before was not kept."""
    tx = op.get_bind()
    at: sa.ColumnClause[datetime] = sa.column("imported_at", storage.schema.Moment())
    items = sa.table("items", sa.column("id"), sa.column("valid_from"), at)
    for row in tx.execute(sa.select(items)).all():
        tx.execute(items.update().where(items.c.id == row.id).values(valid_from=_day(row.imported_at)))


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()


def downgrade() -> None:
    op.execute("DELETE FROM directory_versions WHERE directory = 'items'")
    with op.batch_alter_table("items") as items:
        for name in (*reversed(GONE), *reversed(TEXTS), "version"):
            items.drop_column(name)
        items.alter_column("edition", existing_type=sa.Text(), existing_nullable=False, server_default=None)
