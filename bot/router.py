"""From a turn to a reply: the one way a tap, a word, a photo or a place travels."""

from __future__ import annotations

from bot.card import BUTTON_BYTES
from bot.dialogs import onsite
from bot.dialogs.answers import kept_card
from bot.dialogs.case import case_card
from bot.dialogs.ceremony_draft import APPROVAL
from bot.render import block, button, card
from bot.reply import ASIDE, FORM, MAIN, Reply
from bot.talk import Talk, View, do, look, refusal_card
from bot.verbs import act, keep_out, run
from bot.words import place_in, said, tapped, where
from storage import albums
from storage.awaiting import Awaiting
from storage.database import reading
from workflows.errors import BadInput, NotFound
from workflows.inspection.arrival import is_place
from workflows.inspection.case import step
from workflows.inspection.commands import AttachEvidence, CheckIn

# Questions about one finding: a photo sent while they wait for words belongs to that finding.
_OF_A_FINDING = ("corrected", "recheck", "describe")


def answer(talk: Talk) -> Reply:
    """What this turn leads to: its commands executed, its cards still to be shown."""
    try:
        return _dispatch(talk)
    except NotFound as error:
        lines = block("notices", "not-found", sentence=str(error))
        return Reply("", ASIDE, [card(lines, button("home"), key="not-found")])
    except BadInput as error:
        lines = block("notices", "not-done", sentence=str(error))
        return Reply("", ASIDE, [card(lines, button("home"), key="not-done", tone="refusal")])


def _dispatch(talk: Talk) -> Reply:
    turn = talk.turn
    if turn.button:
        # No button of ours is longer; what is longer is not worth reading.
        return tapped(talk, turn.button) if len(turn.button.encode()) <= BUTTON_BYTES else run(talk, "", "")
    if turn.location:
        return _placed(talk, *turn.location)
    if turn.file:
        digest, name, mime, _ = turn.file
        return _filed(talk, digest, name, mime)
    typed = place_in(turn.text, asked=where(talk)[0] is not None)
    return _placed(talk, *typed) if typed else said(talk, turn.text)


def _placed(talk: Talk, latitude: float, longitude: float) -> Reply:
    """A place is a check-in on the case being looked at."""
    case_id = where(talk)[1].case
    if not case_id or not is_place(latitude, longitude):
        name = "place-unread" if case_id else "place-unused"
        return Reply("", ASIDE, [card(block("notices", name), button("home"), key="unused")])
    stranger = keep_out(talk, case_id)
    return Reply("", ASIDE, [stranger]) if stranger else act(talk, case_id, CheckIn(latitude, longitude))


def _filed(talk: Talk, digest: str, name: str, mime: str) -> Reply:
    """A photo or file goes to the question being asked; the card says to which, and one tap moves it."""
    waiting, seen = where(talk)
    if waiting and waiting.verb == APPROVAL:
        return run(talk, waiting.verb, "", *waiting.filled, digest)
    stranger = keep_out(talk, seen.case) if seen.case else None
    if not seen.case or stranger:
        unused = card(block("notices", "photo-unused"), button("home"), key="unused")
        return Reply("", ASIDE, [stranger or unused])
    command = _attachment(talk, look(talk, seen.case), waiting, (digest, name, mime))
    if not command.question and step(look(talk, seen.case).case) == 5:
        # Several findings are on their way, or none: whose correction it shows, only a person can say.
        which = card(block("notices", "photo-of-which"), button("handle", seen.case), key="unused")
        return Reply("", ASIDE, [which])
    refused = do(talk, seen.case, command)
    view = look(talk, seen.case)
    if refused:
        return Reply(seen.case, ASIDE, [refusal_card(refused, view.facts, seen.case)])
    kept = kept_card(view, digest, command.question)
    # A photo sent while a question beside the case waits for words does not end the question.
    return (
        Reply(seen.case, ASIDE, [kept])
        if seen.card == FORM
        else Reply(seen.case, MAIN, [kept, case_card(view)])
    )


def _attachment(
    talk: Talk, view: View, waiting: Awaiting | None, file: tuple[str, str, str]
) -> AttachEvidence:
    if waiting and waiting.verb in _OF_A_FINDING and waiting.filled:
        return AttachEvidence(waiting.filled[0], *file)
    own = view.case.arrivals.get(view.me)
    place = (own.latitude, own.longitude) if own and step(view.case) == 2 else (None, None)
    first = _first_of_album(talk, view)
    question = view.case.evidence[first].question if first else onsite.question_for_a_file(view)
    return AttachEvidence(question, *file, *place)


def _first_of_album(talk: Talk, view: View) -> str:
    """What was sent together stays together: the first photo may have answered the question they all were for."""
    if not talk.turn.album:
        return ""
    with reading(talk.house.engine) as tx:
        cause = f"{talk.turn.channel}:{talk.turn.account}:{talk.turn.album}"
        first = albums.first_of(tx, view.case.id, cause)
    return first if first in view.case.evidence else ""
