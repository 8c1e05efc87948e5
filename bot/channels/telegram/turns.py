"""From what somebody said in Telegram to turns of the house, and to this channel's own refusals."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from aiogram import Bot
from sqlalchemy import Connection

from bot.card import Card
from bot.channels.telegram import contact, marks
from bot.channels.telegram.incoming import COMMANDS, GROUP_COMMAND, Said
from bot.channels.telegram.marks import ANSWERED, CHANNEL, PLACE, Mark
from bot.channels.telegram.pictures import Unkept, keep_file, seen
from bot.deliver import view_of
from bot.house import House
from bot.render import block, card
from bot.turn import Turn
from storage import awaiting, casebook, people
from storage.database import reading
from workflows.inspection.presence import is_fresh


@dataclass(frozen=True)
class Looked:
    """How things stand before a turn: who it is, which updates are answered, what is being asked."""

    person: people.Person | None
    answered: tuple[str, ...]
    asked_place: bool
    asked_words: bool


def look(house: House, said: Said) -> Looked:
    with reading(house.engine) as tx:
        person = people.behind(tx, CHANNEL, said.account)
        known = marks.marks_of(tx, said.account)
        asked = awaiting.asked(tx, person.id) if person else None
        # A phone tells where it is every few seconds: only the first point that counts is a check-in.
        here = said.live and person is not None and _is_here(house, tx, person)
    answered = known.get(ANSWERED, Mark(ANSWERED)).words
    return Looked(person, answered, PLACE in known and not here, asked is not None)


def _is_here(house: House, tx: Connection, person: people.Person) -> bool:
    """Whether this person's check-in on the case before them is in force, whatever has been drawn of it."""
    case_id = awaiting.looking_at(tx, person.id).case
    case = casebook.load(tx, case_id) if case_id else None
    arrival = case.arrivals.get(person.id) if case else None
    return bool(case and arrival and is_fresh(arrival, view_of(house, tx, case, person).facts))


async def turns_of(bot: Bot, house: House, said: Said, update_id: str, looked: Looked) -> list[Turn | Card]:
    """The turns to take, and the cards with which this channel itself answers."""
    base = Turn(CHANNEL, said.account, update_id)
    if said.phone:
        # No turn: a turn is kept, and a number is not ours to keep.
        return [_sentence(await asyncio.to_thread(contact.answer, house, said, looked.person))]
    if looked.person is None:
        # Of a stranger nothing is fetched; their words are taken, for they may hold the code that binds.
        return [replace(base, text=said.text or COMMANDS["task"])]
    refused = _refused(said)
    if refused:
        return [_sentence(refused)]
    if said.file is None:
        return [replace(base, text=said.text, button=said.button, location=said.location)]
    try:
        kept = await keep_file(bot, house, said.file, looked.person.id)
    except Unkept as unkept:
        return [_sentence(unkept.lines)]
    await seen(house, said.account, (kept[0],))
    named = f"{said.album}/{update_id}" if said.album else update_id
    return [replace(base, update_id=named, file=kept), *_caption(said, base, looked)]


def _refused(said: Said) -> list[str]:
    if said.edited:
        return block("telegram", "edited")
    if said.command and said.group_word:
        return block("telegram", "group-only", command=GROUP_COMMAND)
    return block("telegram", "unknown-kind") if said.unknown else []


def _caption(said: Said, base: Turn, looked: Looked) -> list[Turn | Card]:
    """The words under a file, if the chat waits for words; else the person learns that they are not kept."""
    if not said.text:
        return []
    if looked.asked_words:
        return [replace(base, update_id=f"{base.update_id}.words", text=said.text)]
    return [_sentence(block("telegram", "caption"))]


def _sentence(lines: list[str]) -> Card:
    # "unused" is a key the house clears away once the case goes on.
    return card(lines, key="unused", tone="refusal")
