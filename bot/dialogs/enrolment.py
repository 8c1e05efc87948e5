"""绑定: the organiser issues codes, for one person by name or for all who have no account."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import files
from bot.card import Button, Card
from bot.dialogs.bindings import PAGE, accounts, for_the_organiser, hand_of, mark, organises
from bot.enrolment_sheet import sheet
from bot.house import House
from bot.knock import SHOWN_ONCE, told
from bot.render import block, button, card, line
from bot.talk import Handler, Talk, page_from
from storage import enrolment, people
from storage.database import reading
from storage.enrolment import Answer, Hand
from storage.exports.workbook import MIME
from storage.people import Person
from workflows.enrolment import SPACE, code_from, read_code
from workflows.inspection.facts import CHINA

BATCH = 20  # codes on one card; more are cards to cut, see bot.enrolment_sheet
NAMED = 3  # open codes told by name
_FOR_SOMEBODY = re.compile(r"(?:发?绑定码|发码)[\s:：]+(\S.{0,39})")


def typed(talk: Talk, said: str) -> list[Card] | None:
    """What a bound person's words about codes lead to; None where they are about none."""
    wanted = _FOR_SOMEBODY.fullmatch(said)
    if wanted:
        return for_name(talk, wanted[1].strip())
    if read_code(said) is None:
        return None
    lines = told(Answer("already", talk.person))
    return [card(lines, button("accounts"), button("home"), key="enrolment")]


def enrol(talk: Talk, case: str = "") -> list[Card]:
    """The organiser's view: who has no account, which codes are open, who tried what."""
    if not organises(talk):
        return accounts(talk)
    with reading(talk.house.engine) as tx:
        known = {p.id: p.name for p in people.everybody(tx)}
        without = len(enrolment.without_account(tx))
        codes = enrolment.open_codes(tx, talk.now)
        failed = enrolment.failed_tries(tx, talk.now - timedelta(hours=24))
    told_of = Counter((one.outcome, one.person.name) for one in failed if one.person)
    lines = block(
        "enrolment/office",
        "overview",
        people=len(known),
        without=without,
        waiting=[(known[code.person], code.expires_at) for code in codes[:NAMED]],
        more_waiting=len(codes[NAMED:]),
        tries=len(failed),
        wrong=sum(one.person is None for one in failed),
        known=[(outcome, name, times) for (outcome, name), times in told_of.most_common(NAMED)],
    )
    ways = [button(name) for name in ("code", "codes-all", "bindings", "accounts", "home")]
    return [card(lines, *ways, key="enrolment")]


def code_for(talk: Talk, case: str = "", who: str = "", page: str = "0") -> list[Card]:
    """One person's code; without a person, the list to choose from."""
    if not organises(talk):
        return [for_the_organiser()]
    with reading(talk.house.engine) as tx:
        without = enrolment.without_account(tx)
        everybody = (*without, *(p for p in people.everybody(tx) if p not in without))
    chosen = [p for p in everybody if mark(p.id) == who]
    if chosen:
        return _issue(talk, chosen)
    number = page_from(page, len(everybody), PAGE)
    more = [button("code.more", "", "", str(number + 1))] if len(everybody) > (number + 1) * PAGE else []
    choices = _choices(everybody[number * PAGE : (number + 1) * PAGE])
    return [card(block("enrolment/office", "pick"), *choices, *more, button("enrol"), key="enrolment")]


def for_name(talk: Talk, name: str) -> list[Card]:
    """绑定码 王芳"""
    if not organises(talk):
        return [for_the_organiser()]
    with reading(talk.house.engine) as tx:
        found = people.named(tx, name)
    if len(found) == 1:
        return _issue(talk, found)
    if not found:
        lines = block("enrolment/office", "nobody", name=name)
        return [card(lines, button("code"), button("enrol"), key="enrolment", tone="refusal")]
    lines = block("enrolment/office", "which", count=len(found))
    return [card(lines, *_choices(found[: PAGE + 1]), button("enrol"), key="enrolment")]


def codes_all(talk: Talk, case: str = "", sure: str = "") -> list[Card]:
    """Codes for everybody who has neither an account nor an open code, a card full at a time."""
    if not organises(talk):
        return [for_the_organiser()]
    with reading(talk.house.engine) as tx:
        waiting = {one.person for one in enrolment.open_codes(tx, talk.now)}
        left = [p for p in enrolment.without_account(tx) if p.id not in waiting]
    if not left:
        return [card(block("enrolment/office", "none-left"), button("enrol"), key="enrolment")]
    if sure != "yes":
        lines = block("enrolment/office", "sure", count=len(left), batch=BATCH)
        return [card(lines, button("codes-all.sure", "", "yes"), button("enrol"), key="enrolment")]
    more = [button("codes-all.more", "", "yes")] if len(left) > BATCH else []
    return _issue(talk, left[:BATCH], *more)


def deal(house: House, those: Sequence[Person], hand: Hand) -> tuple[list[tuple[Person, str]], datetime]:
    """A fresh code for each, put in force; and when they expire."""
    dealt = [(person, code_from(secrets.randbelow(SPACE))) for person in those]
    put = [(person.id, one) for person, one in dealt]
    return dealt, enrolment.issue(house.engine, put, hand, house.clock())


def _issue(talk: Talk, those: Sequence[Person], *more: Button) -> list[Card]:
    dealt, expires_at = deal(talk.house, those, hand_of(talk))
    lines = block("enrolment/office", "issued", dealt=dealt, expires_at=expires_at)
    # The codes and their file are worth nothing after this moment, and are gone from our disk with it.
    name = f"{line('enrolment/sheet', 'name')}_{expires_at.astimezone(CHINA):%Y%m%d%H%M%S}.xlsx"
    page = sheet(dealt, expires_at, talk.house.origin)
    file = files.make(talk.house, page, name, MIME, expires_at)
    return [card(lines, *more, button("enrol"), key=SHOWN_ONCE, tone="notice", files=(file,))]


def _choices(those: Sequence[Person]) -> list[Button]:
    return [button("code", "", mark(p.id), label=f"{p.name}（{p.department}）"[:24]) for p in those]


VERBS: dict[str, Handler] = {"enrol": enrol, "code": code_for, "codes-all": codes_all}
# Words that mean these at any step.
WORDS = {"绑定": "enrol", "解绑": "accounts", "我的账号": "accounts"}
