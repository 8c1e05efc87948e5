"""A reminder as a card, with the button that does it; several as one. What was done meanwhile is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from bot.card import MOST_BUTTONS, Button, Card
from bot.house import House
from bot.reminders import Item
from bot.render import block, button, card, line
from storage import reminders
from storage.case_facts import overlay
from storage.documents import decode
from storage.outbox import Waiting
from storage.reminders import Claimed
from workflows.calendar import Overlay, working_days_between
from workflows.errors import CalendarGap
from workflows.inspection.case import Case, step
from workflows.inspection.facts import local_day
from workflows.reminders import Reminder
from workflows.reminders import reminders as moments

# Counted in working days; the others in days as they come.
IN_WORKING_DAYS = ("entry", "recheck", "visit")
MOST_LINES = 8


@dataclass(frozen=True)
class Row:
    """One thing to do, as the templates say it. `left` is days to the deadline, negative once it is past.

    `eve`: the deadline is still to come, and no working day is left after this one.
    """

    case: Case
    reminder: Reminder
    item: Item
    left: int
    eve: bool

    @property
    def what(self) -> str:
        return self.reminder.kind.partition("-")[0]

    @property
    def of(self) -> str:
        return self.reminder.kind.partition(":")[2]

    @property
    def working(self) -> bool:
        return self.what in IN_WORKING_DAYS

    @property
    def tone(self) -> str:
        """over | today | soon"""
        return "over" if self.left < 0 else "soon" if self.left else "today"


def reminder_card(house: House, tx: Connection, waiting: Waiting) -> Card | None:
    """What an outbox row of kind "reminders" says now to its person; None where all of it has been done."""
    items = decode(waiting.detail, list[Item])
    today = local_day(house.clock())
    rows = _rows(house, tx, items, today)
    if not rows:
        return None
    if len(rows) == 1:
        return _one(rows[0], waiting.person, today)
    return _digest(rows, waiting, today)


def _rows(house: House, tx: Connection, items: Sequence[Item], today: date) -> list[Row]:
    years = overlay(tx)
    found = reminders.cases_of(tx, [Claimed(0, i.case, i.kind, i.due_at) for i in items])
    rows = []
    for item in items:
        case = found[item.case]
        profile = house.lawbook.profiles[case.opened.profile]
        still = next((r for r in moments(case, profile, years) if r.kind == item.kind), None)
        if still:
            left = _left(still, today, years)
            rows.append(Row(case, still, item, left, left == 0 and today < local_day(still.due)))
    return sorted(rows, key=lambda r: (r.left, r.reminder.due))


def _left(reminder: Reminder, today: date, years: Overlay) -> int:
    last = local_day(reminder.due)
    if reminder.kind.partition("-")[0] in IN_WORKING_DAYS:
        try:
            return working_days_between(today, last, years) or (0 if today <= last else -1)
        except CalendarGap:
            pass
    return (last - today).days


def _one(row: Row, person: str, today: date) -> Card:
    lines = block("reminders", row.what, row=row, case=row.case, today=today)
    key = f"reminder:{row.case.id}:{row.what}:{row.of}"
    return card(lines, *_ways(row, person), key=key, tone="notice")


def _ways(row: Row, person: str) -> tuple[Button, ...]:
    """The button that does it; for who is not on the team, the case and a word to those who are."""
    case, reminder = row.case.id, row.reminder
    if person in row.case.members:
        named = line("reminders", "do", row=row, step=step(row.case))
        done = replace(button(reminder.verb, case, *reminder.words, label=named), style="primary")
        return (done,) if reminder.verb == "open" else (done, button("open", case))
    if reminder.verb == "oversee":
        return (button("oversee", case),)
    longer = (button("extend.window", case, "window"),) if row.what == "visit" else ()
    return (button("open", case), button("remind", case, label=line("reminders", "chase")), *longer)


def _digest(rows: list[Row], waiting: Waiting, today: date) -> Card:
    lines = block("reminders", "digest", rows=rows[:MOST_LINES], total=len(rows), today=today, every=rows)
    # Who only looks has one button for a case, whatever is due in it.
    ways = {way.data: way for way in (_way(row, waiting.person) for row in rows[:MOST_LINES])}
    first = list(ways.values())[: MOST_BUTTONS - 1]
    return card(lines, *first, button("home"), key=f"reminders:{waiting.id}", tone="notice")


def _way(row: Row, person: str) -> Button:
    first = _ways(row, person)[0]
    label = line("reminders", "way", label=first.label, target=row.case.opened.target.name)
    return Button(label[:30], first.data, first.style)
