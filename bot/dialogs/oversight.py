"""Below 进度: tables by an axis, lists by name, warnings, each of the part looked at. Zero rows are listed."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from bot.card import Button, Card
from bot.progress_words import axis_name, states
from bot.render import SEPARATOR, block, button, card, line, text
from bot.talk import Handler, Talk, page_from
from storage.database import reading
from storage.progress import by
from storage.progress_cut import EVERYTHING, Cut
from storage.progress_lists import BY_DUE, LISTS, Which, count, listed, warned
from storage.progress_names import Scope, names_of, scope_of
from workflows.inspection.facts import local_day
from workflows.progress import AXES, Line, Share
from workflows.warnings import KINDS

PAGE = 3  # rows of a card: each has a button, and the ways onward need some too
OFFICE = ("supervisor",)


@dataclass(frozen=True)
class Desk:
    """Who asks, what they may see, which part of it they look at, and the day the answer holds for."""

    scope: Scope
    today: date
    where: str
    cut: Cut = EVERYTHING

    def on(self, cut: Cut, names: tuple[str, ...], *, by_due: bool = False) -> Desk:
        """The same desk with a part of it looked at, whose names stand in the title."""
        if cut == EVERYTHING:
            return self
        own = (self.where,) if self.scope.person else ()
        when = line(
            "oversight/notes", "due-days" if by_due else "months", period=cut.period, today=self.today
        )
        where = line("oversight/notes", "part", names=[*own, *names, *([when] if when else [])])
        return replace(self, cut=cut, where=where)


def desk_of(talk: Talk) -> Desk:
    with reading(talk.house.engine) as tx:
        scope = scope_of(tx, talk.person)
    own = line("oversight/notes", "own", name=talk.person.name) if scope.person else ""
    where = own or scope.department or line("oversight/notes", "everywhere")
    return Desk(scope, local_day(talk.now), where)


def mark(name: str) -> str:
    """A name as a button carries it: eight signs, the same after every restart, however long or Chinese the name."""
    return hashlib.blake2s(name.encode(), digest_size=4).hexdigest()


def lines_of(talk: Talk, desk: Desk, axis: str) -> tuple[Line, ...]:
    with reading(talk.house.engine) as tx:
        return by(tx, axis, desk.scope, desk.today, desk.cut)


def find(talk: Talk, desk: Desk, axis: str, marked: str) -> Line | None:
    """The line a button means, among those this person may see."""
    if axis not in AXES:
        return None
    whole = replace(desk, cut=EVERYTHING)
    return next((one for one in lines_of(talk, whole, axis) if mark(one.name) == marked), None)


# How the axes of a cut stand in a button: a letter and a mark each, the days as yymmdd twice.
_LETTERS = {"d": "department", "i": "item", "l": "plan", "r": "region", "n": "person"}
_PIECE = re.compile(r"([dilrn])([0-9a-f]{8})|t(\d{6})(\d{6})")
_OF_A_PART = ("progress", "slices", "slice", "listing", "export")
_MOST = 36  # characters: with the longest verb and page a button still holds 64 bytes


def coded(axis: str, name: str, before: str = "") -> str:
    """A cut as a button carries it: one more axis named beside those before. What does not fit is left out."""
    letter = next((one for one, meant in _LETTERS.items() if meant == axis), "")
    piece = f"{letter}{mark(name)}" if letter else _days_of(name)
    others = "".join(m[0] for m in _PIECE.finditer(before) if m[0][0] != piece[0])
    return others + piece if len(others + piece) <= _MOST else others


def persons_in(data: str) -> set[str]:
    """The marks of the persons a button is about: of the part it opens, or of whose record it is."""
    verb, *given = data.split(SEPARATOR)
    if verb == "duty":
        return set(filter(None, given[1:2]))
    return (
        {m[2] for one in given for m in _PIECE.finditer(one) if m[1] == "n"} if verb in _OF_A_PART else set()
    )


def _days_of(month: str) -> str:
    """The days of "2026-08"; its last may be the 31st of any month, as whole months are meant."""
    return f"t{month[2:4]}{month[5:7]}01{month[2:4]}{month[5:7]}28"


def coded_days(first: date, last: date) -> str:
    return f"t{first:%y%m%d}{last:%y%m%d}"


def cut_of(talk: Talk, desk: Desk, said: str, *, by_due: bool = False) -> Desk | None:
    """The desk with the part a button means; None where it names what is not there any more, or not for this person."""
    if "".join(m[0] for m in _PIECE.finditer(said)) != said:
        return None
    cut, names = EVERYTHING, list[str]()
    for letter, marked, first, last in _PIECE.findall(said):
        days = _days(first, last) if first else None
        found = find(talk, desk, _LETTERS[letter], marked) if letter else None
        if found:
            cut = replace(cut, **{_LETTERS[letter]: found.name})  # type: ignore[arg-type]
            names.append(found.label)
        elif days:
            cut = replace(cut, period=days)
        else:
            return None
    return desk.on(cut, tuple(names), by_due=by_due)


def _days(first: str, last: str) -> tuple[date, date] | None:
    try:
        days = [date.fromisoformat(f"20{day}") for day in (first, last)]
    except ValueError:
        return None
    return (days[0], days[1]) if days[0] <= days[1] else None


def slices(talk: Talk, case: str = "", said: str = "") -> list[Card]:
    desk = cut_of(talk, desk_of(talk), said)
    if desk is None:
        return gone()
    ways = (
        button("slice.department", "", "department", "0", said),
        button("slice.item", "", "item", "0", said),
        button("slice.plan", "", "plan", "0", said),
        button("slice.region", "", "region", "0", said),
        button("slice.month", "", "month", "0", said),
        button("slice.person", "", "person", "0", said),
    )
    return [card(text("oversight/slices", where=desk.where), *ways, key="progress")]


def slice_(talk: Talk, case: str = "", axis: str = "", page: str = "0", said: str = "") -> list[Card]:
    """The table of an axis, within the part `said` names."""
    desk = cut_of(talk, desk_of(talk), said)
    if axis not in AXES or desk is None:
        return gone()
    lines = _urgent_first(axis, lines_of(talk, desk, axis))
    number = page_from(page, len(lines), PAGE)
    shown = [_read(axis, one) for one in lines[number * PAGE : (number + 1) * PAGE]]
    told = text(
        "oversight/slice",
        axis=axis_name(axis),
        where=desk.where,
        lines=shown,
        states=states(),
        total=len(lines),
        first=number * PAGE,
    )
    rows = [_into(axis, one, said) for one in shown]
    more = _more("slice.more", number, len(lines), axis, within=said)
    out = button("export", "", "axis", axis, said)
    return [card(told, *rows, *more, out, button("slices.back", "", said), key="progress")]


def _read(axis: str, one: Line) -> Line:
    """As people read it: 2026年9月, not 2026-09."""
    return replace(one, label=line("oversight/notes", "month", name=one.name)) if axis == "month" else one


def _urgent_first(axis: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Months from the latest on; the rest by what is overdue, then by what is still open; the zero rows last."""
    if axis == "month":
        return lines[::-1]
    return tuple(
        sorted(lines, key=lambda one: (-one.tally.overdue, one.tally.published - one.tally.total, one.name))
    )


def _into(axis: str, one: Line, said: str) -> Button:
    """A department opens onto its own chart, a person onto what they are on, the rest onto their list."""
    label, part = one.label[:30], coded(axis, one.name, said)
    if axis == "department":
        return button("progress", "", part, label=label)
    if axis == "person":
        return button("listing.on", "", "on", part, label=label)
    return button("listing.slice", "", "slice", part, label=label)


def _more(name: str, number: int, rows: int, *before: str, within: str = "") -> list[Button]:
    if rows <= PAGE:
        return []
    following = str(page_from(str(number + 1), rows, PAGE))
    return [button(name, "", *before, following, *((within,) if within else ()))]


def which_of(talk: Talk, kind: str, said: str) -> tuple[Which, Desk] | None:
    """The list a button means and the desk it is read at; None where there is no such list or part any more."""
    desk = cut_of(talk, desk_of(talk), said, by_due=kind in BY_DUE)
    return (Which(kind, desk.cut), desk) if desk and kind in LISTS else None


def name_of(which: Which, desk: Desk, talk: Talk) -> str:
    """Whom the list is about, where it is about somebody."""
    with reading(talk.house.engine) as tx:
        return names_of(tx, {which.cut.person}).get(which.cut.person, desk.where)


def listing(talk: Talk, case: str = "", kind: str = "", said: str = "", page: str = "0") -> list[Card]:
    meant = which_of(talk, kind, said)
    if meant is None:
        return gone()
    which, desk = meant
    with reading(talk.house.engine) as tx:
        rows = count(tx, which, desk.scope, desk.today)
        number = page_from(page, rows, PAGE)
        shown = listed(tx, which, desk.scope, desk.today, number * PAGE, PAGE)
        names = names_of(tx, {p for share in shown for p in (*share.persons, *share.unsigned)})
    told = text(
        "oversight/listing",
        kind=kind,
        name=name_of(which, desk, talk),
        where=desk.where,
        today=desk.today,
        shown=shown,
        total=rows,
        first=number * PAGE,
        states=states(),
        names=defaultdict(str, names),
    )
    more = _more("listing.more", number, rows, kind, said)
    return [card(told, *_opens(shown), *more, *_files(which, said, rows), key="progress")]


def _files(which: Which, said: str, rows: int) -> list[Button]:
    """What can be taken along, and the way back."""
    out = [button("export", "", which.kind, said)] if rows else []
    whose = mark(which.cut.person) if which.cut.person else ""
    duty = [button("duty.year", "", whose, "year")] if which.kind == "on" and whose else []
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
    "slices": slices,
    "slice": slice_,
    "listing": listing,
    "warned": warnings_,
}
NO_CASE = tuple(VERBS)
