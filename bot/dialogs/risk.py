"""风险: how many of each class there are, what moved since the last assessment, and why a target's ratio is what it is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from bot import files
from bot.card import Card, File
from bot.dialogs.planning import office_only
from bot.house import House
from bot.render import SEPARATOR, block, button, card, line
from bot.talk import Handler, Talk
from storage import casebook, directories, phrases, plans, risk
from storage.database import reading, writing
from storage.exports.workbook import MIME, Sheet, workbook
from workflows.directory import Target
from workflows.draw.targets import in_task
from workflows.errors import BadInput
from workflows.inspection.facts import local_day
from workflows.plan import Task
from workflows.plan_caps import cap_of
from workflows.policy import Profile
from workflows.policy.vocabulary import CLASSES, LOWERS, RAISES
from workflows.ratio import share_text
from workflows.risk import RULE
from workflows.risk_strata import Reason, is_shared, table, why

CIRCUMSTANCES = {**RAISES, **LOWERS}
MOST_NAMED = 5
_WHY = re.compile(r"为(?:什么|何|啥).*(?:比例|抽查|抽中|抽到|[A-D]类).*")


def overview(talk: Talk, case: str = "") -> list[Card]:
    stranger = office_only(talk)
    if stranger:
        return stranger
    profile = profile_of(talk)
    with reading(talk.house.engine) as tx:
        found = risk.assess_all(tx, directories.all_targets(tx), profile, local_day(talk.now))
        before = risk.kept(tx)
    moved = sum(before.get(one.target) != one.grade for one in found)
    rows = {grade: share_text(share) for grade, share in table(profile).items()}
    counts = Counter(one.grade for one in found)
    context = {
        "counts": counts,
        "table": rows,
        "moved": moved,
        "first": not before,
        "classes": CLASSES,
        "source": profile.clause(RULE),
    }
    lines = block("planning/office", "risk", profile=profile, **context)
    again = [button("risk-assess")] if moved and "organiser" in talk.person.roles else []
    return [card(lines, *again, button("risk-why"), button("plan"), key="risk")]


def profile_of(talk: Talk) -> Profile:
    return profile_for(talk.house)


def profile_for(house: House) -> Profile:
    """The profile of the newest plan, else the national one."""
    with reading(house.engine) as tx:
        every = plans.current(tx)
    newest = max(every, key=lambda kept: (kept.plan.year, kept.plan.id), default=None)
    return house.lawbook.profiles[newest.plan.profile if newest else "national"]


def reassess(talk: Talk, case: str = "") -> list[Card]:
    if "organiser" not in talk.person.roles:
        return overview(talk)
    with writing(talk.house.engine) as tx:
        moved = risk.reclassify(tx, profile_of(talk), talk.actor, talk.now)
    lines = block("planning/office", "assessed", moved=moved, typed=False)
    more = (_file(talk, moved),) if moved else ()
    return [card(lines, button("risk"), key="risk", tone="done", files=more)]


def moved_sheet(moved: tuple[risk.Moved, ...]) -> Sheet:
    headings = tuple(line("planning/sheets", name) for name in ("target", "before", "now", "why"))
    rows = [
        (
            one.name,
            one.before,
            one.assessment.grade,
            "；".join(CIRCUMSTANCES[s.circumstance] for s in one.assessment.steps),
        )
        for one in moved
    ]
    return Sheet(line("planning/office", "risk-file"), headings, rows)


def _file(talk: Talk, moved: tuple[risk.Moved, ...]) -> File:
    sheet = moved_sheet(moved)
    data = workbook([sheet], talk.now)
    stem = f"{sheet.title}_{local_day(talk.now):%Y%m%d}.xlsx"
    return files.make(talk.house, data, stem, MIME, talk.now + files.LIFE)


def explain(talk: Talk, case: str = "", said: str = "") -> list[Card]:
    """为什么抽查比例是10%: the row of the table, the circumstances, their clause. `said` is a name, an id, or a mark."""
    stranger = office_only(talk)
    if stranger:
        return stranger
    with reading(talk.house.engine) as tx:
        found = search(directories.all_targets(tx), said)
    if len(found) == 1:
        return [_why_card(talk, found[0])]
    if 1 < len(found) <= MOST_NAMED:
        lines = block("planning/office", "risk-which", count=len(found))
        ways = [button("risk-why", "", mark(one), label=one.name[:28]) for one in found]
        return [card(lines, *ways, button("risk"), key="risk")]
    shares = {grade: share_text(share) for grade, share in table(profile_of(talk)).items()}
    lines = block("planning/office", "risk-ask", wrong=said, table=shares)
    form = SEPARATOR.join(("risk-why", ""))
    return [card(lines, button("risk"), key="risk", asks="text", form=form)]


def mark(target: Target) -> str:
    """What a button calls a target: an id may be too long for one."""
    return hashlib.sha256(target.id.encode()).hexdigest()[:10]


def search(targets: tuple[Target, ...], said: str) -> list[Target]:
    """By id or mark, else by the whole name, else by a part of it; in the order of their names."""
    word = said.strip()
    if not word:
        return []
    exact = [one for one in targets if word.upper() == one.id or word in (one.name, mark(one))]
    part = [one for one in targets if word in one.name]
    return sorted(exact or part, key=lambda one: one.name)


def _why_card(talk: Talk, target: Target) -> Card:
    lines = explained(talk.house, target, talk.now, profile_of(talk))
    return card(lines, button("risk-why.next"), button("risk"), key="risk")


def explained(house: House, target: Target, now: datetime, profile: Profile) -> list[str]:
    """The lines that explain a target's class and its share in each task of the plans that means it."""
    with reading(house.engine) as tx:
        one = risk.assess_one(tx, target, profile, local_day(now))
        reasons = [
            (task, reason, share_text(reason.share), share_text(reason.row) if reason.row else "")
            for task, reason in _reasons(tx, house, target, now)
        ]
    source, words = profile.clause(RULE), CIRCUMSTANCES
    context = {"one": one, "reasons": reasons, "circumstances": words, "source": source}
    return block("planning/office", "why", target=target, **context)


def _reasons(tx: Connection, house: House, target: Target, now: datetime) -> Iterator[tuple[Task, Reason]]:
    """Each plan by its own profile: what raises a class there need not here."""
    items, stated = directories.all_items(tx), phrases.meanings(tx)
    every = directories.all_targets(tx)
    for kept in plans.current(tx):
        profile = house.lawbook.profiles[kept.plan.profile]
        one = risk.assess_one(tx, target, profile, local_day(now))
        grades = _grades(tx, kept.plan.tasks, every, profile, now)
        for task in kept.plan.tasks:
            meant = [t for t in in_task(every, task) if t.status == "active"]
            if target in meant:
                # A plan that leaves it to ratios nobody has set explains nothing yet; the plan's card says so.
                with suppress(BadInput):
                    yield task, why(task, one, meant, grades, profile, cap_of(task, items, stated))


def _grades(
    tx: Connection, tasks: Iterable[Task], every: Iterable[Target], profile: Profile, now: datetime
) -> dict[str, str]:
    """Target -> class where a task needs them all: each is assessed from its visits, and there may be many."""
    if not any(map(is_shared, tasks)):
        return {}
    return {one.target: one.grade for one in risk.assess_all(tx, every, profile, local_day(now))}


def typed(talk: Talk, said: str, case: str) -> list[Card] | None:
    """为什么抽查比例是10%, asked in free words: of whom it names, of the case being looked at, else of whom is to be said."""
    if _WHY.fullmatch(said) is None or office_only(talk):
        return None
    with reading(talk.house.engine) as tx:
        named = max((name for name, _ in directories.names_now(tx) if name in said), key=len, default="")
        seen = casebook.load(tx, case).opened.target.id if case else ""
    return explain(talk, "", named or seen)


VERBS: dict[str, Handler] = {"risk": overview, "risk-assess": reassess, "risk-why": explain}
WORDS = {"风险": "risk", "风险分类": "risk", "风险等级": "risk"}
