"""Every change of the directories is a dated version; what stands now is where the history begins"""

from datetime import UTC, datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHINA = timezone(timedelta(hours=8))


def upgrade() -> None:
    versions = op.create_table(
        "directory_versions",
        sa.Column("directory", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Text()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("recorded_at", storage.schema.Moment(), nullable=False),
    )
    for name in ("targets", "inspectors"):
        op.add_column(name, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        op.add_column(name, sa.Column("gone_on", sa.Text()))
        _begin(name, versions)


def _begin(name: str, versions: sa.Table) -> None:
    """The first version of an entry is dated by its last import: what stood there before was not kept."""
    tx = op.get_bind()
    entries = sa.table(
        name, sa.column("id"), sa.column("data"), sa.column("imported_at", storage.schema.Moment())
    )
    for several in tx.execute(sa.select(entries)).partitions(10_000):
        tx.execute(versions.insert(), [_first(name, row.id, row.data, row.imported_at) for row in several])


def _first(name: str, id: str, data: str, at: datetime) -> dict[str, object]:
    return {
        "directory": name,
        "id": id,
        "version": 1,
        "valid_from": at.astimezone(CHINA).date().isoformat(),
        "valid_until": None,
        "data": data,
        "source": "",
        "by": "",
        "recorded_at": at.astimezone(UTC),
    }


def downgrade() -> None:
    for name in ("targets", "inspectors"):
        op.drop_column(name, "gone_on")
        op.drop_column(name, "version")
    op.drop_table("directory_versions")
