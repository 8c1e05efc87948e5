"""The migrations lead to exactly the tables the code speaks of, and can be gone through from either end."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage.database import writing
from storage.migrate import configuration, migrate
from storage.schema import metadata
from tests.databases import BACKENDS, fresh, opened


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_migrated_schema_is_the_one_the_code_speaks_of(backend: str, tmp_path: Path) -> None:
    with fresh(backend, tmp_path) as url, opened(url) as engine:
        migrate(engine)
        with writing(engine) as tx:
            context = MigrationContext.configure(
                tx, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_migration_can_be_taken_back_and_made_again(backend: str, tmp_path: Path) -> None:
    with fresh(backend, tmp_path) as url, opened(url) as engine:
        migrate(engine)
        tables = set(inspect(engine).get_table_names())
        command.downgrade(configuration(engine), "base")
        assert inspect(engine).get_table_names() == ["alembic_version"]
        migrate(engine)
        assert set(inspect(engine).get_table_names()) == tables


def test_migrations_are_one_line_without_branches(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'x.db'}") as engine:
        script = ScriptDirectory.from_config(configuration(engine))
    assert len(script.get_heads()) == 1
    assert [one.revision for one in script.walk_revisions()] == sorted(
        (path.name[:4] for path in Path(script.versions).glob("[0-9]*.py")), reverse=True
    )


@pytest.mark.parametrize("table", ["inbox", "outbox"])
def test_on_postgresql_a_queue_s_index_holds_only_what_waits(table: str, tmp_path: Path) -> None:
    with fresh("postgresql", tmp_path) as url, opened(url) as engine:
        migrate(engine)
        (index,) = [one for one in inspect(engine).get_indexes(table) if one["name"] == f"{table}_waiting"]
        assert "done_at IS NULL" in index["dialect_options"]["postgresql_where"]
