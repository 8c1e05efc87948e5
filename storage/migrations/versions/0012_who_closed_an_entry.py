"""An entry that left a directory says by whose import, and from which file"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = ("gone_source", "gone_by")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("directory_versions", sa.Column(name, sa.Text()))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("directory_versions", name)
