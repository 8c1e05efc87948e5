"""任务: what is mine, what is due; being told, stepping aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.card import Button, Card
from bot.dialogs.approvals import Decision, awaited
from bot.dialogs.case import OVERSEERS
from bot.render import block, button, card, short, text
from bot.talk import Answer, Handler, Talk, ask, beside, look, named, page_from
from storage import projection
from storage.case_facts import overlay
from storage.database import reading
from workflows.calendar import Overlay, working_days_between
from workflows.inspection import commands as c
from workflows.inspection.case import Case, published, step
from workflows.inspection.facts import local_day
from workflows.inspection.timers import timers
from workflows.policy import Profile

PAGE = 4
# Nothing the team is late with: the eve of a visit, and what the head is to decide.
_NO_DEADLINE = ("appointment", "transfer")


@dataclass(frozen=True)
class Assigned:
    """A case on one's list. `due`: the next day something of it falls due, None where nothing does.

    `group`: late | new | begun | closed. `left`: working days up to `due`, None where days count as they come.
    """

    case: Case
    group: str
    due: date | None
    left: int | None = None
    confirmed: bool = True

    @property
    def mark(self) -> str:
        return "①②③④⑤✓"[step(self.case) - 1]


@dataclass(frozen=True)
class Waiting:
    """A case that waits for decisions of somebody of the office. `due`: the day its next result has to be out."""

    case: Case
    decisions: list[Decision]
    due: date | None


def home(talk: Talk, case: str = "", page: str = "0") -> list[Card]:
    """What waits for this person's decision, then the list: 待办, 进行中, 已办, 逾期, each with the days left."""
    with reading(talk.house.engine) as tx:
        mine, years = projection.cases_of(tx, talk.person.id), overlay(tx)
    today, profiles = local_day(talk.now), talk.house.lawbook.profiles
    office = _waiting_for(talk)
    rows = sorted((assigned(one, today, years, profiles[one.opened.profile]) for one in mine), key=_order)
    number = page_from(page, len(office) + len(rows), PAGE)
    first = number * PAGE
    listed: list[Waiting | Assigned] = [*office, *rows]
    shown = listed[first : first + PAGE]
    said = {"rows": rows, "office": office, "shown": shown, "first": first, "today": today}
    lines = text("assignments/list", **said, person=talk.person, overseer=_oversees(talk))
    ways = [*(_way(one) for one in shown), *_more(number, len(office) + len(rows)), *_doors(talk, shown)]
    return [card(lines, *ways, key="home")]


def _oversees(talk: Talk) -> bool:
    return bool(set(OVERSEERS) & set(talk.person.roles))


def _waiting_for(talk: Talk) -> list[Waiting]:
    """The cases that cannot go on without this person's yes or no, the most urgent first."""
    if not _oversees(talk):
        return []
    with reading(talk.house.engine) as tx:
        every = projection.open_cases(tx)
    lawbook, roles = talk.house.lawbook, talk.person.roles
    found = [Waiting(one, awaited(one, lawbook, roles), _due(one)) for one in every]
    return sorted((one for one in found if one.decisions), key=lambda one: (one.due or date.max, one.case.id))


def _due(case: Case) -> date | None:
    """The next day a result of the case has to be out; None while no clock runs."""
    return min((k.due for d, k in case.clocks.items() if not published(case, d)), default=None)


def _way(one: Waiting | Assigned) -> Button:
    verb, mark = ("oversee", "！") if isinstance(one, Waiting) else ("open", f"{one.mark} ")
    return button(verb, one.case.id, label=short(f"{mark}{one.case.opened.target.name}"))


def _more(number: int, rows: int) -> list[Button]:
    if rows <= PAGE:
        return []
    return [button("home.more", "", str(page_from(str(number + 1), rows, PAGE)))]


def _doors(talk: Talk, shown: Sequence[Waiting | Assigned]) -> list[Button]:
    """Where the list leaves room, what office people come for."""
    if not _oversees(talk) or len(shown) == PAGE:
        return []
    return [button("progress"), *([button("drawing")] if "organiser" in talk.person.roles else [])][
        : 6 - len(shown)
    ]


def assigned(case: Case, today: date, years: Overlay, profile: Profile) -> Assigned:
    running = (one for one in timers(case, profile) if one.kind.partition(":")[0] not in _NO_DEADLINE)
    first = min(running, key=lambda one: one.due_at, default=None)
    if first is None:
        return Assigned(case, group(case, today, None), None)
    due, (what, _, of) = local_day(first.due_at), first.kind.partition(":")
    if what != "entry":
        return Assigned(case, group(case, today, due), due)
    left = working_days_between(today, due, years)
    return Assigned(case, group(case, today, due), due, left, case.clocks[of].confirmed)


def _order(one: Assigned) -> tuple[bool, date]:
    """What is closed comes last."""
    return one.case.closed_at is not None, one.due or one.case.opened.ends


def group(case: Case, today: date, due: date | None) -> str:
    if case.closed_at:
        return "closed"
    if due and today > due:
        return "late"
    return "new" if step(case) == 1 and not case.sources else "begun"


def acknowledge(talk: Talk, case: str) -> Answer:
    return c.AcknowledgeAssignment()


def unavailable(talk: Talk, case: str, reason: str = "") -> Answer:
    if not reason:
        return ask(talk, "unavailable", case)
    return c.ReportUnavailable(reason)


def recuse(talk: Talk, case: str, who: str = "", reason: str = "") -> Answer:
    """Oneself for an interest, or a member the party objects to (who is "party" + place in the team)."""
    view = look(talk, case)
    members = [m.person for m in view.case.members.values() if m.role == "inspector"]
    number = who.removeprefix("party")
    person = named(members, number) if number != who else talk.person.id if who == "self" else None
    if person is None:
        names = [view.case.members[m].name for m in members]
        objections = [
            button("recuse", case, f"party{n}", label=block("prompts", "recuse-party", name=name)[0])
            for n, name in enumerate(names)
        ]
        own = button("recuse.self", case, "self")
        return beside(view, block("prompts", "recuse"), own, *objections[:4], button("case", case))
    if not reason:
        return ask(talk, "recuse", case, who)
    return c.RaiseRecusal(person, reason, by_party=who.startswith("party"))


def show(talk: Talk, case: str, *ignored: str) -> Answer:
    """Opening a case, or leaving a question half asked."""
    return ()


VERBS: dict[str, Handler] = {
    "home": home,
    "open": show,
    "case": show,
    "cancel": show,
    "ack": acknowledge,
    "unavailable": unavailable,
    "recuse": recuse,
}
