"""Bringing the database to today's schema, by Alembic."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from storage.database import reading

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"


def configuration(engine: Engine) -> Config:
    # Loading Alembic is a third of a second start, which finds the schema current.
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine) -> None:
    """Safe to call at every start: does nothing where the schema is current."""
    if _standing(engine) == newest():
        return
    from alembic import command  # noqa: PLC0415

    command.upgrade(configuration(engine), "head")


def newest() -> str:
    """The revision this code asks for. The migrations are one numbered line, so it is the last file's."""
    last = max((FOLDER / "versions").glob("[0-9]*.py"))
    found = re.search(r'^revision(?:: str)? = "([^"]+)"', last.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{last.name} names no revision")
    return found[1]


def _standing(engine: Engine) -> str | None:
    """The revision the database is at; None for one that is new."""
    with reading(engine) as tx:
        if not inspect(tx).has_table("alembic_version"):
            return None
        return tx.execute(text("SELECT version_num FROM alembic_version")).scalar()
