"""The tables of enrolment. A code is kept as its salted digest; nothing here or on the trail gives the code back."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from storage.schema import Moment, metadata

# One row: the salt every code of this house is digested with.
enrolment_salt = Table(
    "enrolment_salt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("withdrawn_at", Moment),
)
Index("enrolment_codes_issued", enrolment_codes.c.issued_at)
Index("enrolment_codes_person", enrolment_codes.c.person)

# Failed tries alone. `code` is the one that was tried where it was used, withdrawn or expired.
enrolment_tries = Table(
    "enrolment_tries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Integer),
)
Index("enrolment_tries_at", enrolment_tries.c.at)
