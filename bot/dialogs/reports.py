"""What a supervisor or an inspector takes along: any list as Excel, the weekly bulletin, the duty record."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date, datetime, time
from pathlib import Path

from bot import files
from bot.card import Card, File
from bot.case_file import write_case_file
from bot.dialogs.oversight import (
    OFFICE,
    Desk,
    desk_of,
    find,
    gone,
    lines_of,
    name_of,
    which_of,
)
from bot.dialogs.oversight import mark as mark_of
from bot.progress_words import axis_name, states
from bot.render import block, button, card, line, text
from bot.talk import Handler, Talk, look
from storage import bulletins, handed
from storage.database import reading, writing
from storage.duty_record import duty_record, sheets
from storage.exports import progress as exports
from storage.exports.workbook import MIME, Sheet, workbook
from storage.progress_lists import Which, listed, warned, week_of
from storage.progress_names import names_of
from workflows.bulletin import compose
from workflows.inspection.case import CLOSED, step
from workflows.inspection.events import CommandRefused
from workflows.inspection.facts import CHINA
from workflows.progress import AXES, adds_up

MOST_NAMES = 20  # overdue results named in a bulletin; the table names all


def export(talk: Talk, case: str = "", kind: str = "", axis: str = "", marked: str = "") -> list[Card]:
    """The table or list the card stood for, whole, as it is now."""
    made = _axis(talk, axis, marked) if kind == "axis" else _list(talk, kind, axis)
    if made is None:
        return gone()
    name, sheet, desk = made
    rows = list(sheet.rows)
    whole = Sheet(sheet.title, sheet.headings, rows, (desk.where, *sheet.notes))
    file = _keep(talk, name, desk, [whole])
    said = text("oversight/export", name=file.name, rows=len(rows))
    # Each list is a card of its own: the next one must not take this one's file off the screen.
    return [card(said, button("oversight"), key=f"file:{file.name}", tone="done", files=(file,))]


def _axis(talk: Talk, axis: str, said: str) -> tuple[str, Sheet, Desk] | None:
    meant = which_of(talk, "slice", said)
    if axis not in AXES or meant is None:
        return None
    desk = meant[1]
    name = line("oversight/notes", "list-axis", name=axis_name(axis))
    return (
        name,
        exports.table(axis_name(axis), adds_up(axis), states(), lines_of(talk, desk, axis), desk.today),
        desk,
    )


def _list(talk: Talk, kind: str, said: str) -> tuple[str, Sheet, Desk] | None:
    if kind == "warned":
        return _warned(talk, desk_of(talk))
    meant = which_of(talk, kind, said)
    if meant is None:
        return None
    which, desk = meant
    name = line("oversight/notes", f"list-{kind}", name=name_of(which, desk, talk))
    with reading(talk.house.engine) as tx:
        shares = listed(tx, which, desk.scope, desk.today)
        return name, exports.listing(tx, name, states(), shares, desk.today), desk


def _warned(talk: Talk, desk: Desk) -> tuple[str, Sheet, Desk]:
    with reading(talk.house.engine) as tx:
        found = warned(tx, desk.scope, desk.today)
        names = names_of(tx, {one.about for one in found})
    sheet = exports.warning_sheet(found, names, desk.today)
    return line("oversight/notes", "list-warned"), sheet, desk


def _keep(talk: Talk, name: str, desk: Desk, made: list[Sheet]) -> File:
    file = f"{name}_{desk.today:%Y%m%d}.xlsx"
    return files.make(talk.house, workbook(made, talk.now), file, MIME, talk.now + files.LIFE)


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
    said = text(
        "progress/bulletin",
        b=composed,
        where=desk.where,
        by=talk.person.department,
        today=desk.today,
        most=MOST_NAMES,
    )
    with writing(talk.house.engine) as tx:
        words = "\n".join(said)
        kept = bulletins.keep(tx, desk.scope.department, week[0], words, talk.person.id, talk.now)
    paper = (_written(talk, kept),)
    if kept.sent_at:
        said += block("oversight/notes", "was-sent", at=kept.sent_at, today=desk.today)
        return [card(said, button("oversight"), key="bulletin", tone="done", files=paper)]
    said += block("oversight/notes", "draft")
    return [
        card(said, button("bulletin-send", "", kept.id), button("oversight"), key="bulletin", files=paper)
    ]


def bulletin_send(talk: Talk, case: str = "", number: str = "") -> list[Card]:
    """Raises `NotFound` where there is no such bulletin; one of another scope may not be sent."""
    with writing(talk.house.engine) as tx:
        kept = bulletins.get(tx, number)
        if not set(talk.person.roles) & set(OFFICE) or kept.department != desk_of(talk).scope.department:
            return _not_the_office()
        told = bulletins.send(tx, number, talk.person.id, talk.actor.via, talk.now)
        _written(talk, bulletins.get(tx, number))
    said = block("oversight/notes", "sent", told=told) if told else block("oversight/notes", "sent-before")
    return [card(said, button("oversight"), key="bulletin", tone="done")]


def bulletin_card(kept: bulletins.Kept) -> Card:
    """As it arrives. Its file was kept when it was approved, and the same words give the same bytes."""
    said = kept.text.split("\n")
    paper = _paper(kept)[0]
    return card(
        said,
        button("oversight"),
        key=f"bulletin:{kept.id}",
        tone="notice",
        files=(paper,) if kept.sent_at else (),
    )


def _written(talk: Talk, kept: bulletins.Kept) -> File:
    paper, data = _paper(kept)
    return files.make(talk.house, data, paper.name, paper.mime, paper.until)


def _paper(kept: bulletins.Kept) -> tuple[File, bytes]:
    """The bulletin as a table of one column, and its bytes: of nothing but what is on record."""
    title, *lines = kept.text.split("\n")
    week = datetime.combine(date.fromisoformat(kept.id[:8]), time(), CHINA)
    rows = [(said.removeprefix("§ ").removeprefix("> "),) for said in lines]
    data = workbook([Sheet(title, (line("oversight/notes", "bulletin-column"),), rows)], week)
    name = handed.tidy(f"{line('oversight/notes', 'bulletin-file', id=kept.id)}.xlsx")
    digest = hashlib.sha256(data).hexdigest()
    return File(digest, name, MIME, len(data), (kept.sent_at or week) + files.LIFE), data


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
    name = line("oversight/notes", "duty-file", name=record.person.name)
    taken = (_keep(talk, name, desk, made),) if made else ()
    other = "month" if span == "year" else "year"
    way = button("duty.month" if span == "year" else "duty.year", "", marked, other)
    return [card(said, way, button("oversight"), key="duty", tone="done" if taken else "plain", files=taken)]


def archive(talk: Talk, case: str) -> list[Card]:
    """一案一档: the closed case's whole file as a zip, its trail verified on the way. Raises `TrailBroken`."""
    seen = look(talk, case).case
    if step(seen) != CLOSED:
        return [
            card(block("oversight/notes", "not-closed"), button("open", case), key="archive", tone="refusal")
        ]
    with tempfile.TemporaryDirectory() as folder, reading(talk.house.engine) as tx:
        data = write_case_file(talk.house, tx, case, Path(folder, "case.zip")).read_bytes()
    name = line("oversight/notes", "archive-file", target=seen.opened.target.name, case=case)
    file = files.make(talk.house, data, f"{name}.zip", files.ZIP, talk.now + files.LIFE)
    said = block("oversight/notes", "archive", name=file.name)
    return [card(said, button("open", case), key=f"file:{file.name}", tone="done", files=(file,))]


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
    "archive": archive,
}
NO_CASE: tuple[str, ...] = tuple(verb for verb in VERBS if verb != "archive")
