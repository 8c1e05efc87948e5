"""A ceremony as one person may see it: what happened, what is next, whom it waits for, and what they can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.card import Button, Card
from bot.read_out import read_out
from bot.render import block, button, card, text
from storage import ceremonies, ceremony_runs, ceremony_shares, people
from storage.ceremonies import Kept
from storage.ceremony_runs import Run
from storage.lawbook import Lawbook
from storage.people import Person
from workflows.draw.ceremony.refusals import REASONS
from workflows.draw.ceremony.state import Ceremony, agreed, present, unsigned
from workflows.inspection.facts import local_day
from workflows.inspection.refusals import Refused


@dataclass(frozen=True)
class Seat:
    """What somebody is in a ceremony. `witness` is their id in it, "" for none; `keeper` 1 to 3, 0 for none."""

    organiser: bool
    witness: str
    keeper: int
    enters: bool
    unsigned: bool


def seat_of(kept: Kept, person: Person) -> Seat:
    ceremony = kept.ceremony
    witness = next((id for id, who in ceremony.frozen.witnesses if who == person.id), "")
    keepers = kept.closet.keepers
    organiser = "organiser" in person.roles
    return Seat(
        organiser,
        witness,
        keepers.index(person.id) + 1 if person.id in keepers else 0,
        bool(witness) or organiser or "supervisor" in person.roles,
        ceremony.held is not None and person.id in unsigned(ceremony),
    )


def may_watch(kept: Kept, person: Person) -> bool:
    seat = seat_of(kept, person)
    return seat.organiser or bool(seat.witness) or "supervisor" in person.roles or seat.keeper > 0


def ceremony_card(tx: Connection, kept: Kept, person: Person, now: datetime) -> Card:
    """The one card of a ceremony; it replaces itself at every step."""
    ceremony, seat, due = kept.ceremony, seat_of(kept, person), ceremony_shares.is_due(kept)
    run = ceremony_runs.of(tx, kept.id) if ceremony.stage == "BEACON" else None
    named = {one.id: one.name for one in people.everybody(tx)}
    lines = text(
        "ceremony/card",
        kept=kept,
        c=ceremony,
        plan=ceremony.plan,
        named=named,
        seat=seat,
        now=now,
        said=read_out(ceremony.committed.commitment) if ceremony.committed else (),
        beacons=_typed(ceremony, named),
        run=run,
        due=due,
        fetch=can_fetch(kept) and not due,
        given=ceremony_shares.waiting(tx, kept.id) if due else (),
        waiting=[named.get(who, who) for who in (unsigned(ceremony) if ceremony.held else ())],
        signed=[named.get(who, who) for who in present(ceremony) if who in ceremony.signatures],
        today=local_day(now),
    )
    bar = {"done": run.done, "total": 100} if run and not run.failed else {}
    return card(lines, *_ways(kept, seat, now, run), key=key_of(kept.id), **bar)


@dataclass(frozen=True)
class Typed:
    """One source: what two agree on, "" while they do not, and who typed what."""

    name: str
    agreed: str
    entries: tuple[tuple[str, str], ...]

    @property
    def differ(self) -> bool:
        return len(self.entries) > 1 and not self.agreed

    @property
    def single(self) -> bool:
        return len(self.entries) == 1


def _typed(ceremony: Ceremony, named: Mapping[str, str]) -> list[Typed]:
    every = sorted(ceremony.entries.items())
    return [
        Typed(
            source.name,
            agreed(ceremony.entries, at),
            tuple((named.get(who, who), told[at]) for who, told in every if told[at]),
        )
        for at, source in enumerate(ceremony.plan.sources)
    ]


def key_of(draw_id: str) -> str:
    return f"ceremony:{ceremonies.mark_of(draw_id)}"


def _ways(kept: Kept, seat: Seat, now: datetime, run: Run | None) -> list[Button]:
    """The likeliest first; at most six."""
    mark, ceremony = ceremonies.mark_of(kept.id), kept.ceremony
    own = ["ceremony"] if run and not run.failed else _own(ceremony, seat, now)
    ways = [button(name, "", mark) for name in own]
    if seat.unsigned and ceremony.held:
        ways.insert(0, button("sign-draw", "", mark, ceremony.held.record[:20]))
    if ceremony.held and not ceremony.abandoned:
        ways.append(button("transcript", "", mark))
    if seat.keeper and ceremony_shares.is_due(kept):
        ways.append(button("give-share", "", mark))
    if seat.keeper and can_fetch(kept):
        ways.append(button("draw-share", "", mark))
    if seat.organiser and ceremony.stage in ("FROZEN", "COMMITTED", "NONCES", "BEACON", "DRAWN"):
        ways.append(button("abandon-draw", "", mark))
    if seat.organiser and ceremony.committed and not ceremony.abandoned:
        ways.append(button("own-line", "", mark))
    back = button("drawing") if seat.organiser else button("home")
    return [*_one_green(ways[:5]), back]


def _one_green(ways: list[Button]) -> list[Button]:
    """Of several things to do the likeliest stays marked: who is witness and organiser at once does them in turn."""
    first = next((at for at, one in enumerate(ways) if one.style == "primary"), len(ways))
    return [
        *ways[: first + 1],
        *(replace(one, style="plain") if one.style == "primary" else one for one in ways[first + 1 :]),
    ]


def can_fetch(kept: Kept) -> bool:
    ceremony = kept.ceremony
    return bool(
        ceremony.committed and not ceremony.abandoned and not ceremony.opened and not kept.closet.lost
    )


def _own(ceremony: Ceremony, seat: Seat, now: datetime) -> list[str]:
    stage, own = ceremony.stage, []
    if stage == "COMMITTED" and seat.witness and seat.witness not in ceremony.given:
        own += ["contribute", "dice"]
    if stage == "NONCES" and seat.enters:
        own += ["enter-beacon"]
    if seat.organiser:
        own += _of_the_organiser(ceremony)
    return [*own, "ceremony"] if stage in ("COMMITTED", "NONCES") else own


def _of_the_organiser(ceremony: Ceremony) -> list[str]:
    done = {"FROZEN": "commit", "COMMITTED": "close-nonces", "BEACON": "hold-draw"}
    last = {"RELEASED": "open-draw", "OPENED": "close-draw"}
    if ceremony.stage == "DRAWN":
        return [] if unsigned(ceremony) else ["release-draw"]
    found = (done | last).get(ceremony.stage)
    return [found] if found else []


def refusal_lines(
    refused: Refused,
    lawbook: Lawbook | None = None,
    profile: str = "",
    named: Mapping[str, str] | None = None,
) -> list[str]:
    """What is missing; with the clause where the profile is known. `named`: person -> name."""
    detail = dict(refused.detail)
    for person, name in (named or {}).items():
        detail = {key: said.replace(person, name) for key, said in detail.items()}
    own = refused.reason in REASONS.get(refused.rule, ())
    folder = "ceremony/refusals" if own else "refusals"
    lines = block(f"{folder}/{refused.rule}", refused.reason, **detail)
    if lawbook and profile:
        lines.append(f"> {lawbook.profiles[profile].rule(refused.rule).source}")
    return lines
