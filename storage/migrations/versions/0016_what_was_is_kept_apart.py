"""The latest version of an entry stands in its directory with its days and its origin; only what was is kept apart"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TEXTS = ("valid_from", "source", "by")
GONE = ("gone_source", "gone_by")
COLUMNS = (*TEXTS, *GONE)
OWN = """directory_versions.directory = '{name}' AND directory_versions.id = {name}.id
AND directory_versions.version = {name}.version"""


def upgrade() -> None:
    for name in ("targets", "inspectors"):
        for column in TEXTS:
            op.add_column(name, sa.Column(column, sa.Text(), nullable=False, server_default=sa.text("''")))
        for column in GONE:
            op.add_column(name, sa.Column(column, sa.Text()))
        own = OWN.format(name=name)
        told = ", ".join(f'"{column}" = directory_versions."{column}"' for column in COLUMNS)
        op.execute(f"UPDATE {name} SET {told} FROM directory_versions WHERE {own}")
        op.execute(f"DELETE FROM directory_versions WHERE EXISTS (SELECT 1 FROM {name} WHERE {own})")


def downgrade() -> None:
    names = ", ".join(f'"{column}"' for column in COLUMNS)
    for name in ("targets", "inspectors"):
        op.execute(
            f"INSERT INTO directory_versions (directory, id, version, data, recorded_at, valid_until, {names}) "
            f"SELECT '{name}', id, version, '', imported_at, gone_on, {names} FROM {name}"
        )
        for column in reversed(COLUMNS):
            op.drop_column(name, column)
