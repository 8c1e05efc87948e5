"""When whom is reminded of what, derived from the case as it stands: few, and at nine on the morning of a working day.

How far ahead, and who is told next when nothing happens: `STAGES`, `_whom`. What falls due at all: `inspection.timers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.calendar import Overlay, is_working_day
from workflows.errors import CalendarGap
from workflows.inspection.case import Case
from workflows.inspection.facts import CHINA, local_day
from workflows.inspection.timers import timers
from workflows.policy import Profile
from workflows.reminder_duties import Duty, duty_of

MORNING, EVENING = time(9, 0), time(20, 0)
LATE_AFTER = timedelta(minutes=30)
SUPERVISOR = "role:supervisor"
OVER = "over"
# Whose `reminders` say how many working days ahead.
RULES = {"entry": "entry-deadline", "visit": "plan-fields"}
# Working days before the last day, for what the profile has no numbers of its own for; hours for the hand-over.
STAGES = {"scan": (3, 0), "measure": (1, 0), "recheck": (3, 0), "transfer": (1, 0)}
HAND_OVER_HOURS = (12, 3)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reminder:
    """`kind` is "what-stage:of", such as "entry-10:县公安局", "recheck-over:GA-02-03", "handover-3:SC-01-02".

    `whom` are person ids and "role:supervisor". At `expires` the next one takes its place, or it is of no use any more;
    None: it comes again every morning. `verb` and `words` make the button that does it. An `urgent` one keeps no quiet
    hours.
    """

    kind: str
    whom: tuple[str, ...]
    at: datetime
    expires: datetime | None
    due: datetime
    verb: str
    words: tuple[str, ...] = ()
    urgent: bool = False

    @property
    def daily(self) -> bool:
        return self.expires is None


def reminders(case: Case, profile: Profile, overlay: Overlay) -> tuple[Reminder, ...]:
    """Every moment of what still waits to be done, past ones too. Nothing for what is done."""
    return tuple(
        reminder
        for timer in timers(case, profile)
        for reminder in _chain(case, duty_of(case, timer, profile), profile, overlay)
    )


# What a case gathers and no moment depends on is in none of these.
_DATED = ("opened", "notice", "onsite_at", "scan", "clocks", "entries", "handlings", "closed_at")


def alike(before: Case, after: Case) -> bool:
    """Whether the moments of both are sure to be the same: what they are made of was not touched."""
    return all(getattr(before, name) is getattr(after, name) for name in _DATED)


def current(found: Iterable[Reminder], now: datetime) -> dict[str, Reminder]:
    """What is to be said at this moment, by kind: of several missed for one thing only the latest."""
    return {r.kind: r for r in found if r.at <= now and (r.expires is None or now < r.expires)}


def is_quiet(now: datetime, overlay: Overlay) -> bool:
    """At night, at weekends and on holidays only what is urgent is said."""
    local = now.astimezone(CHINA)
    return not _works(local.date(), overlay) or not MORNING <= local.time() < EVENING


def is_late(due: datetime, now: datetime) -> bool:
    return now - due > LATE_AFTER


def next_time(reminder: Reminder, now: datetime, overlay: Overlay) -> datetime | None:
    """When one that was just said is said again; None where once is enough."""
    if not reminder.daily:
        return None
    tomorrow = local_day(now) + _DAY
    return _morning(tomorrow if reminder.urgent else _workday(tomorrow, overlay, _DAY))


def optional(profile: Profile) -> tuple[str, ...]:
    """The stages a person may do without: never a last day, never what is overdue, nothing of a suspected crime."""
    ahead = {what: set(profile.numbers(rule, "reminders")) - {0} for what, rule in RULES.items()}
    days = (f"{what}-{n}" for what, numbers in ahead.items() for n in sorted(numbers, reverse=True))
    return (*days, "appointment-1")


def wanted(kind: str, muted: frozenset[str], profile: Profile) -> bool:
    stage = kind.partition(":")[0]
    return stage not in muted or stage not in optional(profile)


def _chain(case: Case, duty: Duty, profile: Profile, overlay: Overlay) -> tuple[Reminder, ...]:
    """The reminders of one duty in order, each in force until the next."""
    if duty.what == "appointment":
        eve = _workday(local_day(duty.due) - _DAY, overlay, -_DAY)
        return (_reminder(case, duty, "1", _morning(eve), duty.due),)
    moments = _hours(duty) if duty.what == "handover" else _days(duty, profile, overlay)
    if duty.what == "visit":
        moments = _not_agreed(case, moments)
    ends = [*(at for _, at in moments[1:]), None]
    return tuple(
        _reminder(case, duty, stage, at, end) for (stage, at), end in zip(moments, ends, strict=True)
    )


def _hours(duty: Duty) -> list[tuple[str, datetime]]:
    ahead = [(str(n), duty.due - timedelta(hours=n)) for n in HAND_OVER_HOURS]
    return [*ahead, (OVER, duty.due)]


def _days(duty: Duty, profile: Profile, overlay: Overlay) -> list[tuple[str, datetime]]:
    rule = RULES.get(duty.what)
    numbers = profile.numbers(rule, "reminders") if rule else STAGES[duty.what]
    last = local_day(duty.due)
    before = _working_days_until(last, max(numbers, default=0), overlay)
    ahead = [(str(n), _morning(before[n])) for n in sorted({*numbers, 0}, reverse=True)]
    if duty.what == "transfer" and duty.since and ahead[-1][1] <= duty.since:
        # The law counts these days as they come. With none of them a working day, the last one is worth disturbing for.
        ahead = [("0", _morning(last))]
    return [*ahead, (OVER, _morning(_workday(last + _DAY, overlay, _DAY)))]


def _not_agreed(case: Case, moments: list[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """Until a visit agreed on within the task's dates its own reminder suffices; one that came to nothing is no visit."""
    agreed = case.notice.visit_at if case.notice else None
    if agreed is None or local_day(agreed) > case.opened.ends:
        return moments
    return [(stage, at) for stage, at in moments if at > agreed]


def _reminder(case: Case, duty: Duty, stage: str, at: datetime, expires: datetime | None) -> Reminder:
    whom = _whom(case, duty, stage)
    urgent = duty.what == "handover" or (duty.what == "transfer" and stage == "0")
    kind = f"{duty.what}-{stage}:{duty.of}"
    return Reminder(kind, whom, at, expires, duty.due, duty.verb, duty.words, urgent)


def _whom(case: Case, duty: Duty, stage: str) -> tuple[str, ...]:
    """Who does it; on the last day the leader too; overdue, the supervisor from the first day.

    A visit that was not made in time is for the leader and the supervisor to settle: the team cannot lengthen a task.
    """
    if duty.what == "appointment" or not duty.doers:
        return duty.doers or (SUPERVISOR,)
    leader = tuple(p for p, m in case.members.items() if m.leader)
    if stage == OVER and duty.what == "visit":
        return (*(leader or duty.doers), SUPERVISOR)
    if stage == OVER:
        return tuple(dict.fromkeys((*duty.doers, *leader, SUPERVISOR)))
    if stage == "0" or duty.what == "handover":
        return tuple(dict.fromkeys((*duty.doers, *leader)))
    return duty.doers


def _works(day: date, overlay: Overlay) -> bool:
    """A year nobody has a table for still has weekends: a reminder must not fail for want of a notice."""
    try:
        return is_working_day(day, overlay).working
    except CalendarGap:
        return day.weekday() < 5


def _workday(day: date, overlay: Overlay, by: timedelta) -> date:
    """The day itself if it is worked on, else the next one in that direction."""
    while not _works(day, overlay):
        day += by
    return day


def _working_days_until(last: date, most: int, overlay: Overlay) -> list[date]:
    """The last working day up to `last`, the one before it, and so on back `most` of them."""
    days = [_workday(last, overlay, -_DAY)]
    while len(days) <= most:
        days.append(_workday(days[-1] - _DAY, overlay, -_DAY))
    return days


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, CHINA)
