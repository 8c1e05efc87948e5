"""The tables of the draw's ceremony."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

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

# Shares given to open a ceremony, until two fit: a box each.
ceremony_shares = Table(
    "ceremony_shares",
    metadata,
    Column("id", Text, primary_key=True),
    Column("keeper", Integer, primary_key=True),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# A draw being computed beside the conversation. `owner` computes it until `until`; then anybody may begin again.
ceremony_runs = Table(
    "ceremony_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("data", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
)
