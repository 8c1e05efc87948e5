"""Whatever state a case comes to, everybody who may see it has a card that fits every channel."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.card import Card
from bot.dialogs.approvals import overview_card
from bot.dialogs.case import case_card, may_see
from bot.talk import View
from bot.verbs import VERBS
from storage.people import Person
from tests.conversation.conftest import is_fit_to_show
from tests.property.test_case_machine import PEOPLE, SHOWN, STARTS, detours, sensible
from tests.rules.cases import PROFILES, Walk, actor
from workflows.inspection import commands as c
from workflows.inspection.case import step
from workflows.inspection.facts import Actor
from workflows.inspection.summary import digest_of

ORGANISER = Actor("P:90", "程信息", "办公室", ("organiser",), "web:9")


def cards_of(walk: Walk) -> list[tuple[Actor, Card]]:
    """The case before each of the people who may see it; from above also before a head who is on the team."""
    case = walk.case
    found = []
    for who in (*(actor(one) if isinstance(one, str) else one for one in PEOPLE), ORGANISER):
        view = View(case, replace(walk.facts(who), actor=who))
        if may_see(case, Person(who.person, who.name, who.department, who.roles)):
            found.append((who, case_card(view)))
            if {"supervisor", "legal"} & set(who.roles):
                found.append((who, overview_card(view)))
    return found


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("start", STARTS)
def test_every_state_has_a_card_for_everybody_with_buttons_that_are_known(profile: str, start: str) -> None:
    chance = random.Random(f"{profile} {start}")
    for _ in range(3):
        walk = STARTS[start](profile)
        for _ in range(45):
            choices = detours(walk) if chance.random() < 0.25 else sensible(walk)
            if choices:
                who, command = chance.choice(choices)
                if isinstance(command, c.SignSummary) and command.digest == SHOWN:
                    command = c.SignSummary(digest_of(walk.case))
                walk.try_(who, command)
            if chance.random() < 0.05:
                walk.later(seconds=chance.choice((3600, 86400, 12 * 86400)))
            for person, card in cards_of(walk):
                is_fit_to_show(card)
                assert card.key == f"case:{walk.case.id}"
                assert card.buttons, (person.roles, step(walk.case), card)
                assert {b.data.split("|")[0] for b in card.buttons} <= VERBS.keys()


def test_who_is_no_inspector_is_offered_nothing_only_an_inspector_may_do() -> None:
    """An expert's card leads nowhere it would be refused."""
    ours = {"home", "aside", "ack", "checkin", "opinion", "remind"}
    for start, walk_to in STARTS.items():
        walk = walk_to("menghai")
        expert = next(p for p, m in walk.case.members.items() if m.role != "inspector")
        card = case_card(View(walk.case, walk.facts(expert)))
        assert {b.data.split("|")[0] for b in card.buttons} <= ours, (start, card)
