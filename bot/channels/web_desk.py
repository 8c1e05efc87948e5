"""The web chat's desk: links, turns, the screen and the evidence, over the house."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection

from bot import files
from bot.accounts import role_line, web_account
from bot.body import Body
from bot.card import File
from bot.channels.web import Kept, Message, Seat
from bot.channels.web.uploads import check_file
from bot.house import House
from bot.knock import told
from bot.turn import Turn
from storage import enrolment, evidence, people, screen
from storage.database import reading
from storage.documents import decode
from storage.enrolment import Knock
from workflows.errors import BadInput

CHANNEL = "web"


@dataclass(frozen=True)
class HouseDesk:
    """`bot.channels.web.desk.Desk` over a house."""

    house: House

    def resolve(self, token: str) -> Seat | None:
        account = web_account(token)
        with reading(self.house.engine) as tx:
            person = people.behind(tx, CHANNEL, account)
        return Seat(account, person.name, role_line(person)) if person else None

    def bind(self, said: str, token: str, address: str) -> Seat:
        account = web_account(token)
        knock = Knock(CHANNEL, _counted_for(address), said, "", binds=account)
        answer = enrolment.redeem(self.house.engine, knock, self.house.clock())
        if answer.person is None:
            title, *lines = told(answer)
            raise BadInput(f"{title}。{''.join(lines)}")
        return Seat(account, answer.person.name, role_line(answer.person))

    def receive(self, turn: Turn) -> None:
        # Every dialog there is: half of a start, and the first page is drawn without them (see `bot.cli.serving`).
        from bot.receive import receive  # noqa: PLC0415

        receive(self.house, turn)

    def feed(self, account: str, after: int) -> list[Message]:
        with reading(self.house.engine) as tx:
            shown = screen.since(tx, CHANNEL, account, after)
        return [_message(one) for one in shown]

    def keep(self, data: bytes, name: str, account: str) -> Kept:
        mime, name = check_file(data, name)
        with reading(self.house.engine) as tx:
            person = people.behind(tx, CHANNEL, account)
        by, now = (person.id if person else ""), self.house.clock()
        digest = evidence.keep(self.house.engine, self.house.evidence, data, name, mime, by, now)
        return Kept(digest, name, mime, len(data))

    def evidence(self, digest: str, account: str) -> tuple[bytes, str] | None:
        """To whoever sent it, to the team of a case it belongs to, and to those who oversee."""
        with reading(self.house.engine) as tx:
            person = people.behind(tx, CHANNEL, account)
            if person is None or not (_may_see(tx, person, digest) or _sent(tx, account, digest)):
                return None
            return evidence.read(tx, self.house.evidence, digest)

    def file(self, digest: str, account: str) -> tuple[bytes, str, str] | None:
        with reading(self.house.engine) as tx:
            known = people.behind(tx, CHANNEL, account)
            file = _carried(tx, account, digest) if known else None
        path = files.where(self.house, file) if file else None
        return (path.read_bytes(), file.name, file.mime) if file and path else None


def _counted_for(address: str) -> str:
    """Under what name an address's wrong tries are counted: where somebody was is not for the record."""
    return "at-" + hashlib.sha256(f"suijian address\n{address}".encode()).hexdigest()[:20]


def _may_see(tx: Connection, person: people.Person, digest: str) -> bool:
    if {"supervisor", "legal"} & set(person.roles):
        return True
    if evidence.keeper(tx, digest) == person.id:
        return True
    # Loads the case and its rules, which a start leaves to the dialogs.
    from storage import projection  # noqa: PLC0415

    return any(digest in case.evidence for case in projection.cases_of(tx, person.id))


def _sent(tx: Connection, account: str, digest: str) -> bool:
    """Two people may send the same bytes, which are kept once and name only the first of them."""
    return any(decode(one.body, Body).photo == digest for one in screen.since(tx, CHANNEL, account, 0))


def _carried(tx: Connection, account: str, digest: str) -> File | None:
    """The file on a card this account has on its screen: nobody else's, whatever their office."""
    cards = (decode(one.body, Body).card for one in screen.since(tx, CHANNEL, account, 0))
    return next((f for card in cards if card for f in card.files if f.digest == digest), None)


def _message(shown: screen.Shown) -> Message:
    body = decode(shown.body, Body)
    return Message(shown.id, shown.rev, shown.mine, shown.at, body.card, body.text, body.photo)
