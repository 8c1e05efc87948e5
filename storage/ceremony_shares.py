"""Opening a ceremony from two of its three shares: what the house's own copy is for, without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from storage import casebook, ceremonies, ceremony_notices, closets, sealing
from storage.boxes import Box, SealLost, look, shut
from storage.ceremonies import Kept, Outcome
from storage.database import insert, writing
from storage.documents import decode, encode
from storage.draw_schema import ceremony_shares
from storage.lawbook import Lawbook
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.refusals import deny
from workflows.draw.shares import Fitting, KeeperShare, fitting
from workflows.inspection.facts import Actor


@dataclass(frozen=True)
class Opening:
    """`restored`: what was locked under a lost key is under the one there is now. `wrong`: keepers whose share is not right.

    `given`: whose shares wait for another one; () where it is done.
    """

    outcome: Outcome
    restored: bool = False
    wrong: tuple[int, ...] = ()
    given: tuple[int, ...] = ()


def open_with(
    engine: Engine, lawbook: Lawbook, draw_id: str, given: Sequence[KeeperShare], actor: Actor, now: datetime
) -> Opening:
    """Opens with the shares at hand, two or three. Raises `NotFound`."""

    def attempt() -> Opening:
        with writing(engine) as tx:
            return _opened(tx, lawbook, ceremonies.held(tx, draw_id), given, actor, now)

    return casebook.with_retry(attempt)


def give(
    engine: Engine, lawbook: Lawbook, draw_id: str, share: KeeperShare, actor: Actor, now: datetime
) -> Opening:
    """One keeper's share: kept until a second one fits, then all are gone. Given again it takes the place of the first."""

    def attempt() -> Opening:
        with writing(engine) as tx:
            kept = ceremonies.held(tx, draw_id)
            _put(tx, draw_id, share, actor.person, now)
            given = waiting(tx, draw_id)
            ceremony_notices.ask_keepers(tx, draw_id, kept.closet.keepers, share.keeper, now)
            if len(given) < 2:
                return Opening(Outcome(draw_id, kept.ceremony), given=tuple(given))
            done = _opened(tx, lawbook, kept, tuple(given.values()), actor, now)
            if done.outcome.refused is None:
                tx.execute(ceremony_shares.delete().where(ceremony_shares.c.id == draw_id))
                return done
            return Opening(done.outcome, given=tuple(given))

    return casebook.with_retry(attempt)


def is_due(kept: Kept) -> bool:
    """Whether shares are of any use now: to open what is released, or to restore what is locked under a lost key."""
    ceremony = kept.ceremony
    if ceremony.committed is None or ceremony.opened or ceremony.abandoned:
        return False
    return ceremony.stage == "RELEASED" or bool(kept.closet.lost)


def waiting(tx: Connection, draw_id: str) -> dict[int, KeeperShare]:
    """Keeper -> the share that waits. One whose box does not open any more is as good as not given."""
    mine = ceremony_shares.c.id == draw_id
    rows = tx.execute(select(ceremony_shares).where(mine).order_by(ceremony_shares.c.keeper)).all()
    found = {}
    for row in rows:
        try:
            box = decode(row.data, Box)
            found[row.keeper] = decode(look(tx, box, _about(draw_id, row.keeper)), KeeperShare)
        except SealLost:
            continue
    return found


def _put(tx: Connection, draw_id: str, share: KeeperShare, by: str, now: datetime) -> None:
    box = shut(tx, encode(share), _about(draw_id, share.keeper))
    row = {"data": encode(box), "by": by, "at": now}
    statement = insert(tx, ceremony_shares).values(id=draw_id, keeper=share.keeper, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["id", "keeper"], set_=row))


def _about(draw_id: str, keeper: int) -> str:
    return f"share:{draw_id}:{keeper}"


def _opened(
    tx: Connection, lawbook: Lawbook, kept: Kept, given: Sequence[KeeperShare], actor: Actor, now: datetime
) -> Opening:
    command, committed = c.OpenFromShares(tuple(given)), kept.ceremony.committed
    found = fitting(given, committed.com_objects, committed.com_inspectors) if committed else None
    wrong = found.wrong if found else ()
    restored = bool(found and kept.closet.lost) and _restored(tx, kept, found)
    if restored:
        kept = ceremonies.load(tx, kept.id)
        if kept.ceremony.stage != "RELEASED":
            return Opening(Outcome(kept.id, kept.ceremony), True, wrong)
    if kept.closet.lost and found is None:
        differ = deny("by-machine", "shares-differ", given=len(given))
        return Opening(ceremonies.refuse(tx, kept.id, command, differ, actor, now))
    return Opening(ceremonies.settle(tx, lawbook, kept, command, actor, now), restored, wrong)


def _restored(tx: Connection, kept: Kept, found: Fitting | None) -> bool:
    """False where the box itself is spoilt: what the shares give is then all there is."""
    assert found
    try:
        sealing.restore(tx, kept.id, closets.restore(tx, kept.id, found))
    except SealLost:
        return False
    return True
