"""On PostgreSQL, as on SQLite, the queues' indexes hold only what waits"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUEUES = {"inbox": ("inbox_waiting", "received_at"), "outbox": ("outbox_waiting", "id")}


def upgrade() -> None:
    _index(where=sa.text("done_at IS NULL"))


def downgrade() -> None:
    _index(where=None)


def _index(where: sa.TextClause | None) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, (name, column) in QUEUES.items():
        op.drop_index(name, table)
        op.create_index(name, table, [column], postgresql_where=where)
