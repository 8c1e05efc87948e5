"""名录证明: a target's own line of a draw's list with its proof, as a file for whoever hands it to that target."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import Connection

from bot import files
from bot.card import Card, File
from bot.dialogs.ceremony import find, shown
from bot.dialogs.ceremony_cards import key_of, seat_of
from bot.dialogs.risk import MOST_NAMED, search
from bot.dialogs.risk import mark as mark_of
from bot.render import SEPARATOR, block, button, card, line, short
from bot.talk import Answer, Handler, Talk, beside, look
from storage import ceremonies, directories, transcripts
from storage.ceremonies import Kept
from storage.database import reading
from workflows.draw.own_line import OwnLine, written
from workflows.errors import NotFound
from workflows.inspection.case import Case

PLAIN = "text/plain"


def of_target(talk: Talk, case: str = "", mark: str = "", said: str = "") -> list[Card]:
    """For a target the organiser names; asks for the name, and which one where several have it."""
    kept = find(talk, mark)
    if not isinstance(kept, Kept):
        return kept
    if not seat_of(kept, talk.person).organiser or kept.ceremony.committed is None:
        return shown(talk, kept)
    with reading(talk.house.engine) as tx:
        own = transcripts.own_line(tx, kept, said) if said else None
        targets = directories.all_targets(tx)
        found = search(targets, said) if said and own is None else []
        if len(found) == 1:
            own = transcripts.own_line(tx, kept, found[0].id)
    if own:
        name = next((one.name for one in targets if own.line.startswith(f"{one.id}|")), "")
        return [_handed(talk, kept, own, name)]
    back = button("ceremony", "", mark)
    if 1 < len(found) <= MOST_NAMED:
        ways = [button("own-line", "", mark, mark_of(one), label=short(one.name)) for one in found]
        return [card(block("ceremony/own-line", "which", count=len(found)), *ways, back, key=key_of(kept.id))]
    form = SEPARATOR.join(("own-line", "", mark))
    lines = block("ceremony/own-line", "ask", kept=kept, said=said, count=len(found))
    return [card(lines, back, key=key_of(kept.id), asks="text", form=form)]


def _handed(talk: Talk, kept: Kept, own: OwnLine, name: str) -> Card:
    file = _file(talk, kept, own, name)
    lines = block("ceremony/own-line", "handed", kept=kept, own=own, name=name)
    back = button("ceremony", "", ceremonies.mark_of(kept.id))
    again = button("own-line.next", "", ceremonies.mark_of(kept.id))
    return card(lines, again, back, key=f"file:{key_of(kept.id)}", files=(file,))


def of_case(talk: Talk, case: str) -> Answer:
    """For the target of an inspection, to be given by its team."""
    view = look(talk, case)
    with reading(talk.house.engine) as tx:
        kept = public_draw(tx, view.case)
        own = transcripts.own_line(tx, kept, view.case.opened.target.id) if kept else None
    back = button("notice-text", case), button("case", case)
    if kept is None or own is None:
        return beside(view, block("ceremony/own-line", "none"), *back)
    file = _file(talk, kept, own, view.case.opened.target.name)
    lines = block("ceremony/own-line", "for-case", kept=kept, own=own, at=talk.house.origin.rstrip("/"))
    return beside(view, lines, *back, key=f"own-line:{case}", files=(file,))


def public_draw(tx: Connection, case: Case) -> Kept | None:
    """The draw the case comes from; None for a task beside the plan, and for a draw of before there were ceremonies."""
    if not case.opened.random:
        return None
    try:
        kept = ceremonies.load(tx, case.opened.draw)
    except NotFound:
        return None
    return kept if kept.ceremony.released else None


def where_public(talk: Talk, case: Case) -> list[str]:
    """What the notice (告知书) tells the target of its draw; nothing where there is none to look at."""
    with reading(talk.house.engine) as tx:
        kept = public_draw(tx, case)
    at = talk.house.origin.rstrip("/")
    path = quote(kept.id, safe="/") if kept else ""
    return block("ceremony/own-line", "notice", kept=kept, at=at, path=path) if kept else []


def _file(talk: Talk, kept: Kept, own: OwnLine, name: str) -> File:
    said = line("ceremony/own-line", "file", kept=kept, name=name or own.line.split("|")[0])
    return files.make(talk.house, written(own).encode(), f"{said}.txt", PLAIN, talk.now + files.LIFE)


VERBS: dict[str, Handler] = {"own-line": of_target, "line-proof": of_case}
NO_CASE = ("own-line",)
