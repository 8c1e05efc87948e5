"""The tables of the reminders: what is to be said when, and what each person does without."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, literal_column

from storage.schema import Moment, metadata

PENDING = "pending"

# `armed_for` is the moment the case gave; `due_at` moves on for what is said every morning. `status` is pending | sent |
# dropped. A claimed row has its `owner` until `lease_until`.
reminders = Table(
    "reminders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case", Text, ForeignKey("cases.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("armed_for", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("urgent", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", Moment),
    Column("settled_at", Moment),
    UniqueConstraint("case", "kind"),
)
# Written out, not bound: SQLite takes a partial index only where the query says the same words.
pending = reminders.c.status == literal_column(f"'{PENDING}'")
Index("reminders_due", reminders.c.urgent, reminders.c.due_at, sqlite_where=pending)

# Which kinds a person does without, as a JSON list: "entry-10", "appointment-1".
reminder_preferences = Table(
    "reminder_preferences",
    metadata,
    Column("person", Text, primary_key=True),
    Column("muted", Text, nullable=False),
)

# What the service remembers of itself, by name: when it last swept, since when it was away, that it armed older cases.
marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("data", Text, nullable=False),
)
