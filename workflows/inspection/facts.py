"""What a decision may know beyond the case: who asks, when, under which policy. All of it comes in from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from workflows.calendar import Overlay
from workflows.checklist import Checklist
from workflows.directory import Inspector, counts
from workflows.disclosure import Options
from workflows.policy import Profile

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Actor:
    """`via` is "channel:account"; `roles` are among inspector, expert, supervisor, organiser, legal."""

    person: str
    name: str
    department: str
    roles: tuple[str, ...]
    via: str


@dataclass(frozen=True)
class Facts:
    """`directory` holds the current entries of the members and of the substitutes in waiting; `now` is aware."""

    actor: Actor
    now: datetime
    profile: Profile
    options: Options
    checklists: Mapping[str, Checklist]
    overlay: Overlay
    directory: Mapping[str, Inspector] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        """Asked for again and again in one decision, for which the present does not change."""
        return local_day(self.now)

    @cached_property
    def counting(self) -> frozenset[str]:
        """Who of the directory counts today."""
        return frozenset(person for person, entry in self.directory.items() if counts(entry, self.today))

    @cached_property
    def fresh_since(self) -> datetime:
        """A check-in from then on proves something: today's (in China), and within the profile's hours."""
        hours = timedelta(hours=self.profile.number("two-on-site", "hours"))
        return max(datetime.combine(self.today, time(), CHINA), self.now - hours)


def local_day(moment: datetime) -> date:
    """The calendar day in China on which a moment falls."""
    return moment.astimezone(CHINA).date()
