"""抽取仪式: each step of a ceremony, tapped by whoever it is for. A stale tap changes nothing and shows the card as it is."""

from __future__ import annotations

from collections.abc import Callable

from bot import files
from bot.card import Card, File
from bot.dialogs.ceremony_cards import Seat, ceremony_card, key_of, may_watch, refusal_lines, seat_of
from bot.render import SEPARATOR, block, button, card, line, text
from bot.talk import Handler, Talk, refusal_card
from storage import ceremonies, ceremony_runs, handed, people, transcripts
from storage import ceremony_steps as steps
from storage.ceremonies import INPUTS, Kept
from storage.ceremony_drawing import is_small
from storage.ceremony_steps import Answer, Hand
from storage.database import reading, writing
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.state import STAGES
from workflows.draw.impossible import DrawImpossible
from workflows.inspection.command import Command
from workflows.inspection.refusals import refuse

JSON, PLAIN = "application/json", "text/plain"
MOST_DIGITS = 40  # what a button can carry back to be confirmed
DICE = 24
MOST_CARDS = 3
# A terminal may have nobody beside it who computes.
ALONE = ("terminal",)
REASONS = ("list", "witness", "source", "people")


def ceremony(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
    kept = find(talk, mark)
    return kept if isinstance(kept, list) else shown(talk, kept)


def is_beside(talk: Talk) -> bool:
    """Whether a freeze is so large that it is left to whoever computes beside the conversation."""
    with reading(talk.house.engine) as tx:
        return talk.turn.channel not in ALONE and steps.is_large(tx)


def find(talk: Talk, mark: str) -> Kept | list[Card]:
    """The ceremony for somebody who may watch it; a refusal for anybody else."""
    with reading(talk.house.engine) as tx:
        kept = ceremonies.marked(tx, mark)
    if may_watch(kept, talk.person):
        return kept
    return [refusal_card(refuse("by-machine", "not-organiser"), None, "")]


def waiting_for(talk: Talk) -> list[Card]:
    """The draws under way that a witness or keeper is part of, or whose beacon this person may type."""
    with reading(talk.house.engine) as tx:
        return [ceremony_card(tx, one, talk.person, talk.now) for one, _ in under_way_for(talk)]


def under_way_for(talk: Talk) -> list[tuple[Kept, Seat]]:
    """The same, with what this person is in each."""
    with reading(talk.house.engine) as tx:
        every = ceremonies.everywhere(tx, *STAGES[:-2])
    mine = [one for one in every if _part_of(one, talk)][:MOST_CARDS]
    return [(one, seat_of(one, talk.person)) for one in mine]


def _part_of(kept: Kept, talk: Talk) -> bool:
    seat = seat_of(kept, talk.person)
    return bool(seat.witness or seat.keeper) or (seat.enters and kept.ceremony.stage == "NONCES")


def shown(talk: Talk, kept: Kept) -> list[Card]:
    with reading(talk.house.engine) as tx:
        return [ceremony_card(tx, ceremonies.load(tx, kept.id), talk.person, talk.now)]


def settled(talk: Talk, kept: Kept, done: Answer) -> list[Card]:
    """The card as it now stands; before it, what the rules said no to."""
    if isinstance(done, DrawImpossible):
        back = button("ceremony", "", ceremonies.mark_of(kept.id))
        lines = text("drawing/impossible", why=done)
        return [card(lines, back, key=f"refusal:{key_of(kept.id)}", tone="refusal")]
    refused = done.refused
    if refused is None or refused.reason == "stage":
        return shown(talk, kept)
    profile = kept.closet.plan.profile
    with reading(talk.house.engine) as tx:
        named = {one.id: one.name for one in people.everybody(tx)}
    lines = refusal_lines(refused, talk.house.lawbook, profile, named)
    back = button("ceremony", "", ceremonies.mark_of(kept.id))
    return [card(lines, back, key=f"refusal:{key_of(kept.id)}", tone="refusal")]


def hand_of(talk: Talk) -> Hand:
    return Hand(talk.actor, talk.now, talk.house.draw_seed)


def told(talk: Talk, kept: Kept, command: Command) -> list[Card]:
    house = talk.house
    done = ceremonies.execute(house.engine, house.lawbook, kept.id, command, talk.actor, talk.now)
    return settled(talk, kept, done)


def _simply(command: type[Command]) -> Handler:
    def handler(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
        kept = find(talk, mark)
        return kept if isinstance(kept, list) else told(talk, kept, command())

    return handler


def _stepping(step: Callable[..., Answer]) -> Handler:
    """Only the organiser's hand reaches the secrets; the ceremony itself says so to anybody else."""

    def handler(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
        kept = find(talk, mark)
        if isinstance(kept, list):
            return kept
        house = talk.house
        return settled(talk, kept, step(house.engine, house.lawbook, kept.id, hand_of(talk)))

    return handler


def hold(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
    """A small draw at once; a large one beside the conversation, and the card says how far it is."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    house = talk.house
    ready = kept.ceremony.stage == "BEACON" and "organiser" in talk.person.roles and not kept.closet.lost
    if ready and not is_small(kept) and talk.turn.channel not in ALONE:
        with writing(house.engine) as tx:
            ceremony_runs.begin(tx, kept.id, talk.actor)
        return shown(talk, kept)
    return settled(talk, kept, steps.draw(house.engine, house.lawbook, kept.id, hand_of(talk)))


def contribute(talk: Talk, case: str = "", mark: str = "", digits: str = "", sure: str = "") -> list[Card]:
    """Asks for rolled digits, shows them to be confirmed, and gives them once and for all."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    witness = seat_of(kept, talk.person).witness
    plain = "".join(digits.split())
    fits = plain.isascii() and plain.isdecimal() and 20 <= len(plain) <= MOST_DIGITS
    awaited = kept.ceremony.stage == "COMMITTED" and witness not in kept.ceremony.given
    if not witness or not (awaited or (sure and fits)):
        return shown(talk, kept)
    if not fits:
        return asking(kept, "contribute", "digits", given=plain, most=MOST_DIGITS)
    if not sure:
        return _confirm(kept, plain, rolled=False)
    return told(talk, kept, c.Contribute(witness, plain))


def dice(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
    """Digits from the house's own randomness, for who has no dice: shown before they are given."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    if not seat_of(kept, talk.person).witness or kept.ceremony.stage != "COMMITTED":
        return shown(talk, kept)
    rolled = f"{int(talk.house.draw_seed(), 16):078d}"[-DICE:]
    return _confirm(kept, rolled, rolled=True)


def _confirm(kept: Kept, digits: str, *, rolled: bool) -> list[Card]:
    mark = ceremonies.mark_of(kept.id)
    lines = block("ceremony/asking", "confirm-digits", kept=kept, digits=digits, rolled=rolled)
    again = button("dice" if rolled else "contribute.again", "", mark)
    sure = button("contribute.sure", "", mark, digits, "y")
    return [card(lines, sure, again, button("ceremony", "", mark), key=key_of(kept.id))]


def asking(kept: Kept, verb: str, what: str, *filled: str, **context: object) -> list[Card]:
    mark = ceremonies.mark_of(kept.id)
    lines = block("ceremony/asking", what, kept=kept, **context)
    form = SEPARATOR.join((verb, "", mark, *filled))
    return [card(lines, button("ceremony", "", mark), key=key_of(kept.id), asks="text", form=form)]


def sign(talk: Talk, case: str = "", mark: str = "", record: str = "") -> list[Card]:
    """Signs what the card showed: the button carries the first digits of it."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    held = kept.ceremony.held
    if held is None:
        return shown(talk, kept)
    same = len(record) == 20 and held.record.startswith(record)
    return told(talk, kept, c.Sign(held.record if same else record))


def abandon(talk: Talk, case: str = "", mark: str = "", why: str = "") -> list[Card]:
    """A new draw is a new number with a reason, and both stay public."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    if why not in REASONS:
        ways = [button(f"abandon-draw.{reason}", "", mark, reason) for reason in REASONS]
        lines = block("ceremony/asking", "abandon", kept=kept)
        return [card(lines, *ways, button("ceremony", "", mark), key=key_of(kept.id))]
    reason = line("ceremony/asking", f"reason-{why}")
    return told(talk, kept, c.Abandon(reason, ceremonies.successor_of(kept)))


def transcript(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
    """The transcript as it may be told now, with the files a full replay needs."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    if kept.ceremony.held is None:
        return shown(talk, kept)
    with reading(talk.house.engine) as tx:
        said, lists = transcripts.of_kept(tx, kept), transcripts.files(tx, kept)
    made = [file_of(talk, kept, "", said, JSON)]
    # What the teams were drawn from names certificates and recusals: it goes to who holds the draw.
    names = [name for name in lists if name != INPUTS or seat_of(kept, talk.person).organiser]
    made += [file_of(talk, kept, name, lists[name], PLAIN) for name in names]
    lines = text("ceremony/transcript", kept=kept, c=kept.ceremony, names=names)
    return [card(lines, button("ceremony", "", mark), key=f"file:{key_of(kept.id)}", files=tuple(made))]


def file_of(talk: Talk, kept: Kept, name: str, said: str, mime: str) -> File:
    words = line("ceremony/asking", f"file-{name}" if name else "file", kept=kept)
    suffix = ".json" if mime == JSON else ".txt"
    until = talk.now + files.LIFE
    return files.make(talk.house, said.encode(), handed.tidy(f"{words}{suffix}"), mime, until)


VERBS: dict[str, Handler] = {
    "ceremony": ceremony,
    "commit": _stepping(steps.commit),
    "contribute": contribute,
    "dice": dice,
    "close-nonces": _simply(c.CloseNonces),
    "hold-draw": hold,
    "sign-draw": sign,
    "release-draw": _stepping(steps.release),
    "open-draw": _stepping(steps.open_secrets),
    "close-draw": _simply(c.Close),
    "abandon-draw": abandon,
    "transcript": transcript,
}
