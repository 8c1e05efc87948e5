"""From free words to a reply: a question is answered by its dialog, an act by the button that would do it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.card import Button, Card
from bot.dialogs import steering
from bot.dialogs.case import OVERSEERS, case_card
from bot.dialogs.team import members_card
from bot.phrases.doors import Speaker, on_screen, speaker, way
from bot.phrases.match import understand
from bot.phrases.meaning import Known, Understood, Unsure
from bot.phrases.office import door
from bot.phrases.phrasebook import phrasebook
from bot.render import SEPARATOR, button, card, words
from bot.reply import ASIDE, Reply
from bot.talk import Talk, look
from bot.verbs import NO_CASE, VERBS, keep_out, run
from storage import projection
from storage.database import reading
from workflows.inspection.facts import local_day

# The verb and its words behind the button offered for an intent; where the first is not at hand, the next.
_DOORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "home": (("home",),),
    "approvals": (("home",),),
    "help": (("help",),),
    "drawing": (("drawing",),),
    "progress": (("progress",), ("oversight",)),
    "slowest": (("slice", "department"), ("progress",)),
    "overdue": (("listing", "overdue"), ("progress",)),
    "unsigned": (("listing", "unsigned"), ("progress",)),
    "due": (("listing", "week"), ("home",)),
    "inspecting": (("slice", "person"), ("progress",)),
    "warnings": (("warned",), ("progress",)),
    "bulletin": (("bulletin",),),
    "send-bulletin": (("bulletin",),),
    "export": (("progress",),),
    "duty": (("duty", "year"),),
    "preferences": (("preferences",),),
    "draw": (("drawing",),),
    "release": (("drawing",),),
    "publish-plan": (("drawing",),),
    "enrol": (("enrol",),),
    "bindings": (("bindings",),),
    "abandon-draw": (("drawing",),),
    "plan": (("plan",),),
    "plan-year": (("plan-year",),),
    "plan-cost": (("plan-cost",),),
    "plan-diff": (("plan-diff",),),
    "phrases": (("phrases",),),
    "risk": (("risk",),),
    "risk-why": (("risk-why",), ("risk",)),
    "ad-hoc": (("ad-hoc",),),
}
# Answered by the case's own card, which says what is left to do and the days left.
_ON_THE_CARD = ("open", "continue", "left", "todo", "unarrived", "unentered")
# Asked of a target by name, the case's card says it; asked of nobody, a list does.
_OF_A_TARGET = ("unsigned", "inspecting", "overdue")
# Answered in a sentence that helps on: of the case looked at, with these buttons of it, or of none.
_OF_THE_CASE = {"observed": ("case",), "on_the_way": ("notice", "case")}
_TOLD = ("photo", "photo_wrong", "importing")
# What only asks at first whom or what it is to be about: a choice of the case leads straight to it.
_ASKS_FIRST = tuple(steering.VERBS)
_CHOICES = 4


@dataclass(frozen=True)
class _Asked:
    """What was asked, and the cases it may be about."""

    said: str
    meant: Understood
    cases: tuple[str, ...]
    speaker: Speaker


def freely(talk: Talk, said: str, seen: str) -> Reply | None:
    """The reply to words no button has; None where they mean nothing the bot can do now. `seen` is the case looked at."""
    who = speaker(talk)
    meant = understand(said, local_day(talk.now), who.known)
    if isinstance(meant, Unsure):
        return None
    meant = _of_that_person(talk, meant, who)
    spoken_of = _spoken_of(meant, who)
    if meant.intent == "todo" and not (spoken_of or seen):
        return run(talk, "home", "")
    cases = spoken_of or ((seen,) if seen else _own_open(talk) or _overseen(talk))
    asked = _Asked(said, meant, cases, who)
    if meant.intent == "help" and meant.slots.topic in words():
        return _alone(_how(asked))
    if meant.intent in _TOLD:
        return _alone(_said(meant.intent, button("home"), button("help"), move=words()["move"]["label"]))
    if spoken_of and meant.intent in _OF_A_TARGET:
        return run(talk, "open", cases[0]) if len(cases) == 1 else _whose(talk, asked)
    if meant.intent in _DOORS:
        return _door(talk, asked)
    return _about_a_case(talk, asked)


def _spoken_of(meant: Understood, who: Speaker) -> tuple[str, ...]:
    """The cases of the targets named, the most urgent first."""
    targets = set(meant.slots.targets)
    return tuple(case for target, own in who.cases.items() if target in targets for case in own)


def _of_that_person(talk: Talk, meant: Understood, who: Speaker) -> Understood:
    """这个人在查什么 names nobody: meant is the one person the card before the asker is about."""
    slots = meant.slots
    if "inspecting" not in (meant.intent, slots.what) or slots.person or slots.targets:
        return meant
    return replace(meant, slots=replace(slots, person=on_screen(talk, who)))


def unoffered(talk: Talk, word: str, seen: str) -> Reply | None:
    """A button's own word typed where the button does not stand: the button, which says what is missing when tapped."""
    if not seen:
        return None
    of_a_case = (verb for verb in words() if verb in VERBS and verb not in NO_CASE)
    verb = next((verb for verb in of_a_case if word in _typed(verb)), "case")
    # The way back to the card is always open, and stands below every question as it is.
    return _confirm(talk, verb, seen) if verb != "case" else None


def _typed(verb: str) -> tuple[str, ...]:
    return words()[verb]["label"], *words()[verb].get("words", ())


def _overseen(talk: Talk) -> tuple[str, ...]:
    """What an office may mean that inspects nothing itself: whatever is under way."""
    if not set(talk.person.roles) & set(OVERSEERS):
        return ()
    with reading(talk.house.engine) as tx:
        return projection.open_ids(tx)


def _own_open(talk: Talk) -> tuple[str, ...]:
    """What somebody with tasks of their own can only mean, before they have opened any."""
    with reading(talk.house.engine) as tx:
        return tuple(one.id for one in projection.cases_of(tx, talk.person.id) if not one.closed_at)


def nearest(talk: Talk, said: str, seen: str) -> dict[str, Button]:
    """By its label, a button for each of the things nearest to what was not understood."""
    meant = understand(said, local_day(talk.now), Known())
    near = meant.nearest if isinstance(meant, Unsure) else (meant.intent,)
    found = (_button_of(intent, seen) for intent in near)
    return {one.label: one for one in found if one}


def _button_of(intent: str, seen: str) -> Button | None:
    for verb, *given in _DOORS.get(intent, ()):
        name = ".".join((verb, *given))
        if verb in VERBS and name in words():
            return button(name, "", *given) if given else button(name)
    if seen and intent in _ON_THE_CARD:
        return button("case", seen)
    return button(intent, seen) if seen and intent in VERBS and intent in words() else None


def _door(talk: Talk, asked: _Asked) -> Reply | None:
    """The door of the intent, opened at the part the sentence names; None where there is none."""
    meant, who = asked.meant, asked.speaker
    person = who.ids["person"].get(meant.slots.person, "")
    office = door(talk, meant.intent, meant.slots, person, asked.cases)
    verb, *given = office or way(meant, who) or _DOORS[meant.intent][0]
    return run(talk, verb, "", *given) if verb in VERBS else None


def _about_a_case(talk: Talk, asked: _Asked) -> Reply | None:
    intent = asked.meant.intent
    if intent not in (*_ON_THE_CARD, *_OF_THE_CASE, "crew") and not (intent in VERBS and intent in words()):
        return None
    if len(asked.cases) != 1:
        return _whose(talk, asked)
    case = asked.cases[0]
    if intent == "crew":
        return _alone(keep_out(talk, case) or members_card(look(talk, case)))
    if intent in _OF_THE_CASE:
        return _alone(keep_out(talk, case) or _on_site(talk, intent, case))
    if intent in _ON_THE_CARD:
        return run(talk, "open", case)
    return run(talk, intent, case) if not asked.meant.acts else _confirm(talk, intent, case)


def _on_site(talk: Talk, intent: str, case: str) -> Card:
    ways = [button(verb, case) for verb in _OF_THE_CASE[intent]]
    return _said(intent, *ways, target=look(talk, case).case.opened.target.name)


def _confirm(talk: Talk, intent: str, case: str) -> Reply:
    """The button as the case's card has it now; else one that says what is still missing when it is tapped."""
    stranger = keep_out(talk, case)
    if stranger:
        return _alone(stranger)
    target = look(talk, case).case.opened.target.name
    at_hand = [b for b in case_card(look(talk, case)).buttons if b.data.split(SEPARATOR)[0] == intent]
    offered = at_hand[0] if at_hand else button(intent, case)
    return _alone(_said("confirm", offered, button("case", case), act=offered.label, target=target))


def _how(asked: _Asked) -> Card:
    topic, cases = asked.meant.slots.topic, asked.cases
    there = [button("case", cases[0])] if len(cases) == 1 else []
    return _said("how", *there, button("home"), button("help"), act=words()[topic]["label"])


def _whose(talk: Talk, asked: _Asked) -> Reply:
    intent = asked.meant.intent
    verb = intent if asked.meant.acts and intent in _ASKS_FIRST else "open"
    opens = [
        button(verb, case, label=look(talk, case).case.opened.target.name[:30])
        for case in asked.cases[:_CHOICES]
    ]
    if not opens:
        return _alone(_said("whose_none", button("home"), button("help")))
    lines = list(phrasebook().sentences["whose"])
    if len(asked.cases) > _CHOICES:
        told = {"count": len(asked.cases), "said": asked.said, "example": opens[0].label}
        lines += [line.format(**told) for line in phrasebook().sentences["whose_more"]]
    return _alone(card(lines, *opens, button("home"), key="free"))


def _said(name: str, *buttons: Button, **names: str) -> Card:
    lines = [line.format(**names) for line in phrasebook().sentences[name]]
    return card(lines, *buttons, key="free")


def _alone(shown: Card) -> Reply:
    return Reply("", ASIDE, [shown])
