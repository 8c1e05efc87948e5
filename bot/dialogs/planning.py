"""计划: what the year's plan costs, where it lies, what a version changes, what still stands between it and publication."""

from __future__ import annotations

from datetime import date

from bot import files
from bot.card import Button, Card, File
from bot.house import House
from bot.render import SEPARATOR, block, button, card, line
from bot.talk import Handler, Talk, named
from storage import phrases, planning, plans
from storage.database import reading, writing
from storage.exports.workbook import MIME, Sheet, workbook
from storage.planning import Picture
from storage.plans import Kept
from workflows.inspection.facts import local_day
from workflows.inspection.refusals import Refused
from workflows.plan import EXCEPTIONS
from workflows.plan_changes import FIELDS, changes, in_month, months_of
from workflows.ratio import FIELDS as COLUMNS
from workflows.ratio import Unclear, parse, written

OFFICE = ("organiser", "supervisor")
SHOWN = 4  # questions on one card


def plan(talk: Talk, case: str = "", which: str = "") -> list[Card]:
    """The plan with all that is to be known before it is published."""
    kept = _kept(talk, which)
    if isinstance(kept, list):
        return kept
    with reading(talk.house.engine) as tx:
        seen = planning.picture(tx, talk.house.lawbook, kept.plan, talk.now)
        asked = len(phrases.open_questions(tx))
        every = plans.current(tx)
    source = talk.house.lawbook.profiles[kept.plan.profile].clause("general-cap")
    said = {"asked": asked, "cap_source": source, "exceptions": EXCEPTIONS}
    lines = block("planning/office", "overview", kept=kept, seen=seen, **said)
    if seen.refused:
        lines += block(f"refusals/{seen.refused.rule}", seen.refused.reason, **seen.refused.detail)
    own = name_of(kept)
    first = button("drawing", "", own) if kept.published_at else _first_step(talk, own)
    after = every[(_place(every, kept) + 1) % len(every)]
    ways = [first, button("plan-cost", "", own), button("plan-year", "", own), button("plan-diff", "", own)]
    ways.append(button("phrases"))
    ways.append(button("plan.next", "", name_of(after)) if len(every) > 1 else button("risk"))
    return [card(lines, *ways, key="plan")]


def name_of(kept: Kept) -> str:
    """A plan as a button names it: with its version, so that an old card's button never touches a newer plan."""
    return f"{kept.plan.id}.{kept.plan.version}"


def _first_step(talk: Talk, own: str) -> Button:
    return button("plan-publish", "", own) if _organises(talk) else button("home")


def _place(every: tuple[Kept, ...], kept: Kept) -> int:
    return next(n for n, one in enumerate(every) if one.plan.id == kept.plan.id)


def _organises(talk: Talk) -> bool:
    return "organiser" in talk.person.roles


def office_only(talk: Talk) -> list[Card]:
    """Nothing for the office's people, else the card that says whose work it is."""
    if set(OFFICE) & set(talk.person.roles):
        return []
    return [card(block("planning/office", "office-only"), button("home"), key="plan", tone="refusal")]


def _kept(talk: Talk, which: str) -> Kept | list[Card]:
    """The plan a button names, else the first; the cards that say why there is none."""
    stranger = office_only(talk)
    if stranger:
        return stranger
    with reading(talk.house.engine) as tx:
        every = plans.current(tx)
    if not every:
        return [card(block("planning/office", "none"), button("home"), key="plan")]
    return next((one for one in every if name_of(one) == which), every[0])


def cost(talk: Talk, case: str = "", which: str = "") -> list[Card]:
    kept = _kept(talk, which)
    if isinstance(kept, list):
        return kept
    with reading(talk.house.engine) as tx:
        seen = planning.picture(tx, talk.house.lawbook, kept.plan, talk.now)
    lines = cost_lines(talk.house, kept, seen)
    file = _file(talk, line("planning/office", "cost-file"), cost_sheet(kept, seen))
    return [card(lines, button("plan", "", name_of(kept)), key="plan", files=(file,))]


def cost_lines(house: House, kept: Kept, seen: Picture) -> list[str]:
    profile = house.lawbook.profiles[kept.plan.profile]
    daily, team = profile.number("one-visit", "daily"), profile.number("team-size")
    return block("planning/office", "cost", kept=kept, seen=seen, daily=daily, team=team)


def cost_sheet(kept: Kept, seen: Picture) -> Sheet:
    headings = tuple(
        line("planning/sheets", name) for name in ("month", "department", "needed", "available", "short")
    )
    rows = [
        (
            one.month.strftime("%Y-%m"),
            one.department,
            one.needed,
            one.available,
            max(0, one.needed - one.available),
        )
        for one in seen.loads
    ]
    return Sheet(kept.plan.name, headings, rows)


def year(talk: Talk, case: str = "", which: str = "") -> list[Card]:
    kept = _kept(talk, which)
    if isinstance(kept, list):
        return kept
    lines = year_lines(kept)
    file = _file(talk, line("planning/office", "calendar-file"), year_sheet(kept))
    return [card(lines, button("plan", "", name_of(kept)), key="plan", files=(file,))]


def year_lines(kept: Kept) -> list[str]:
    year = kept.plan.year
    busy = [(month, in_month(kept.plan, date(year, month, 1))) for month in range(1, 13)]
    rows = [(task, months_of(task, year)) for task in kept.plan.tasks]
    filled = [(month, tasks) for month, tasks in busy if tasks]
    return block("planning/office", "year", kept=kept, rows=rows, busy=filled)


def year_sheet(kept: Kept) -> Sheet:
    """Months across, tasks down."""
    months = tuple(line("planning/office", "month", number=number) for number in range(1, 13))
    headings = (line("planning/sheets", "task"), line("planning/sheets", "departments"), *months)
    rows = [
        (
            task.name,
            "、".join(task.departments),
            *("■" if here else "" for here in months_of(task, kept.plan.year)),
        )
        for task in kept.plan.tasks
    ]
    return Sheet(kept.plan.name, headings, rows)


def _file(talk: Talk, name: str, sheet: Sheet) -> File:
    stem = f"{name}_{local_day(talk.now):%Y%m%d}.xlsx"
    return files.make(talk.house, workbook([sheet], talk.now), stem, MIME, talk.now + files.LIFE)


def diff(talk: Talk, case: str = "", which: str = "") -> list[Card]:
    """The newest version against the one before it."""
    kept = _kept(talk, which)
    if isinstance(kept, list):
        return kept
    back = button("plan", "", name_of(kept))
    with reading(talk.house.engine) as tx:
        versions = plans.versions(tx, kept.plan.id)
    return [card(told_changes(versions), back, key="plan")]


def told_changes(versions: tuple[Kept, ...]) -> list[str]:
    if len(versions) < 2:
        return block("planning/office", "only-version", kept=versions[0])
    before, after = versions[-2:]
    found = changes(before.plan, after.plan)
    return block("planning/office", "diff", before=before, after=after, found=found, fields=FIELDS)


def publish(talk: Talk, case: str = "", which: str = "", reason: str = "") -> list[Card]:
    """Publishes; where a joint plan lacks its approval, offers to add it or, as far as the profile allows, to say why."""
    kept = _kept(talk, which)
    if isinstance(kept, list) or not _organises(talk) or name_of(kept) != which:
        return plan(talk, "", which)
    if reason == "?":
        form = SEPARATOR.join(("plan-publish", "", which))
        return [_asking(block("planning/office", "ask-reason"), form, button("plan", "", which))]
    with writing(talk.house.engine) as tx:
        done = planning.publish(tx, talk.house.lawbook, kept.plan.id, talk.actor, talk.now, reason)
    if isinstance(done, Refused):
        return [_refused(talk, done, kept, which)]
    lines = block("planning/office", "published", kept=done)
    ways = (button("drawing", "", which), button("plan", "", which))
    return [card(lines, *ways, key="plan", tone="done")]


def _refused(talk: Talk, refused: Refused, kept: Kept, which: str) -> Card:
    profile = talk.house.lawbook.profiles[kept.plan.profile]
    lines = block(f"refusals/{refused.rule}", refused.reason, **refused.detail)
    lines.append(f"> {profile.clause(refused.rule)}")
    ways = []
    if refused.rule == "joint-approval":
        ways = [button("plan-approve", "", which)]
        if not profile.blocks("joint-approval"):
            ways.append(button("plan-publish.why", "", which, "?"))
    return card(lines, *ways, button("plan", "", which), key="plan", tone="refusal")


def _asking(lines: list[str], form: str, *ways: Button) -> Card:
    return card(lines, *ways, key="plan", asks="text", form=form)


def approve(talk: Talk, case: str = "", which: str = "", number: str = "") -> list[Card]:
    kept = _kept(talk, which)
    if isinstance(kept, list) or not _organises(talk) or name_of(kept) != which:
        return plan(talk, "", which)
    if not number:
        form = SEPARATOR.join(("plan-approve", "", which))
        lines = block("planning/office", "ask-approval", plan=kept.plan)
        return [_asking(lines, form, button("plan", "", which))]
    with writing(talk.house.engine) as tx:
        approved = planning.approve(tx, kept.plan.id, number, talk.actor, talk.now)
    return plan(talk, "", name_of(approved))


def questions(talk: Talk, case: str = "") -> list[Card]:
    """What the list's phrases leave open."""
    stranger = office_only(talk)
    if stranger:
        return stranger
    with reading(talk.house.engine) as tx:
        every = phrases.every(tx)
    asked = [one for one in every if one.meaning is None]
    told = sum(bool(one.by) for one in every)
    context = {"asked": asked, "told": told, "read": len(every) - len(asked) - told}
    lines = block("planning/office", "phrases", shown=SHOWN, fields=COLUMNS, **context)
    ways = [
        button("phrase", "", one.item, one.field, label=f"{one.item} {COLUMNS[one.field]}"[:28])
        for one in asked[:SHOWN]
    ]
    return [card(lines, *ways, button("plan"), key="plan")]


def phrase(talk: Talk, case: str = "", item: str = "", field: str = "", *said: str) -> list[Card]:
    """One question: a button for each meaning it may have; what is typed is read by the same grammar."""
    with reading(talk.house.engine) as tx:
        one = next((q for q in phrases.open_questions(tx) if (q.item, q.field) == (item, field)), None)
    if one is None or not _organises(talk):
        return questions(talk)
    asked = parse(field, one.phrase)
    assert isinstance(asked, Unclear)
    choices = [written(choice) for choice in asked.choices]
    words = _meant(choices, said)
    if words:
        with writing(talk.house.engine) as tx:
            kept = phrases.answer(tx, item, field, words, talk.actor, talk.now)
            others = len(phrases.alike(tx, item, field))
        if not isinstance(kept, Unclear):
            deferred = line("planning/office", "deferred")
            now = {"one": one, "said": deferred if words == phrases.DEFERRED else words, "fields": COLUMNS}
            lines = block("planning/office", "phrase-kept", alike=others, **now)
            more = [button("phrase-alike", "", item, field)] if others else []
            return [card(lines, *more, button("phrases"), button("plan"), key="plan", tone="done")]
    ways = [
        button("phrase", "", item, field, "#", str(n), label=choice[:28])
        for n, choice in enumerate(choices[:3])
    ]
    ways += [button("phrase.deferred", "", item, field, "#", "-"), button("phrases")]
    context = {"one": one, "asked": asked, "choices": choices, "wrong": words, "fields": COLUMNS}
    lines = block("planning/office", "phrase", **context)
    return [_asking(lines, SEPARATOR.join(("phrase", "", item, field)), *ways)]


def alike(talk: Talk, case: str = "", item: str = "", field: str = "") -> list[Card]:
    """The answer just given, for everything written in the same words."""
    if _organises(talk):
        with writing(talk.house.engine) as tx:
            phrases.answer_alike(tx, item, field, talk.actor, talk.now)
    return questions(talk)


def _meant(choices: list[str], said: tuple[str, ...]) -> str:
    """A button sends "#" and which; what is typed comes alone."""
    if len(said) == 2 and said[0] == "#":
        return phrases.DEFERRED if said[1] == "-" else named(choices, said[1]) or ""
    return said[0] if len(said) == 1 else ""


VERBS: dict[str, Handler] = {
    "plan": plan,
    "plan-cost": cost,
    "plan-year": year,
    "plan-diff": diff,
    "plan-publish": publish,
    "plan-approve": approve,
    "phrases": questions,
    "phrase": phrase,
    "phrase-alike": alike,
}
WORDS = {"计划": "plan", "年度计划": "plan", "年历": "plan-year", "工作量": "plan-cost"}
