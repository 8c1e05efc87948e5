"""What a supervisor or an inspector takes along: any list as Excel, the weekly bulletin, the duty record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.card import Card
from bot.dialogs.oversight import (
    OFFICE,
    Desk,
    desk_of,
    find,
    gone,
    lines_of,
    which_of,
)
from bot.dialogs.oversight import mark as mark_of
from bot.render import block, button, card, line, text
from bot.talk import Handler, Talk
from storage import bulletins, evidence
from storage.database import reading, writing
from storage.duty_record import duty_record, sheets
from storage.exports import progress as exports
from storage.exports.workbook import MIME, Sheet, workbook
from storage.progress_lists import Which, listed, warned, week_of
from storage.progress_names import names_of
from workflows.bulletin import compose
from workflows.inspection.events import CommandRefused
from workflows.progress import AXES

MOST_NAMES = 20  # overdue results named in a bulletin; the table names all


def export(talk: Talk, case: str = "", kind: str = "", axis: str = "", marked: str = "") -> list[Card]:
    """The table or list the card stood for, whole, as it is now."""
    desk = desk_of(talk)
    made = _axis(talk, desk, axis, marked) if kind == "axis" else _list(talk, desk, kind, axis, marked)
    if made is None:
        return gone()
    name, sheet = made
    rows = list(sheet.rows)
    whole = Sheet(sheet.title, sheet.headings, rows, (desk.where, *sheet.notes))
    digest, file = _keep(talk, name, desk, [whole])
    said = text("oversight/export", name=file, rows=len(rows))
    return [card(said, button("oversight"), key="export", tone="done", photos=(digest,))]


def _axis(talk: Talk, desk: Desk, axis: str, within: str) -> tuple[str, Sheet] | None:
    own = find(talk, desk, "department", within) if within else None
    if axis not in AXES or (within and own is None):
        return None
    lines = lines_of(talk, desk, axis, own.name if own else "")
    name = line("oversight/notes", "list-axis", name=AXES[axis])
    return name, exports.table(axis, lines, desk.today)


def _list(talk: Talk, desk: Desk, kind: str, axis: str, marked: str) -> tuple[str, Sheet] | None:
    with reading(talk.house.engine) as tx:
        if kind == "warned":
            found = warned(tx, desk.scope, desk.today)
            names = names_of(tx, {one.about for one in found})
            return line("oversight/notes", "list-warned"), exports.warning_sheet(found, names, desk.today)
    meant = which_of(talk, desk, kind, axis, marked)
    if meant is None:
        return None
    name = line("oversight/notes", f"list-{kind}", name=meant[1])
    with reading(talk.house.engine) as tx:
        shares = listed(tx, meant[0], desk.scope, desk.today)
        return name, exports.listing(tx, name, shares, desk.today)


def _keep(talk: Talk, name: str, desk: Desk, made: list[Sheet]) -> tuple[str, str]:
    """The file among what this person may fetch; its digest and name."""
    file = f"{name}_{desk.today:%Y%m%d}.xlsx"
    data, house = workbook(made, talk.now), talk.house
    digest = evidence.keep(house.engine, house.evidence, data, file, MIME, talk.person.id, talk.now)
    return digest, file


def bulletin(talk: Talk, case: str = "") -> list[Card]:
    """Composes this week's bulletin and shows it: what is approved is what was shown, word for word."""
    if not set(talk.person.roles) & set(OFFICE):
        return _not_the_office()
    desk = desk_of(talk)
    lines = lines_of(talk, desk, "department")
    with reading(talk.house.engine) as tx:
        late = listed(tx, Which("overdue"), desk.scope, desk.today)
        names = names_of(tx, {p for share in late for p in share.persons})
    week = week_of(desk.today)
    composed = compose(lines, late, names, week, desk.today)
    said = text("progress/bulletin", b=composed, where=desk.where, today=desk.today, most=MOST_NAMES)
    with writing(talk.house.engine) as tx:
        words = "\n".join(said)
        kept = bulletins.keep(tx, desk.scope.department, week[0], words, talk.person.id, talk.now)
    draft = block("oversight/notes", "draft") if kept.sent_at is None else []
    send = [button("bulletin-send", "", kept.id)] if kept.sent_at is None else []
    return [card([*said, *draft], *send, button("oversight"), key="bulletin")]


def bulletin_send(talk: Talk, case: str = "", number: str = "") -> list[Card]:
    """Raises `NotFound` where there is no such bulletin; one of another scope may not be sent."""
    with writing(talk.house.engine) as tx:
        kept = bulletins.get(tx, number)
        if not set(talk.person.roles) & set(OFFICE) or kept.department != desk_of(talk).scope.department:
            return _not_the_office()
        told = bulletins.send(tx, number, talk.person.id, talk.actor.via, talk.now)
    said = block("oversight/notes", "sent", told=told) if told else block("oversight/notes", "sent-before")
    return [card(said, button("oversight"), key="bulletin", tone="done")]


def bulletin_card(kept: bulletins.Kept) -> Card:
    """As it arrives."""
    said = kept.text.split("\n")
    return card(said, button("oversight"), key=f"bulletin:{kept.id}", tone="notice")


def _not_the_office() -> list[Card]:
    return [card(block("oversight/notes", "supervisors-only"), button("oversight"), key="bulletin")]


def duty(talk: Talk, case: str = "", marked: str = "", span: str = "year") -> list[Card]:
    """One's own record, or that of somebody within one's scope."""
    desk = desk_of(talk)
    person = _whose(talk, desk, marked)
    if person is None:
        return gone()
    first = desk.today.replace(day=1) if span == "month" else date(desk.today.year, 1, 1)
    with reading(talk.house.engine) as tx:
        record = duty_record(tx, talk.house.lawbook, person, first, desk.today)
        made = list(sheets(tx, record, _told)) if record.services else []
    found = record.services
    said = text(
        "oversight/duty",
        record=record,
        deeds=sum(len(one.deeds) for one in found),
        reasons=sum(bool(deed.reason) for one in found for deed in one.deeds),
        refusals=sum(len(one.refusals) for one in found),
    )
    files = tuple(_files(talk, desk, record.person.name, made))
    other = "month" if span == "year" else "year"
    way = button("duty.month" if span == "year" else "duty.year", "", marked, other)
    return [card(said, way, button("oversight"), key="duty", tone="done" if files else "plain", photos=files)]


def _files(talk: Talk, desk: Desk, name: str, made: list[Sheet]) -> Iterator[str]:
    if made:
        yield _keep(talk, line("oversight/notes", "duty-file", name=name), desk, made)[0]


def _whose(talk: Talk, desk: Desk, marked: str) -> str | None:
    if marked in ("", mark_of(talk.person.id)):
        return talk.person.id
    if desk.scope.person:
        return None
    one = find(talk, desk, "person", marked)
    return one.name if one else None


def _told(refused: CommandRefused) -> str:
    """What the person was told when it happened, in one line."""
    return "".join(block(f"refusals/{refused.rule}", refused.reason, **refused.detail))


VERBS: dict[str, Handler] = {
    "export": export,
    "bulletin": bulletin,
    "bulletin-send": bulletin_send,
    "duty": duty,
}
NO_CASE = tuple(VERBS)
