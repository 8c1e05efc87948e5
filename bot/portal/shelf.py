"""The draws of a house as the public may have them: each ceremony from its commitment on, also one that was given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from bot.house import House
from bot.portal.published import STAGES, Beside, Draw, Ended, Shelf, Signer
from storage import ad_hoc, people, public_draws, transcripts
from storage.database import reading
from storage.people import Person
from storage.public_draws import Shown
from workflows.ad_hoc import KINDS
from workflows.draw.ceremony import events as e
from workflows.inspection.facts import local_day

# An opened draw is recomputed for its transcript: once, and not for everybody who asks.
MOST_KEPT = 16
REACHED = dict(
    zip(
        (e.Committed, e.NoncesClosed, e.BeaconFixed, e.Held, e.Released, e.Opened, e.Closed),
        STAGES,
        strict=True,
    )
)


def shelf(house: House) -> Shelf:
    def draws() -> tuple[Draw, ...]:
        with reading(house.engine) as tx:
            every = public_draws.everywhere(tx)
            who = {person for one in every for person in one.ceremony.signatures}
            known = {person: found for person in who if (found := people.get(tx, person))}
        return tuple(_draw(one, known) for one in every)

    def announced(draw: Draw) -> str:
        with reading(house.engine) as tx:
            return transcripts.announced(tx, draw.plan)

    @lru_cache(MOST_KEPT)
    def text(draw: Draw) -> str:
        with reading(house.engine) as tx:
            return transcripts.written(tx, draw.plan)

    def beside() -> tuple[Beside, ...]:
        with reading(house.engine) as tx:
            return _beside(ad_hoc.opened(tx))

    return Shelf(draws, announced, text, beside)


def _draw(shown: Shown, known: Mapping[str, Person]) -> Draw:
    happened, ended = dict[str, datetime](), None
    for one in shown.told:
        if type(one.event) in REACHED:
            happened.setdefault(REACHED[type(one.event)], one.at)
        if isinstance(one.event, e.Abandoned):
            ended = Ended(one.event.reason, one.event.successor, one.at)
    released = len(shown.ceremony.released), len(shown.ceremony.plan.tasks)
    mark, signed = f"{shown.told[-1].seq}", tuple(_signers(shown, known))
    return Draw(shown.id, shown.name, tuple(happened.items()), released, ended, mark, signed)


def _signers(shown: Shown, known: Mapping[str, Person]) -> Iterator[Signer]:
    """Who drew, then the witnesses by their numbers. No name: the transcript carries none either."""
    numbers = {person: number for number, person in shown.ceremony.frozen.witnesses}
    for person in sorted(shown.ceremony.signatures, key=lambda one: numbers.get(one, "")):
        yield Signer(numbers.get(person, ""), known[person].department if person in known else "")


def _beside(opened: tuple[ad_hoc.Kept, ...]) -> tuple[Beside, ...]:
    """The newest year first. A year together: one task alone might tell somebody that they are to be visited."""
    years: dict[int, Counter[str]] = {}
    for one in opened:
        assert one.opened_at
        years.setdefault(local_day(one.opened_at).year, Counter())[one.task.kind] += len(one.task.targets)
    return tuple(
        Beside(year, tuple((name, kinds[kind]) for kind, name in KINDS.items() if kinds[kind]))
        for year, kinds in sorted(years.items(), reverse=True)
    )
