"""案卷: the complete file of a case, with a first page that a person reads without any tool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy import Connection

from bot.house import House
from bot.render import TEMPLATES, full_day_text, pages_in
from storage import casebook, people, trail
from storage.archive import place_of, write_archive
from storage.case_facts import checklists_of
from workflows import duty
from workflows.checklist import VERDICTS, Question
from workflows.inspection import events as e
from workflows.inspection.case import Case, findings
from workflows.inspection.events import CaseItem
from workflows.inspection.facts import CHINA
from workflows.inspection.handling import MEASURES
from workflows.inspection.onsite import OBSTACLES
from workflows.policy import Profile

PAGE = "index.html"


@dataclass(frozen=True)
class Step:
    """One event as a line: `kind` is its name in the trail, `what` what its doer did, "" where no person did it."""

    at: datetime
    who: str
    kind: str
    what: str = ""
    about: str = ""
    reason: str = ""
    clause: str = ""
    due: date | None = None


def write_case_file(house: House, tx: Connection, case_id: str, target: Path) -> Path:
    """The zip, whole or not at all. Raises `NotFound` or `TrailBroken`."""
    return write_archive(tx, house.evidence, case_id, target, lambda: {PAGE: first_page(house, tx, case_id)})


def first_page(house: House, tx: Connection, case_id: str) -> str:
    """HTML that needs nothing but itself and the evidence beside it."""
    case, history = casebook.load(tx, case_id), casebook.history(tx, case_id)
    profile, options = house.lawbook.profiles[case.opened.profile], house.lawbook.options
    questions = _questions(tx, case)
    names = _names(tx, history)
    count, head = trail.head(tx, casebook.stream_of(case_id))
    return (
        _pages()
        .get_template(PAGE)
        .render(
            case=case,
            names=names,
            document=profile.document,
            obstacles=OBSTACLES,
            verdicts=VERDICTS,
            measures=MEASURES,
            results={o.code: o.label for o in options.results},
            further={o.code: o.label for o in options.measures},
            answers=[(item, _answered(case, item, questions[item.id])) for item in case.opened.items],
            found=[(key, _label(questions, key)) for key in findings(case)],
            evidence=[
                (digest, piece, place_of(digest, piece.name), _label(questions, piece.question))
                for digest, piece in case.evidence.items()
            ],
            steps=[_step(one, names, profile, questions) for one in history],
            count=count,
            head=head,
            now=house.clock(),
        )
    )


def _questions(tx: Connection, case: Case) -> dict[str, dict[str, Question]]:
    """By item, then by key, as the editions say that the case was opened with."""
    sheets = checklists_of(tx, {item.edition for item in case.opened.items})
    return {item.id: {q.key: q for q in sheets[item.edition].questions} for item in case.opened.items}


def _answered(case: Case, item: CaseItem, asked: dict[str, Question]) -> list[tuple[Question, object]]:
    return [(question, case.answers[key]) for key, question in asked.items() if key in case.answers]


def _label(questions: dict[str, dict[str, Question]], key: str) -> str:
    return next((asked[key].label for asked in questions.values() if key in asked), "")


def _names(tx: Connection, history: tuple[e.Recorded, ...]) -> dict[str, str]:
    """Everybody who acted, or was drawn: as the case names them, else as they are known today."""
    drawn = [m for r in history if isinstance(r.event, e.InspectionOpened) for m in r.event.members]
    drawn += [r.event.member for r in history if isinstance(r.event, e.SubstituteDrawn)]
    found = {m.person: m.name for m in drawn}
    for person in {r.by for r in history} - {"", *found}:
        known = people.get(tx, person)
        found[person] = known.name if known else person
    return found


def _step(
    recorded: e.Recorded,
    names: dict[str, str],
    profile: Profile,
    questions: dict[str, dict[str, Question]],
) -> Step:
    event, kind = recorded.event, type(recorded.event).__name__
    who = names.get(recorded.by, "")
    if type(event) in duty.DEEDS:
        asked = {key: q for one in questions.values() for key, q in one.items()}
        done = duty.deed(recorded, profile, asked)
        return Step(recorded.at, who, kind, done.what, done.about, done.reason, done.basis or done.clause)
    if isinstance(event, e.CommandRefused):
        rule = profile.rules.get(event.rule)
        return Step(recorded.at, who, kind, about=rule.title if rule else "", clause=event.clause)
    if isinstance(event, e.EntryClockStarted):
        return Step(recorded.at, "", kind, due=event.due)
    if isinstance(event, e.SubstituteDrawn):
        return Step(recorded.at, who, kind, about=event.member.name)
    if isinstance(event, e.LeaderNamed):
        return Step(recorded.at, who, kind, about=names.get(event.person, event.person))
    return Step(recorded.at, who if isinstance(event, e.InspectionOpened) else "", kind)


def _stamp(moment: datetime) -> str:
    return f"{full_day_text(moment)} {moment.astimezone(CHINA):%H:%M:%S}"


@cache
def _pages() -> Environment:
    env = pages_in("archive")
    env.filters.update(long=full_day_text, stamp=_stamp)
    env.globals["style"] = Markup((TEMPLATES / "archive" / "style.css").read_text("utf-8"))
    return env
