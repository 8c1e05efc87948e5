"""The tables of planning: what the catalogue's phrases mean, risk classes, tasks beside the plan."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from storage.schema import Moment, metadata

# How an item's 抽查比例 or 抽查频次 is understood: `data` is "" while the organiser is asked, `by` "" where it was read.
readings = Table(
    "readings",
    metadata,
    Column("item", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("phrase", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# The class each target was given by the last assessment, and why.
risk_classes = Table(
    "risk_classes",
    metadata,
    Column("target", Text, primary_key=True),
    Column("class", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# Tasks that come from a complaint, a clue or a campaign; `opened_at` None while somebody is still filling one in.
ad_hoc_tasks = Table(
    "ad_hoc_tasks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("opened_at", Moment),
)
