"""A contact a person shares: an aid to see that an account is in the right hands. It binds nothing, and nothing of it is kept.

Telegram vouches for a number only where the contact is the sender's own; a number alone opens nothing, for the
organiser's code does (docs/enrolment.md). So it is compared once with the directory and forgotten.
"""

from __future__ import annotations

import re

from bot.channels.telegram.incoming import Said
from bot.house import House
from bot.render import block
from storage.case_facts import directory
from storage.database import reading
from storage.people import Person


def answer(house: House, said: Said, person: Person | None) -> list[str]:
    """What the sender is told of the contact: whether its number is the one the directory has of them."""
    if said.foreign:
        return block("telegram", "other-contact")
    if person is None:
        return block("telegram", "phone-unbound")
    with reading(house.engine) as tx:
        entry = directory(tx, [person.id]).get(person.id)
    if entry is None or not plain_number(entry.phone):
        return block("telegram", "phone-unlisted", person=person)
    same = plain_number(entry.phone) == plain_number(said.phone)
    return block("telegram", "phone-same" if same else "phone-differs", person=person)


def plain_number(written: str) -> str:
    """The digits of a number, without China's own prefix: "+86 139-0000-0000" is "13900000000"."""
    digits = re.sub(r"\D", "", written)
    return re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
