"""The tables of the draw's ceremony."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.schema import Moment, metadata

# One ceremony of one task. What happened stands in the trail "draw:<id>"; `data` is sealed: the secrets, and which files.
ceremonies = Table(
    "ceremonies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("ceremonies_task", ceremonies.c.plan, ceremonies.c.task)

# What was frozen, by the SHA-256 of its bytes: the lines, each ended by a line feed.
frozen_files = Table(
    "frozen_files",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("data", Text, nullable=False),
)

# What the organiser has chosen for a ceremony that is not frozen yet.
ceremony_drafts = Table(
    "ceremony_drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
