"""Emptying the outbox onto screens: new messages at the end, changed cases redrawn where they stand."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from bot.dialogs.case import case_card, may_see
from bot.house import House
from bot.render import block, button, card
from bot.talk import View
from storage import awaiting, casebook, outbox, people, screen
from storage.archive import write_archive
from storage.case_facts import gather
from storage.database import writing
from storage.documents import encode
from workflows.inspection.facts import Actor

SCREENED = ("web", "terminal")
log = logging.getLogger(__name__)


def deliver(house: House) -> int:
    """Delivers what waits, in one transaction with its ticking off: on our own screens nothing comes twice."""
    with writing(house.engine) as tx:
        rows = outbox.waiting(tx)
        for row in rows:
            try:
                with tx.begin_nested():
                    _deliver(house, tx, row)
                    outbox.mark_done(tx, row, house.clock())
            except Exception:
                # One message that cannot be drawn stays in the outbox; it must not hold up the others.
                log.exception("undelivered", extra={"outbox_id": row.id, "kind": row.kind})
    return len(rows)


def _deliver(house: House, tx: Connection, row: outbox.Waiting) -> None:
    if row.kind == "archive":
        write_archive(tx, house.evidence, row.case, house.archive / f"{row.case}.zip")
        return
    person = people.get(tx, row.person)
    if person is None:
        return
    for channel, account in people.accounts_of(tx, person.id):
        if channel not in SCREENED:
            continue
        if row.kind == "changed":
            _redraw(house, tx, row.case, person, channel, account)
        else:
            _announce(house, tx, row, channel, account)


def _announce(house: House, tx: Connection, row: outbox.Waiting, channel: str, account: str) -> None:
    case = casebook.load(tx, row.case)
    lines = block("notices", row.kind, case=case, from_name=row.detail)
    said = card(lines, button("open", case.id), key=f"{row.kind}:{case.id}", tone="notice")
    screen.show(tx, channel, account, said.key, encode({"card": said}), house.clock())


def _redraw(
    house: House, tx: Connection, case_id: str, person: people.Person, channel: str, account: str
) -> None:
    """Only the case's own card is redrawn: a question the person is just answering stays before them."""
    seen = awaiting.looking_at(tx, person.id)
    if (seen.case, seen.card) != (case_id, "main"):
        return
    case = casebook.load(tx, case_id)
    actor = Actor(person.id, person.name, person.department, person.roles, f"{channel}:{account}")
    if not may_see(case, person):
        return
    shown = case_card(View(case, gather(tx, house.lawbook, case, actor, house.clock())))
    if screen.redraw(tx, channel, account, shown.key, encode({"card": shown})):
        buttons = tuple((b.label, b.data) for b in shown.buttons)
        awaiting.look_at(tx, person.id, awaiting.Focus(case_id, "main", buttons))
