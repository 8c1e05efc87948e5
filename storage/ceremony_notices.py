"""Who is told that a ceremony waits for them: a row in the outbox at each turn of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from storage import outbox
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.state import Ceremony, unsigned
from workflows.inspection.event import Event

KIND = "ceremony"


def tell(
    tx: Connection,
    draw_id: str,
    ceremony: Ceremony,
    keepers: tuple[str, ...],
    happened: tuple[Event, ...],
    actor: str,
    now: datetime,
) -> None:
    """Nothing in a row says more than that this draw waits; the card is made when it is delivered."""
    for event in happened:
        for person in dict.fromkeys(_concerned(ceremony, keepers, event)):
            if person and person != actor:
                dedup = f"{draw_id}:{type(event).__name__}:{now.isoformat()}:{person}"
                outbox.add(tx, dedup, person, KIND, "", draw_id, now)


def ask_keepers(tx: Connection, draw_id: str, keepers: tuple[str, ...], given: int, now: datetime) -> None:
    """One keeper has given a share: the others are asked for theirs."""
    for number, person in enumerate(keepers, start=1):
        if number != given:
            outbox.add(tx, f"{draw_id}:share:{now.isoformat()}:{person}", person, KIND, "", draw_id, now)


def _concerned(ceremony: Ceremony, keepers: tuple[str, ...], event: Event) -> tuple[str, ...]:
    witnesses = tuple(person for _, person in ceremony.frozen.witnesses)
    if isinstance(event, e.Contributed | e.Signed):
        return (ceremony.organiser,)
    if isinstance(event, e.Held):
        return unsigned(ceremony)
    if isinstance(event, e.Committed):
        # From now on a share can be fetched; before, two keepers could learn what is not yet committed to.
        return (*witnesses, *keepers, ceremony.organiser)
    if isinstance(event, e.NoncesClosed | e.BeaconEntered | e.BeaconDiffers | e.Abandoned):
        return (*witnesses, ceremony.organiser)
    return witnesses if isinstance(event, e.Opened) else ()
