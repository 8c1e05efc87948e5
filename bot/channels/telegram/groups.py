"""A team's group: a member ties it to a case, and from then on one message there shows how the case stands.

What is drawn is compared with the case itself, not with a list of changes: nothing missed while we were away is missing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramServerError
from sqlalchemy import Connection

from bot.card import Card
from bot.channels.port import Gone, Later
from bot.channels.telegram import marks
from bot.channels.telegram.incoming import GROUP_COMMAND, GROUP_WORD, Said
from bot.channels.telegram.marks import CHANNEL, MOVED, TIED, Mark
from bot.channels.telegram.showing import IN_PLACE, Chat, drop, show
from bot.deliver import view_of
from bot.dialogs.team import group_card
from bot.house import House
from bot.render import line
from storage import awaiting, casebook, people, projection, standing, trail
from storage.database import lock, reading, writing
from storage.documents import decode, encode
from workflows.inspection.case import Case
from workflows.inspection.facts import local_day

# Groups may be written to some twenty times a minute; a change that comes meanwhile is in the next drawing.
ROUND_SECONDS = 3.0
REFUSED_SECONDS = 300.0
AWAY_SECONDS = 30.0
NO_MORE = ("取消", "解除")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tie:
    """`by` is who tied it; `drawn` names the state of the case that the group's message shows, "" for none yet."""

    group: str
    case: str
    by: str
    drawn: str = ""


@dataclass
class Groups:
    """`not_before`: when a group may be written to again, by the loop's clock; what is lost with it is asked anew.

    `one` at a time draws: two that find nothing drawn yet would both send a message.
    """

    bot: Bot
    house: House
    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    not_before: dict[str, float] = field(default_factory=dict)

    async def redraw(self) -> None:
        """One round: every group whose message does not show the case as it stands."""
        async with self.one:
            await self._redraw()

    async def _redraw(self) -> None:
        clock = asyncio.get_running_loop().time
        for tie, card, stamp in await asyncio.to_thread(_due, self.house):
            if self.not_before.get(tie.group, 0) <= clock():
                wait = await self._draw(tie, card, stamp)
                self.not_before[tie.group] = clock() + wait

    async def _draw(self, tie: Tie, card: Card, stamp: str) -> float:
        """Seconds to leave the group alone."""
        try:
            await show(Chat(self.bot, self.house, tie.group), [card], IN_PLACE)
        except Later as later:
            return later.seconds
        except (TelegramNetworkError, TelegramServerError):
            return AWAY_SECONDS
        except Gone:
            log.info("group left", extra={"channel": CHANNEL, "case": tie.case})
            await asyncio.to_thread(_write, self.house, marks.forget, tie.group, TIED)
            return 0
        except TelegramBadRequest as refused:
            log.warning("group not drawn", extra={"case": tie.case, "why": refused.message})
            return REFUSED_SECONDS
        await asyncio.to_thread(_write, self.house, _drawn, tie, stamp, self.house.clock())
        return 0

    async def said(self, said: Said, cause: str) -> str:
        """Ties or unties as a member asks; the sentence for the group, "" where the card itself will say it."""
        answer = await asyncio.to_thread(_tie, self.house, said, cause)
        chat = Chat(self.bot, self.house, said.chat)
        async with self.one:
            for mark in await asyncio.to_thread(_left_over, self.house, said.chat):
                await drop(chat, mark)
            await self._redraw()
        return answer


def _write(house: House, what: object, *given: object) -> None:
    with writing(house.engine) as tx:
        what(tx, *given)  # type: ignore[operator]


def ties(tx: Connection) -> tuple[Tie, ...]:
    found = ((group, decode(body, Mark)) for group, body in standing.holders(tx, CHANNEL, TIED))
    return tuple(Tie(group, *mark.words) for group, mark in found)


def tied(tx: Connection, group: str) -> Tie | None:
    return next((tie for tie in ties(tx) if tie.group == group), None)


def _put(tx: Connection, tie: Tie, now: datetime) -> None:
    marks.put(tx, tie.group, Mark(TIED, words=(tie.case, tie.by, tie.drawn)), now)


def _due(house: House) -> list[tuple[Tie, Card, str]]:
    """A change of the case redraws its card, and so does a new day, for the card counts the days left."""
    found, today = [], local_day(house.clock())
    with reading(house.engine) as tx:
        for tie in ties(tx):
            case = casebook.load(tx, tie.case)
            stamp = f"{case.seq}" if case.closed_at else f"{case.seq} {today}"
            card = _card(house, tx, case) if stamp != tie.drawn else None
            if card:
                found.append((tie, card, stamp))
    return found


def _card(house: House, tx: Connection, case: Case) -> Card | None:
    """As any of the team sees it: the card says nothing that depends on who reads it."""
    known = (people.get(tx, person) for person in case.members)
    reader = next((person for person in known if person), None)
    return group_card(view_of(house, tx, case, reader)) if reader else None


def _drawn(tx: Connection, tie: Tie, stamp: str, now: datetime) -> None:
    """Only of what is still tied: a member may have asked for something else while it was being drawn."""
    moved = marks.marks_of(tx, tie.group).get(MOVED)
    stands = tied(tx, moved.words[0] if moved else tie.group)
    if stands and stands.case == tie.case:
        _put(tx, Tie(stands.group, stands.case, stands.by, stamp), now)


def _left_over(house: House, group: str) -> list[Mark]:
    """Messages of cases this group does not show any more."""
    with reading(house.engine) as tx:
        stands, known = tied(tx, group), marks.marks_of(tx, group)
    keep = f"group:{stands.case}" if stands else ""
    return [mark for key, mark in known.items() if key.startswith("group:") and key != keep]


def _tie(house: House, said: Said, cause: str) -> str:
    wish = said.text.removeprefix(GROUP_WORD).strip()
    with writing(house.engine) as tx:
        person = people.behind(tx, CHANNEL, said.account)
        if person is None:
            return line("telegram", "stranger")
        stands = tied(tx, said.chat)
        if stands and not _may_change(tx, stands, person.id):
            return line("telegram", "group-taken", command=GROUP_COMMAND)
        if wish in NO_MORE:
            return _untie(tx, house, said, stands, cause)
        chosen = _chosen(tx, person.id, wish)
        if isinstance(chosen, str):
            return chosen
        if not stands or stands.case != chosen.id:
            _put(tx, Tie(said.chat, chosen.id, person.id), house.clock())
            _note(tx, house, said, person.id, "GroupTied", chosen.id, cause)
    return ""


def _may_change(tx: Connection, stands: Tie, person: str) -> bool:
    case = casebook.load(tx, stands.case)
    return person in case.members or case.closed_at is not None


def _untie(tx: Connection, house: House, said: Said, stands: Tie | None, cause: str) -> str:
    if stands is None:
        return line("telegram", "group-unused")
    person = people.behind(tx, CHANNEL, said.account)
    assert person is not None
    marks.forget(tx, said.chat, TIED)
    _note(tx, house, said, person.id, "GroupUntied", stands.case, cause)
    return line("telegram", "group-untied")


def _chosen(tx: Connection, person: str, wish: str) -> Case | str:
    """The one meant: named, the only one, or the one before this person; else the sentence that asks."""
    own = [c for c in projection.cases_of(tx, person) if not c.closed_at and wish in c.opened.target.name]
    before = [c for c in own if c.id == awaiting.looking_at(tx, person).case]
    if not own:
        return line("telegram", "group-none", wish=wish)
    meant = own if len(own) == 1 else before
    return meant[0] if meant else line("telegram", "group-which", count=len(own), command=GROUP_COMMAND)


def _note(tx: Connection, house: House, said: Said, person: str, kind: str, case: str, cause: str) -> None:
    """Who let a group see a case stands on that person's trail."""
    lock(tx, f"person:{person}")
    data = encode({"channel": CHANNEL, "group": said.chat, "case": case})
    entry = trail.Entry(kind, data, person, f"{CHANNEL}:{said.account}", f"{CHANNEL}:{cause}", house.clock())
    trail.append(tx, f"person:{person}", [entry])
