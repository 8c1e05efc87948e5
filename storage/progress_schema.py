"""The tables of the counts. All of it derives from the cases and can be counted anew; only `bulletins` is kept for itself."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from storage.schema import Moment, metadata

# What each department owes in each case, as it was last counted: the lists are read from here, and it is what the
# next count takes away first, so that the counts are always those of these rows.
shares = Table(
    "progress_shares",
    metadata,
    Column("case", Text, primary_key=True),
    Column("department", Text, primary_key=True),
    Column("lead", Text, nullable=False),
    Column("leader", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("items", Text, nullable=False),  # "|SJ-01|GA-02|"
    Column("persons", Text, nullable=False),  # the same way
    Column("target", Text, nullable=False),
    Column("due", Text),
    Column("visited", Text),
    Column("scan_due", Text),
    Column("recheck_due", Text),
    Column("unsigned", Integer),
    Column("finished", Integer, nullable=False),
    Column("share", Text, nullable=False),
)
Index("progress_shares_department", shares.c.department)
Index("progress_shares_lead", shares.c.lead)
Index("progress_shares_leader", shares.c.leader)
Index("progress_shares_due", shares.c.due, shares.c.case, shares.c.department)
Index("progress_shares_visited", shares.c.visited)
Index("progress_shares_scan", shares.c.scan_due)
Index("progress_shares_recheck", shares.c.recheck_due)
Index("progress_shares_unsigned", shares.c.unsigned)

# Who was ever drawn for a case: leaving it does not undo what one did there.
people = Table(
    "progress_people",
    metadata,
    Column("person", Text, primary_key=True),
    Column("case", Text, primary_key=True),
)

# How many shares stand alike, once for every axis. What is overdue depends on the day asked, so what is still owed is
# counted by its due day besides, the day first: only the days gone by are read.
counts = Table(
    "progress_counts",
    metadata,
    Column("axis", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("department", Text, primary_key=True),
    Column("lead", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("late", Integer, primary_key=True, autoincrement=False),
    Column("finished", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
)
dues = Table(
    "progress_dues",
    metadata,
    Column("axis", Text, primary_key=True),
    Column("due", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("department", Text, primary_key=True),
    Column("lead", Text, primary_key=True),
    Column("n", Integer, nullable=False),
)

bulletins = Table(
    "bulletins",
    metadata,
    Column("id", Text, primary_key=True),
    Column("department", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("composed_by", Text, nullable=False),
    Column("composed_at", Moment, nullable=False),
    Column("sent_by", Text),
    Column("sent_at", Moment),
)
