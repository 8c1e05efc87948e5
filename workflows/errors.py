"""One exception tree. A refusal is not an error: it is an answer the rules give, see `inspection.refusals`.

SuijianError
├── BadInput            what a person gave cannot be read: says what, where, what to do
│   ├── BadProfile      a policy profile's file is wrong
│   └── BadFile         a file cannot be read at all
├── NotFound            no such case, person, plan, task
├── CalendarGap         a year nobody has a calendar for and no rule covers
└── TrailBroken         the hash chain does not hold: says where
"""

from __future__ import annotations


class SuijianError(Exception):
    """The root. `str(error)` is a sentence for a person, in Chinese where a person in the field can meet it."""


class BadInput(SuijianError):
    pass


class BadProfile(BadInput):
    pass


class BadFile(BadInput):
    pass


class NotFound(SuijianError):
    pass


class CalendarGap(SuijianError):
    pass


class TrailBroken(SuijianError):
    pass
