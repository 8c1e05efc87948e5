"""Emptying the outbox onto screens: new messages at the end, changed cases redrawn where they stand."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.card import Card
from bot.case_file import write_case_file
from bot.dialogs.case import case_card, may_see
from bot.dialogs.ceremony_freezing import notice as ceremony_notice
from bot.dialogs.reports import bulletin_card
from bot.house import House
from bot.reminders import KIND as REMINDERS
from bot.reminding import reminder_card
from bot.render import block, button, card
from bot.reply import MAIN, before_them, form_text, read_form
from bot.service import KINDS as SERVICE
from bot.service import service_card, tell_given_up
from bot.talk import View, beside
from storage import awaiting, bulletins, casebook, ceremony_notices, deliveries, outbox, people, screen
from storage.case_facts import gather
from storage.database import reading, writing
from storage.documents import encode
from workflows.errors import SuijianError
from workflows.inspection.case import Case
from workflows.inspection.facts import Actor, local_day

# Channels whose screen is a table of ours; the others draw what `receive` returns.
SCREENED = ("web", "terminal")
CHANGED = "changed"
FILE = "archive"
# Packing takes seconds; who began it and died leaves it to another after this.
LEASE = timedelta(minutes=10)
BATCHES = 100
Screens = list[tuple[str, str]]
log = logging.getLogger(__name__)


def deliver(house: House) -> int:
    """Delivers until nothing that is due waits; how many were delivered.

    Each batch in one transaction with its ticking off: on our own screens nothing comes twice. At most `BATCHES`: what
    is left waits for the next call, and who calls is not held up for ever. Case files are packed between the batches.
    """
    now, delivered, more = house.clock(), 0, True
    for _ in range(BATCHES):
        with writing(house.engine) as tx:
            done, files, more = _batch(house, tx, now)
        delivered += done + pack(house, files, now)
        if not more:
            break
    return delivered


def deliver_within(house: House, tx: Connection) -> tuple[outbox.Waiting, ...]:
    """One batch as part of a turn, which does not wait for more; the case files it leaves to be packed after it."""
    return _batch(house, tx, house.clock())[1]


def _batch(house: House, tx: Connection, now: datetime) -> tuple[int, tuple[outbox.Waiting, ...], bool]:
    """How many were delivered, the case files to be packed by the caller, and whether there may be more."""
    due, more = outbox.due(tx, now)
    files = tuple(row for row in due if row.kind == FILE)
    for row in files:
        outbox.lease(tx, row, now + LEASE)
    rows = [row for row in due if row.kind != FILE]
    failed = [(row, error) for row in rows if (error := _attempt(house, tx, row, now)) is not None]
    _put_off(tx, failed, now)
    return len(rows) - len(failed), files, more


def _put_off(tx: Connection, failed: list[tuple[outbox.Waiting, Exception]], now: datetime) -> None:
    given_up = [row for row, error in failed if outbox.put_off(tx, row, named(error), now)]
    tell_given_up(tx, given_up, now)


def pack(house: House, rows: tuple[outbox.Waiting, ...], now: datetime) -> int:
    """Packs the files of closed cases outside any transaction that writes: meanwhile everybody else can; how many."""
    return sum(_packed(house, row, now) for row in rows)


def _packed(house: House, row: outbox.Waiting, now: datetime) -> bool:
    try:
        with reading(house.engine) as tx:
            write_case_file(house, tx, row.case, house.archive / f"{row.case}.zip")
    except Exception as error:
        log.exception("unpacked", extra={"outbox_id": row.id, "kind": row.kind})
        with writing(house.engine) as tx:
            _put_off(tx, [(row, error)], now)
        return False
    with writing(house.engine) as tx:
        outbox.mark_done(tx, row, now)
    return True


def _attempt(house: House, tx: Connection, row: outbox.Waiting, now: datetime) -> Exception | None:
    """One message that cannot be drawn stays in the outbox; it must not hold up the others."""
    try:
        with writing(house.engine):
            _deliver(house, tx, row)
            outbox.mark_done(tx, row, now)
    except Exception as error:
        log.exception("undelivered", extra={"outbox_id": row.id, "kind": row.kind})
        return error
    return None


def named(error: Exception) -> str:
    """What failed, for who runs the service. Only our own sentences are safe to keep: others may quote anything."""
    name = type(error).__name__
    return f"{name}：{error}" if isinstance(error, SuijianError) else name


def _deliver(house: House, tx: Connection, row: outbox.Waiting) -> None:
    person = people.get(tx, row.person)
    if person is None:
        return
    accounts = people.accounts_of(tx, person.id)
    screens = [(channel, account) for channel, account in accounts if channel in SCREENED]
    for channel, account in accounts:
        if channel not in SCREENED:
            deliveries.add(tx, row, channel, account, house.clock())
    if row.kind == CHANGED:
        _redraw(house, tx, row.case, person, screens)
    else:
        _announce(house, tx, row, screens)


def _announce(house: House, tx: Connection, row: outbox.Waiting, screens: Screens) -> None:
    """At the end of the chat; an earlier notice of the same kind leaves, for this one says all that waits now."""
    said = message(house, tx, row)
    if said is None:
        return
    for channel, account in screens:
        screen.show(tx, channel, account, said.key, encode({"card": said}), house.clock())


def message(house: House, tx: Connection, row: outbox.Waiting) -> Card | None:
    """What a row says now; None where nothing is left to say."""
    if row.kind == bulletins.KIND:
        return bulletin_card(bulletins.get(tx, row.detail))
    if row.kind in SERVICE:
        return service_card(tx, row)
    if row.kind == ceremony_notices.KIND:
        return ceremony_notice(house, tx, row.person, row.detail)
    return reminder_card(house, tx, row) if row.kind == REMINDERS else _notice(house, tx, row)


def _notice(house: House, tx: Connection, row: outbox.Waiting) -> Card:
    case = casebook.load(tx, row.case)
    lines = block("notices", row.kind, case=case, from_name=row.detail, today=local_day(house.clock()))
    # Who has left the team may not open its case any more.
    way = button("home") if row.kind == "released" else button("open", case.id)
    return card(lines, way, key=f"{row.kind}:{case.id}", tone="notice")


def view_of(house: House, tx: Connection, case: Case, person: people.Person) -> View:
    actor = Actor(person.id, person.name, person.department, person.roles, "")
    return View(case, gather(tx, house.lawbook, case, actor, house.clock()))


def _redraw(house: House, tx: Connection, case_id: str, person: people.Person, screens: Screens) -> None:
    """Only the case's own card is redrawn: a question the person is just answering stays before them."""
    waiting, seen = awaiting.before(tx, person.id)
    if seen.case != case_id or seen.card not in awaiting.DRAWN:
        return
    case = casebook.load(tx, case_id)
    if not may_see(case, person):
        return
    view = view_of(house, tx, case, person)
    shown = case_card(view)
    if waiting and waiting.case == case_id and form_text(waiting) != shown.form:
        # Words on their way were meant for the question that was there: they must not answer the next one.
        shown = beside(view, block("prompts", "went-on"), button("case", case_id))[0]
        awaiting.forget(tx, person.id)
    elif shown.form:
        awaiting.ask(tx, person.id, read_form(shown.form), house.clock())
    for channel, account in screens:
        screen.redraw(tx, channel, account, shown.key, encode({"card": shown}))
    if seen.card == MAIN:
        awaiting.look_at(tx, person.id, awaiting.Focus(case_id, MAIN, before_them(shown)))
