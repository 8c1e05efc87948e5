"""进度 for those who oversee and for one's own: the chart, tables by an axis, lists by name, warnings. Zero rows are listed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from bot.card import Button, Card
from bot.render import block, button, card, line, text
from bot.talk import Handler, Talk, page_from
from storage.database import reading
from storage.progress import by, total
from storage.progress_lists import LISTS, Which, count, listed, warned
from storage.progress_names import Scope, names_of, scope_of
from workflows.inspection.facts import local_day
from workflows.progress import AXES, STATES, Line, Share
from workflows.warnings import KINDS

PAGE = 3  # rows of a card: each has a button, and the ways onward need some too
OFFICE = ("supervisor",)


@dataclass(frozen=True)
class Desk:
    """Who asks, what they may see, and the day the answer holds for."""

    scope: Scope
    today: date
    where: str


def desk_of(talk: Talk) -> Desk:
    with reading(talk.house.engine) as tx:
        scope = scope_of(tx, talk.person)
    own = line("oversight/notes", "own", name=talk.person.name) if scope.person else ""
    where = own or scope.department or line("oversight/notes", "everywhere")
    return Desk(scope, local_day(talk.now), where)


def mark(name: str) -> str:
    """A name as a button carries it: eight signs, the same after every restart, however long or Chinese the name."""
    return hashlib.blake2s(name.encode(), digest_size=4).hexdigest()


def lines_of(talk: Talk, desk: Desk, axis: str, department: str = "") -> tuple[Line, ...]:
    with reading(talk.house.engine) as tx:
        return by(tx, axis, desk.scope, desk.today, department)


def find(talk: Talk, desk: Desk, axis: str, marked: str) -> Line | None:
    """The line a button means, among those this person may see."""
    if axis not in AXES:
        return None
    return next((one for one in lines_of(talk, desk, axis) if mark(one.name) == marked), None)


def overview(talk: Talk, case: str = "") -> list[Card]:
    desk = desk_of(talk)
    lines = lines_of(talk, desk, "department")
    shown = text(
        "oversight/overview",
        where=desk.where,
        today=desk.today,
        total=total(lines),
        states=STATES,
        lines=lines,
    )
    lists = (
        button("listing.overdue", "", "overdue"),
        button("listing.unsigned", "", "unsigned"),
        button("listing.week", "", "week"),
    )
    office = bool(set(talk.person.roles) & set(OFFICE))
    last = button("bulletin") if office else button("duty.year", "", mark(talk.person.id), "year")
    return [card(shown, button("slices"), *lists, button("warned"), last, key="progress")]


def slices(talk: Talk, case: str = "") -> list[Card]:
    ways = (
        button("slice.department", "", "department"),
        button("slice.item", "", "item"),
        button("slice.plan", "", "plan"),
        button("slice.region", "", "region"),
        button("slice.month", "", "month"),
        button("slice.person", "", "person"),
    )
    return [card(text("oversight/slices", where=desk_of(talk).where), *ways, key="progress")]


def slice_(talk: Talk, case: str = "", axis: str = "", page: str = "0", within: str = "") -> list[Card]:
    """The table of an axis; `within` marks the one department it looks at."""
    desk = desk_of(talk)
    own = find(talk, desk, "department", within) if within else None
    if axis not in AXES or (within and own is None):
        return gone()
    lines = _urgent_first(axis, lines_of(talk, desk, axis, own.name if own else ""))
    number = page_from(page, len(lines), PAGE)
    shown = lines[number * PAGE : (number + 1) * PAGE]
    where = own.label if own else desk.where
    said = text(
        "oversight/slice",
        axis=AXES[axis],
        where=where,
        lines=shown,
        states=STATES,
        total=len(lines),
        first=number * PAGE,
    )
    rows = [_into(axis, one) for one in shown]
    more = _more("slice.more", number, len(lines), axis, within=within)
    out = button("export", "", "axis", axis, within)
    return [card(said, *rows, *more, out, button("slices"), key="progress")]


def _urgent_first(axis: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Months from the latest on; the rest by what is overdue, then by what is still open; the zero rows last."""
    if axis == "month":
        return lines[::-1]
    return tuple(
        sorted(lines, key=lambda one: (-one.tally.overdue, one.tally.published - one.tally.total, one.name))
    )


def _into(axis: str, one: Line) -> Button:
    """A department opens onto its people, a person onto what they are on, the rest onto their list."""
    label = one.label[:30]
    if axis == "department":
        return button("slice.within", "", "person", "0", mark(one.name), label=label)
    if axis == "person":
        return button("listing.on", "", "on", axis, mark(one.name), label=label)
    return button("listing.slice", "", "slice", axis, mark(one.name), label=label)


def _more(name: str, number: int, rows: int, *before: str, within: str = "") -> list[Button]:
    if rows <= PAGE:
        return []
    following = str(page_from(str(number + 1), rows, PAGE))
    return [button(name, "", *before, following, *((within,) if within else ()))]


def which_of(talk: Talk, desk: Desk, kind: str, axis: str, marked: str) -> tuple[Which, str] | None:
    """The list a button means, and the name it is about; None where there is no such list or name any more."""
    if kind not in LISTS:
        return None
    if kind not in ("on", "slice"):
        return Which(kind), ""
    one = find(talk, desk, axis, marked)
    return (Which(kind, axis, one.name), one.label) if one else None


def listing(
    talk: Talk, case: str = "", kind: str = "", axis: str = "", marked: str = "", page: str = "0"
) -> list[Card]:
    desk = desk_of(talk)
    meant = which_of(talk, desk, kind, axis, marked)
    if meant is None:
        return gone()
    which, name = meant
    with reading(talk.house.engine) as tx:
        rows = count(tx, which, desk.scope, desk.today)
        number = page_from(page, rows, PAGE)
        shown = listed(tx, which, desk.scope, desk.today, number * PAGE, PAGE)
        names = names_of(tx, {p for share in shown for p in (*share.persons, *share.unsigned)})
    said = text(
        "oversight/listing",
        kind=kind,
        name=name,
        where=desk.where,
        today=desk.today,
        shown=shown,
        total=rows,
        first=number * PAGE,
        states=STATES,
        names=defaultdict(str, names),
    )
    more = _more("listing.more", number, rows, kind, axis, marked)
    return [card(said, *_opens(shown), *more, *_files(which, marked, rows), key="progress")]


def _files(which: Which, marked: str, rows: int) -> list[Button]:
    """What can be taken along, and the way back."""
    out = [button("export", "", which.kind, which.axis, marked)] if rows else []
    duty = [button("duty.year", "", marked, "year")] if which.kind == "on" else []
    return [*out, *(duty or [button("oversight")])]


def _opens(shown: tuple[Share, ...]) -> list[Button]:
    """One button for each case, though several departments may stand in the list with it."""
    names = {share.case: share.target_name[:30] for share in shown}
    return [button("open", case, label=name) for case, name in names.items()]


def warnings_(talk: Talk, case: str = "", page: str = "0") -> list[Card]:
    desk = desk_of(talk)
    with reading(talk.house.engine) as tx:
        found = warned(tx, desk.scope, desk.today)
        names = names_of(tx, {one.about for one in found})
    number = page_from(page, len(found), PAGE)
    shown = found[number * PAGE : (number + 1) * PAGE]
    said = text(
        "oversight/warned",
        where=desk.where,
        today=desk.today,
        shown=shown,
        kinds=KINDS,
        names=defaultdict(str, names),
        total=len(found),
        first=number * PAGE,
    )
    opens = {one.cases[-1]: names.get(one.about, one.about)[:30] for one in shown}
    ways = [button("open", case_id, label=label) for case_id, label in opens.items()]
    out = [button("export", "", "warned")] if found else []
    return [
        card(
            said,
            *ways,
            *_more("warned.more", number, len(found)),
            *out,
            button("oversight"),
            key="progress",
        )
    ]


def gone() -> list[Card]:
    return [card(block("oversight/notes", "gone"), button("oversight"), key="progress")]


VERBS: dict[str, Handler] = {
    "oversight": overview,
    "slices": slices,
    "slice": slice_,
    "listing": listing,
    "warned": warnings_,
}
NO_CASE = tuple(VERBS)
