"""The latest version of an entry is the one in its directory, and not kept a second time

Going up there is nothing to do: a version that holds its entry is read as ever. Going down each is given it back.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    for name in ("targets", "inspectors"):
        op.execute(
            f"UPDATE directory_versions SET data = (SELECT data FROM {name} WHERE {name}.id = directory_versions.id) "
            f"WHERE directory = '{name}' AND data = ''"
        )
