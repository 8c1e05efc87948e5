"""From a turn to cards: the one way a tap, a word, a photo or a place travels."""

from __future__ import annotations

import inspect
import re
import unicodedata

from bot.card import Button, Card
from bot.dialogs import (
    approvals,
    assignments,
    case,
    drawing,
    entry,
    handling,
    help,
    onsite,
    precheck,
    progress,
    summary,
)
from bot.nudge import remind
from bot.render import SEPARATOR, block, card, words_of
from bot.talk import Handler, Talk, View, do, look, refusal_card
from storage import awaiting
from storage.database import reading, writing
from workflows.errors import NotFound
from workflows.inspection.case import step
from workflows.inspection.commands import AcknowledgeAssignment, AttachEvidence, CheckIn, Command
from workflows.inspection.guards import TEXT_LIMIT, find_question

VERBS: dict[str, Handler] = {
    **assignments.VERBS,
    **precheck.VERBS,
    **onsite.VERBS,
    **summary.VERBS,
    **entry.VERBS,
    **handling.VERBS,
    **approvals.VERBS,
    **drawing.VERBS,
    **progress.VERBS,
    **help.VERBS,
    "remind": remind,
}
# Understood at any step, whatever the chat waits for.
COMMAND_WORDS = {
    "任务": "home",
    "我的任务": "home",
    "进度": "progress",
    "帮助": "help",
    "?": "help",
    "抽取": "drawing",
    "/start": "home",
}
_PLACE = re.compile(r"^(?:位置|定位)?\s*(-?\d{1,2}\.\d+)\s*[,，\s]\s*(-?\d{1,3}\.\d+)$")
_NO_CASE = ("home", "progress", "help", "drawing", "publish-plan", "draw", "release")


def answer(talk: Talk) -> list[Card]:
    """The cards this turn leads to. What the person then has before them is kept as their focus."""
    try:
        case_id, card_kind, cards = _dispatch(talk)
    except NotFound as error:
        return [card(block("notices", "not-found", sentence=str(error)), key="not-found")]
    buttons = tuple((b.label, b.data) for b in cards[-1].buttons)
    with writing(talk.house.engine) as tx:
        before = awaiting.looking_at(tx, talk.person.id)
        seen = awaiting.Focus(case_id or before.case, card_kind, buttons or before.buttons)
        awaiting.look_at(tx, talk.person.id, seen)
    return cards


# What a turn leads to: the case it was about ("" for none), MAIN or ASIDE, and the cards.
Reply = tuple[str, str, list[Card]]
MAIN, ASIDE = "main", "aside"


def _dispatch(talk: Talk) -> Reply:
    turn = talk.turn
    if turn.button:
        return _tapped(talk, turn.button)
    if turn.location:
        return _placed(talk, *turn.location)
    if turn.file:
        return _filed(talk, *turn.file)
    return _said(talk, turn.text)


def run(talk: Talk, verb: str, case_id: str, *given: str) -> Reply:
    """Calls a verb's handler; executes what it answers; shows the case."""
    handler = VERBS[verb]
    if not _takes(handler, given):
        return "", ASIDE, [card(block("notices", "forged"), key="forged")]
    if verb in _NO_CASE:
        return "", ASIDE, handler(talk, case_id, *given)  # type: ignore[return-value]
    stranger = _keep_out(talk, case_id)
    if stranger:
        return "", ASIDE, [stranger]
    answered = handler(talk, case_id, *given)
    if isinstance(answered, list):
        return case_id, ASIDE, answered
    commands = (answered,) if isinstance(answered, Command) else answered
    return act(talk, case_id, *commands)


def _takes(handler: Handler, given: tuple[str, ...]) -> bool:
    """Whether the verb takes so many words; a button with more was drawn by nobody here."""
    parameters = inspect.signature(handler).parameters.values()
    return any(p.kind is p.VAR_POSITIONAL for p in parameters) or len(given) + 2 <= len(parameters)


def act(talk: Talk, case_id: str, *commands: Command) -> Reply:
    """Does one after the other and shows the case as it then stands; stops at a refusal and shows that."""
    for command in commands:
        refused = do(talk, case_id, command)
        if refused:
            return case_id, ASIDE, [refusal_card(refused, look(talk, case_id).facts, case_id)]
    if not case.may_see(look(talk, case_id).case, talk.person):
        return "", ASIDE, assignments.home(talk)
    return case_id, MAIN, case.show(talk, case_id)


def _keep_out(talk: Talk, case_id: str) -> Card | None:
    """Somebody else's case: not shown, not touched, and the attempt stands on the case's trail."""
    view = look(talk, case_id)
    if case.may_see(view.case, talk.person):
        return None
    refused = do(talk, case_id, AcknowledgeAssignment())
    assert refused is not None
    return refusal_card(refused, view.facts, "")


def _tapped(talk: Talk, data: str) -> Reply:
    verb, *given = data.split(SEPARATOR)
    if verb not in VERBS:
        return "", ASIDE, [card(block("notices", "forged"), key="forged")]
    return run(talk, verb, *(given or [""]))


def _said(talk: Talk, text: str) -> Reply:
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in COMMAND_WORDS:
        return run(talk, COMMAND_WORDS[plain], "")
    place = _PLACE.match(plain)
    if place:
        return _placed(talk, float(place[1]), float(place[2]))
    with reading(talk.house.engine) as tx:
        waiting, seen = awaiting.asked(tx, talk.person.id), awaiting.looking_at(tx, talk.person.id)
    waiting = waiting or _form_of_card(talk, seen)
    offered = _offered(seen)
    if plain in offered and not (waiting and plain.isdecimal()):
        return _tapped(talk, offered[plain].data)
    if waiting:
        return _filled(talk, waiting, text.strip())
    return "", ASIDE, help.not_understood(talk, plain, tuple(offered.items()))


def _filled(talk: Talk, waiting: awaiting.Awaiting, text: str) -> Reply:
    """The awaited word. What is too long or does not fit is asked again; nothing given before is lost."""
    if len(text) > TEXT_LIMIT:
        lines = block("notices", "too-long", length=len(text), limit=TEXT_LIMIT)
        return waiting.case, ASIDE, [card(lines, key="too-long", tone="refusal")]
    with writing(talk.house.engine) as tx:
        awaiting.forget(tx, talk.person.id)
    case_id, kind, cards = run(
        talk, waiting.verb, waiting.case, *waiting.filled, text.replace(SEPARATOR, "／")
    )
    if cards[0].tone == "refusal":
        with writing(talk.house.engine) as tx:
            awaiting.ask(tx, talk.person.id, waiting, talk.now)
    return case_id, kind, cards


def _form_of_card(talk: Talk, seen: awaiting.Focus) -> awaiting.Awaiting | None:
    """What the case's own card asks in words: derived from the case, so there is no row for it."""
    if seen.card != MAIN:
        return None
    form = case.form_of(talk, seen.case)
    if not form:
        return None
    verb, case_id, *filled = form.split(SEPARATOR)
    return awaiting.Awaiting(case_id, verb, tuple(filled))


def _offered(seen: awaiting.Focus) -> dict[str, Button]:
    """Every word that means a button of the card this person has before them; "1" to "6" count them."""
    found: dict[str, Button] = {}
    for number, (label, data) in enumerate(seen.buttons, start=1):
        for word in (*words_of(label), str(number)):
            found.setdefault(word, Button(label, data))
    return found


def _placed(talk: Talk, latitude: float, longitude: float) -> Reply:
    case_id = _focus(talk)
    if not case_id or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return "", ASIDE, [card(block("notices", "place-unused"), key="unused")]
    stranger = _keep_out(talk, case_id)
    return ("", ASIDE, [stranger]) if stranger else act(talk, case_id, CheckIn(latitude, longitude))


def _filed(talk: Talk, digest: str, name: str, mime: str, size: int) -> Reply:
    """A photo or file goes to the question being asked; the card says to which, and one tap moves it."""
    case_id = _focus(talk)
    stranger = _keep_out(talk, case_id) if case_id else None
    if not case_id or stranger:
        return "", ASIDE, [stranger or card(block("notices", "photo-unused"), key="unused")]
    view = look(talk, case_id)
    command = _attachment(talk, view, digest, name, mime)
    refused = do(talk, case_id, command)
    if refused:
        return case_id, ASIDE, [refusal_card(refused, view.facts, case_id)]
    found = find_question(view.case, command.question, view.facts)
    lines = block("notices", "file-kept", label=found[1].label if found else "", name=name)
    said = card(lines, onsite.move_button(case_id, digest), key=f"file:{case_id}", tone="notice")
    with reading(talk.house.engine) as tx:
        waiting = awaiting.asked(tx, talk.person.id)
    # A photo sent while words are awaited does not end the question.
    return (case_id, ASIDE, [said]) if waiting else (case_id, MAIN, [said, *case.show(talk, case_id)])


def _attachment(talk: Talk, view: View, digest: str, name: str, mime: str) -> AttachEvidence:
    with reading(talk.house.engine) as tx:
        waiting = awaiting.asked(tx, talk.person.id)
    if waiting and waiting.verb in ("corrected", "recheck", "describe") and waiting.filled:
        return AttachEvidence(waiting.filled[0], digest, name, mime)
    own = view.case.arrivals.get(talk.person.id)
    place = (own.latitude, own.longitude) if own and step(view.case) == 2 else None
    return onsite.attach(view, digest, name, mime, place)


def _focus(talk: Talk) -> str:
    """The case being looked at."""
    with reading(talk.house.engine) as tx:
        return awaiting.looking_at(tx, talk.person.id).case
