"""① 预查对比. The card always asks the next thing that is missing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.card import Button, Card
from bot.dates import read_moment
from bot.dialogs.own_lines import where_public
from bot.render import block, button, card, moment_text, text
from bot.talk import Answer, Handler, Talk, View, ask, beside, look, named
from workflows.calendar import is_working_day
from workflows.inspection import commands as c
from workflows.inspection.case import step
from workflows.inspection.facts import CHINA, Facts
from workflows.inspection.guards import asked
from workflows.inspection.precheck import ASPECTS, METHODS, SOURCES, missing
from workflows.inspection.refusals import Refused

METHOD_CHOICES = (("visit",), ("visit", "paper"), ("visit", "testing"), ("paper", "network"))


def step_card(view: View) -> Card:
    case, facts = view.case, view.facts
    refused = missing(case)
    lines = text(
        "precheck/overview",
        case=case,
        facts=facts,
        refused=refused,
        silent=_silent(view),
        last=view.visited() if refused and refused.reason == "background" else None,
        sources=SOURCES,
        aspects=ASPECTS,
        methods=METHODS,
        questions=lambda: {item.id: len(asked(case, item, facts)) for item in case.opened.items},
    )
    done = sum(
        (
            len(case.sources),
            len(case.background),
            bool(case.methods),
            case.items_confirmed,
            bool(case.notice or case.opened.unannounced),
        )
    )
    total = len(SOURCES) + len(ASPECTS) + 3
    return card(lines, *_next(view, refused), key=f"case:{case.id}", step=1, done=done, total=total)


def _silent(view: View) -> list[str]:
    """The names of the other inspectors who have not said yet that they got the task."""
    waited_for = (m for m in view.case.members.values() if m.person not in (view.me, *view.case.acknowledged))
    return [m.name for m in waited_for if m.role == "inspector"]


def _next(view: View, refused: Refused | None) -> tuple[Button, ...]:
    """The buttons of what is missing next, then the ways out."""
    case = view.case
    aside = (button("aside", case.id), button("home"))
    if view.me not in case.acknowledged:
        return (button("ack", case.id), *aside)
    if case.members[view.me].role != "inspector":
        return aside
    if refused is None:
        return (button("finish-precheck", case.id), button("notice", case.id), *aside)
    if refused.reason == "sources":
        unseen = [button("sources", case.id, k, label=v) for k, v in SOURCES.items() if k not in case.sources]
        return (button("sources.all", case.id, "all"), *unseen[:3], *aside)
    if refused.reason == "background":
        return (*_background_buttons(view), *aside)
    return (button(refused.remedy, case.id), *aside)


def _background_buttons(view: View) -> tuple[Button, ...]:
    case = view.case
    aspect = next(a for a in ASPECTS if a not in case.background)
    return (
        button(f"background.{aspect}", case.id, aspect, "ok"),
        button("background.other", case.id, aspect),
    )


def sources(talk: Talk, case: str, source: str = "") -> Answer:
    chosen = tuple(SOURCES) if source == "all" else (source,)
    return tuple(c.ConsultSource(one) for one in chosen if one)


def background(talk: Talk, case: str, aspect: str = "", note: str = "") -> Answer:
    if aspect not in ASPECTS:
        return ()
    view = look(talk, case)
    if not note:
        return ask(talk, "background", case, aspect, aspect=ASPECTS[aspect], target=view.case.opened.target)
    if note == "ok":
        known = {"target": view.case.opened.target, "last": view.visited(), "facts": view.facts}
        note = block("precheck/background", aspect, **known)[0]
    return c.NoteBackground(aspect, note)


def method(talk: Talk, case: str, choice: str = "", procedure: str = "") -> Answer:
    methods = named(METHOD_CHOICES, choice)
    if not methods:
        labels = ["＋".join(METHODS[m] for m in one) for one in METHOD_CHOICES]
        choices = [button("method", case, str(n), label=label) for n, label in enumerate(labels)]
        return beside(look(talk, case), block("prompts", "method"), *choices, button("case", case))
    usual = block("precheck/procedure", "usual")[0]
    if not procedure:
        keep = button("method.usual", case, choice, "usual")
        return ask(talk, "method", case, choice, buttons=(keep,), usual=usual)
    said = usual if procedure == "usual" else procedure
    return c.DecideMethod(methods, said)


def items(talk: Talk, case: str, confirmed: str = "") -> Answer:
    if confirmed:
        return c.ConfirmItems()
    view = look(talk, case)
    table = {item: asked(view.case, item, view.facts) for item in view.case.opened.items}
    lines = text("precheck/items", case=view.case, table=table)
    ways = (button("items.confirm", case, "yes"), button("case", case))
    return [card(lines, *ways, key=f"case:{case}", step=1)]


def notice(talk: Talk, case: str, when: str = "", materials: str = "") -> Answer:
    view = look(talk, case)
    moment = read_moment(when, talk.now)
    if moment is None:
        slots = [
            button("notice.at", case, f"{s:%Y%m%d%H%M}", label=moment_text(s, view.facts.today))
            for s in _slots(view.facts, view.case.opened.starts)
        ]
        unread = {"wrong": when} if when else {}
        window = {"starts": view.case.opened.starts, "ends": view.case.opened.ends}
        return ask(talk, "notice", case, buttons=tuple(slots), **window, **unread)
    usual = block("precheck/materials", "usual", items=view.case.opened.items)[0]
    if not materials:
        keep = button("notice.usual", case, f"{moment:%Y%m%d%H%M}", "usual")
        return ask(talk, "notice", case, f"{moment:%Y%m%d%H%M}", buttons=(keep,), usual=usual, when=moment)
    return c.IssueNotice(moment, usual if materials == "usual" else materials)


def _slots(facts: Facts, starts: date) -> list[datetime]:
    """The next working mornings and afternoons an inspector would offer, none before the task begins."""
    found: list[datetime] = []
    day = max(facts.today, starts - timedelta(days=1))
    while len(found) < 4:
        day += timedelta(days=1)
        if is_working_day(day, facts.overlay).working:
            found += [datetime.combine(day, time(hour, minute), CHINA) for hour, minute in ((9, 0), (14, 30))]
    return found


def finish(talk: Talk, case: str) -> Answer:
    return c.CompletePrecheck()


def aside(talk: Talk, case: str) -> Answer:
    """The ways out of an assignment, kept off the main card."""
    view = look(talk, case)
    still = view.case.precheck_at and view.case.notice and not view.case.arrivals
    ways = [button(name, case) for name in ("unavailable", "recuse", "notice-text")]
    ways += [button("notice", case)] if still else []
    return beside(view, block("prompts", "aside"), *ways, button("case", case))


def notice_text(talk: Talk, case: str) -> Answer:
    """The 告知书 as it would be read to the party."""
    view = look(talk, case)
    if view.case.notice is None and not view.case.opened.unannounced:
        return c.CompletePrecheck()
    published = where_public(talk, view.case)
    lines = text("precheck/notice", case=view.case, facts=view.facts, published=published)
    ways = [button("line-proof", case)] if published else []
    more = {"key": f"notice:{case}", "tone": "notice", "step": min(step(view.case), 5)}
    return [card(lines, *ways, button("case", case), **more)]


VERBS: dict[str, Handler] = {
    "sources": sources,
    "background": background,
    "method": method,
    "items": items,
    "notice": notice,
    "notice-text": notice_text,
    "finish-precheck": finish,
    "aside": aside,
}
