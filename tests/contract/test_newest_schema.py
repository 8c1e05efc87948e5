"""The start asks one question of the database instead of loading Alembic; both must mean the same revision."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.database import reading
from storage.migrate import configuration, migrate, newest
from tests.databases import BACKENDS, fresh, opened


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_database_one_revision_behind_is_brought_up(backend: str, tmp_path: Path) -> None:
    with fresh(backend, tmp_path) as url, opened(url) as engine:
        script = ScriptDirectory.from_config(configuration(engine))
        assert newest() == script.get_current_head()
        migrate(engine)
        command.downgrade(configuration(engine), "-1")
        migrate(engine)
        with reading(engine) as tx:
            assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest()
