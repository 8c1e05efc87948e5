"""份额: each keeper fetches their own share, and gives it in their own chat when the draw is opened from shares."""

from __future__ import annotations

from dataclasses import replace

from bot.card import Card
from bot.dialogs.ceremony import PLAIN, asking, file_of, find, settled, shown
from bot.dialogs.ceremony_cards import can_fetch, key_of, seat_of
from bot.render import block, button, card, line, text
from bot.talk import Handler, Talk
from bot.turn import Turn
from storage import ceremony_shares, closets
from storage.ceremony_shares import Opening
from workflows.draw import shares
from workflows.errors import BadInput


def share(talk: Talk, case: str = "", mark: str = "") -> list[Card]:
    """A keeper's own share of both secrets, and nobody else's."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    keeper = seat_of(kept, talk.person).keeper
    if not keeper or not can_fetch(kept):
        return shown(talk, kept)
    both = closets.keeper_shares(kept.closet.secrets)[keeper - 1]
    check = shares.check_digits(kept.id, both)
    said = "\n".join(text("ceremony/share", kept=kept, keeper=keeper, both=both, check=check)) + "\n"
    file = file_of(talk, kept, f"share-{keeper}", said, PLAIN)
    lines = block("ceremony/asking", "share", kept=kept, keeper=keeper)
    return [card(lines, button("ceremony", "", mark), key=f"file:{key_of(kept.id)}:{keeper}", files=(file,))]


def give(talk: Talk, case: str = "", mark: str = "", said: str = "") -> list[Card]:
    """Takes the keeper's own share, whole and without a slip; with the second that fits it is opened."""
    kept = find(talk, mark)
    if isinstance(kept, list):
        return kept
    keeper = seat_of(kept, talk.person).keeper
    if not keeper or not ceremony_shares.is_due(kept):
        return shown(talk, kept)
    if not said:
        return asking(kept, "give-share", "give-share", keeper=keeper, wrong="")
    try:
        given = shares.read(said, kept.id)
    except BadInput as error:
        return asking(kept, "give-share", "give-share", keeper=keeper, wrong=str(error))
    if given.keeper != keeper:
        other = line("ceremony/asking", "not-your-share", given=given.keeper, keeper=keeper)
        return asking(kept, "give-share", "give-share", keeper=keeper, wrong=other)
    house = talk.house
    done = ceremony_shares.give(house.engine, house.lawbook, kept.id, given, talk.actor, talk.now)
    after = settled(talk, kept, done.outcome)
    return [_note(mark, done), *after] if done.wrong or done.restored else after


def _note(mark: str, done: Opening) -> Card:
    lines = block("ceremony/asking", "shares-fit", done=done)
    return card(lines, button("ceremony", "", mark), key=f"shares:{mark}", tone="notice")


def hushed(turn: Turn) -> Turn:
    """The turn as it is shown and recorded: in the place of a share, that one was given."""
    if not shares.PART.search(turn.text):
        return turn
    return replace(turn, text=line("ceremony/asking", "unkept"))


VERBS: dict[str, Handler] = {"draw-share": share, "give-share": give}
