"""Every table. Moments are UTC text that sorts as time; documents are canonical JSON text."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


@lru_cache(maxsize=64)
def moment_text(value: datetime) -> str:
    """How a moment is kept. One turn writes its present half a dozen times."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


class Moment(TypeDecorator[datetime]):
    """An aware datetime as "2026-11-21T06:14:00.000000+00:00": the same in SQLite and PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns)


# The trail: every stream ("case:ab12", "plan:…", "draw:…") is a hash chain. UNIQUE(stream, seq) is the lock.
events = _table(
    "events",
    Column("stream", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("events_cause", events.c.stream, events.c.cause)

streams = _table(
    "streams",
    Column("stream", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("head", Text, nullable=False),
)

cases = _table(
    "cases",
    Column("id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("target_name", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("due", Text),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
)
Index("cases_target", cases.c.target)

case_members = _table(
    "case_members",
    Column("case", Text, ForeignKey("cases.id"), primary_key=True),
    Column("person", Text, primary_key=True),
)
Index("case_members_person", case_members.c.person)

people = _table(
    "people",
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("roles", Text, nullable=False),
)

accounts = _table(
    "accounts",
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("bound_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
Index("accounts_person", accounts.c.person)

checklists = _table(
    "checklists", Column("edition", Text, primary_key=True), Column("data", Text, nullable=False)
)


def _directory(name: str, *also: Column[Any]) -> Table:
    """The latest version of every entry, and from when it stands; `gone_on` is when one left."""
    return _table(
        name,
        Column("id", Text, primary_key=True),
        Column("data", Text, nullable=False),
        Column("imported_at", Moment, nullable=False),
        Column("version", Integer, nullable=False, server_default="1"),
        Column("gone_on", Text),
        Column("valid_from", Text, nullable=False, server_default=text("''")),
        Column("source", Text, nullable=False, server_default=text("''")),
        Column("by", Text, nullable=False, server_default=text("''")),
        Column("gone_source", Text),
        Column("gone_by", Text),
        *also,
    )


targets, inspectors = _directory("targets"), _directory("inspectors")
# The catalogue is kept as the directories are; `edition` is that of the item's checklist.
items = _directory("items", Column("edition", Text, nullable=False, server_default=text("''")))

# What the catalogue and the two directories said before, and from which day until before which.
directory_versions = _table(
    "directory_versions",
    Column("directory", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_until", Text),
    Column("data", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("gone_source", Text),
    Column("gone_by", Text),
)

plans = _table(
    "plans",
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("data", Text, nullable=False),
    Column("imported_at", Moment, nullable=False),
    Column("published_at", Moment),
)

draws = _table(
    "draws",
    Column("id", Text, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("held_at", Moment, nullable=False),
    Column("released_at", Moment),
    UniqueConstraint("plan", "task"),
)

calendars = _table(
    "calendars",
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("imported_at", Moment, nullable=False),
)

inbox = _table(
    "inbox",
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("update_id", Text, primary_key=True),
    Column("turn", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("reply", Text),
)
_unfinished = inbox.c.done_at.is_(None)
# On PostgreSQL too such an index holds only what waits. That stands in the migrations alone: said here, it would load
# PostgreSQL's dialect, thirty milliseconds of every start on SQLite.
Index("inbox_waiting", inbox.c.received_at, sqlite_where=_unfinished)

AT_ONCE = "1970-01-01T00:00:00.000000+00:00"
# `due_at` is when it is tried again; what has not been tried is due whatever the clock says. A row given up has both
# `given_up_at` and `done_at`; `failure` is what it last failed with.
outbox = _table(
    "outbox",
    Column("id", Integer, primary_key=True),
    Column("dedup_key", Text, nullable=False, unique=True),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("due_at", Moment, nullable=False, server_default=AT_ONCE),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failure", Text),
    Column("given_up_at", Moment),
)
_undelivered = outbox.c.done_at.is_(None)
Index("outbox_waiting", outbox.c.id, sqlite_where=_undelivered)
Index("outbox_due", outbox.c.due_at, outbox.c.id, sqlite_where=_undelivered)
Index("outbox_given_up", outbox.c.given_up_at, sqlite_where=outbox.c.given_up_at.is_not(None))

# What goes to the accounts of a chat platform: `due_at` is also the lease's end, `outcome` sent | gone | needless |
# given up. `failing_since` is the first of the failures up to now, `failure` what the last one was.
deliveries = _table(
    "deliveries",
    Column("outbox", Integer, ForeignKey("outbox.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", Moment),
    Column("outcome", Text),
    Column("failing_since", Moment),
    Column("failure", Text),
)
Index(
    "deliveries_due",
    deliveries.c.due_at,
    sqlite_where=deliveries.c.done_at.is_(None),
)
Index("deliveries_given_up", deliveries.c.outbox, sqlite_where=deliveries.c.outcome == "given up")

# What the chat waits for: one row per person, whichever account they write from.
awaiting = _table(
    "awaiting",
    Column("person", Text, primary_key=True),
    Column("case", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("filled", Text, nullable=False),
    Column("since", Moment, nullable=False),
)

# Which case a person is looking at, whether its own card or a question beside it, and the buttons before them.
focus = _table(
    "focus",
    Column("person", Text, primary_key=True),
    Column("case", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("buttons", Text, nullable=False),
)

evidence = _table(
    "evidence",
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

# What web and terminal have on screen; other channels keep their platform's message id here.
screens = _table(
    "screens",
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("card_key", Text, nullable=False),
    Column("mine", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("rev", Integer, nullable=False),
    UniqueConstraint("channel", "account", "rev"),
)
Index("screens_key", screens.c.channel, screens.c.account, screens.c.card_key)
