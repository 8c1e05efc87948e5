"""Accounts in force: the organiser ends anybody's, everybody their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.card import Button, Card
from bot.render import block, button, card, line, short
from bot.talk import Handler, Talk, page_from
from storage import enrolment
from storage.database import reading
from storage.enrolment import Binding, Hand
from workflows.inspection.facts import local_day

PAGE = 4


def bindings(talk: Talk, case: str = "", page: str = "0") -> list[Card]:
    """Every account in force, with the button that ends it."""
    if not organises(talk):
        return [for_the_organiser()]
    with reading(talk.house.engine) as tx:
        every = enrolment.bindings(tx)
    rows, more = _page(every, page, "bindings.more")
    lines = block("enrolment/office", "bindings", total=len(every), rows=rows, today=local_day(talk.now))
    stops = [
        button("revoke", "", _mark_of(one), label=_label(talk, "office", "revoke", one)) for one, _ in rows
    ]
    return [card(lines, *stops, *more, button("enrol"), key="enrolment")]


def revoke(talk: Talk, case: str = "", which: str = "", sure: str = "") -> list[Card]:
    """Asks, then ends a binding; the account's next turn finds nobody behind it."""
    if not organises(talk):
        return [for_the_organiser()]
    with reading(talk.house.engine) as tx:
        one = _named(enrolment.bindings(tx), which)
    if one is None:
        gone = block("enrolment/office", "gone")
        return [card(gone, button("bindings"), key="enrolment", tone="refusal")]
    if sure != "yes":
        lines = block("enrolment/office", "revoke-sure", **_told(talk, one))
        return [card(lines, button("revoke.sure", "", which, "yes"), button("bindings"), key="enrolment")]
    enrolment.revoke(talk.house.engine, one.channel, one.account, hand_of(talk), talk.now)
    with reading(talk.house.engine) as tx:
        left = enrolment.bindings(tx, one.person.id)
    lines = block("enrolment/office", "revoked-one" if left else "revoked", name=one.person.name)
    return [card(lines, button("bindings"), button("enrol"), key="enrolment", tone="done")]


def accounts(talk: Talk, case: str = "", page: str = "0") -> list[Card]:
    """One's own accounts, each with the button that unbinds it."""
    with reading(talk.house.engine) as tx:
        own = enrolment.bindings(tx, talk.person.id)
    rows, more = _page(own, page, "accounts.more")
    said = {"person": talk.person, "rows": rows, "here": _here(talk), "today": local_day(talk.now)}
    lines = block("enrolment/own", "accounts", **said)
    ends = [button("unbind", "", _mark_of(one), label=_label(talk, "own", "unbind", one)) for one, _ in rows]
    return [card(lines, *ends, *more, button("home"), key="enrolment")]


def unbind(talk: Talk, case: str = "", which: str = "", sure: str = "") -> list[Card]:
    with reading(talk.house.engine) as tx:
        one = _named(enrolment.bindings(tx, talk.person.id), which)
    if one is None:
        return accounts(talk)
    here = (one.channel, one.account) == _here(talk)
    if sure != "yes":
        lines = block("enrolment/own", "unbind-sure", **_told(talk, one), here=here)
        return [card(lines, button("unbind.sure", "", which, "yes"), button("accounts"), key="enrolment")]
    enrolment.revoke(talk.house.engine, one.channel, one.account, hand_of(talk), talk.now)
    ways = [] if here else [button("accounts"), button("home")]
    return [
        card(
            block("enrolment/own", "unbound", here=here, web=talk.turn.channel == "web"),
            *ways,
            key="enrolment",
            tone="done",
        )
    ]


def channel_name(channel: str) -> str:
    """网页"""
    return line("enrolment/own", "channel", channel=channel)


def organises(talk: Talk) -> bool:
    return "organiser" in talk.person.roles


def for_the_organiser() -> Card:
    lines = block("enrolment/office", "not-organiser")
    return card(lines, button("accounts"), button("home"), key="enrolment", tone="refusal")


def _here(talk: Talk) -> tuple[str, str]:
    return talk.turn.channel, talk.turn.account


def hand_of(talk: Talk) -> Hand:
    here = ":".join(_here(talk))
    return Hand(talk.person.id, here, f"{here}:{talk.turn.update_id}")


def _page(every: Sequence[Binding], page: str, onward: str) -> tuple[list[tuple[Binding, str]], list[Button]]:
    number = page_from(page, len(every), PAGE)
    shown = every[number * PAGE : (number + 1) * PAGE]
    more = [button(onward, "", str(number + 1))] if len(every) > (number + 1) * PAGE else []
    return [(one, channel_name(one.channel)) for one in shown], more


def _label(talk: Talk, template: str, verb: str, one: Binding) -> str:
    return short(line(f"enrolment/{template}", f"{verb}-label", **_told(talk, one)))


def _told(talk: Talk, one: Binding) -> dict[str, object]:
    return {"one": one, "channel": channel_name(one.channel), "today": local_day(talk.now)}


def mark(*names: str) -> str:
    """What stands for a person or an account in a button: their own ids may be longer than a button is."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


def _mark_of(one: Binding) -> str:
    return mark(one.channel, one.account)


def _named(every: Sequence[Binding], which: str) -> Binding | None:
    return next((one for one in every if _mark_of(one) == which), None)


VERBS: dict[str, Handler] = {"bindings": bindings, "revoke": revoke, "accounts": accounts, "unbind": unbind}
