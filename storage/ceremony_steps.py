"""The steps of a ceremony that need what only the house has: the directories, the secrets, the seal, the cases."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, Engine

from storage import ceremonies, draws
from storage.ceremonies import Kept, Outcome
from storage.ceremony_drawing import Answer, Hand, draw, draw_within, is_small
from storage.ceremony_freezing import Then, ask, freeze, is_large
from storage.ceremony_runs import Wish
from storage.database import is_part
from storage.lawbook import Lawbook
from workflows.draw import seal
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.refusals import deny
from workflows.draw.impossible import DrawImpossible
from workflows.draw.watch import UNWATCHED, Watch
from workflows.inspection.command import Command

__all__ = [
    "Answer",
    "Hand",
    "Wish",
    "ask",
    "at_once",
    "commit",
    "draw",
    "freeze",
    "is_large",
    "open_secrets",
    "release",
    "simply",
]


def simply(
    engine: Engine,
    lawbook: Lawbook,
    wish: Wish,
    hand: Hand,
    watch: Watch = UNWATCHED,
    then: Then = lambda tx, answer: answer,
) -> Answer:
    """Frozen, committed and, a small one, drawn in one go, where the profile only offers witnesses.

    A task drawn before is given as it is; a large one is left to be drawn, at BEACON.
    """

    def all_of_it(tx: Connection, done: Answer) -> Answer:
        for step in (_commit, _close_nonces, _draw_small):
            if isinstance(done, DrawImpossible) or done.refused or not _simple(done):
                break
            done = step(tx, lawbook, done.id, hand)
        return then(tx, done)

    return freeze(engine, lawbook, replace(wish, witnesses=(), sources=()), hand, watch, all_of_it)


def at_once(engine: Engine, lawbook: Lawbook, wish: Wish, hand: Hand) -> Answer:
    """The simple way to its end; inside a turn a large one is left to be drawn."""
    done = simply(engine, lawbook, wish, hand)
    if isinstance(done, DrawImpossible) or done.refused or is_part() or not _simple(done):
        return done
    return draw(engine, lawbook, done.id, hand)


def _draw_small(tx: Connection, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    kept = ceremonies.held(tx, draw_id)
    return draw_within(tx, lawbook, draw_id, hand) if is_small(kept) else Outcome(draw_id, kept.ceremony)


def _simple(done: Outcome) -> bool:
    """Whether it goes on by itself: one that was frozen for witnesses, or was drawn, does not."""
    assert done.ceremony
    plan = done.ceremony.plan
    return not (plan.witnesses or plan.sources or done.ceremony.held or done.ceremony.abandoned)


def commit(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    return ceremonies.within(engine, lambda tx: _commit(tx, lawbook, draw_id, hand))


def release(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    """Opens the cases and tells those concerned, once all who were present have signed."""

    def step(tx: Connection) -> Outcome:
        kept = ceremonies.held(tx, draw_id)
        command = c.Release(kept.task.id)
        if _locked(kept, hand, "DRAWN"):
            return _seal_lost(tx, kept, command, hand)
        done = ceremonies.settle(tx, lawbook, kept, command, hand.actor, hand.now)
        if done.events:
            draws.open_cases(tx, lawbook, draw_id, hand.actor, hand.now)
        return done

    return ceremonies.within(engine, step)


def open_secrets(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    def step(tx: Connection) -> Outcome:
        kept = ceremonies.held(tx, draw_id)
        secrets = kept.closet.secrets
        told = c.Open(secrets.objects, secrets.inspectors)
        if _locked(kept, hand, "RELEASED"):
            return _seal_lost(tx, kept, told, hand)
        return ceremonies.settle(tx, lawbook, kept, told, hand.actor, hand.now)

    return ceremonies.within(engine, step)


def _locked(kept: Kept, hand: Hand, stage: str) -> bool:
    """Whether a step that needs the secrets is due and cannot be taken: only the shares help."""
    return bool(kept.closet.lost) and kept.ceremony.stage == stage and "organiser" in hand.actor.roles


def _seal_lost(tx: Connection, kept: Kept, command: Command, hand: Hand) -> Outcome:
    refused = deny("by-machine", "seal-lost", why=kept.closet.lost)
    return ceremonies.refuse(tx, kept.id, command, refused, hand.actor, hand.now)


def _close_nonces(tx: Connection, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    kept = ceremonies.held(tx, draw_id)
    return ceremonies.settle(tx, lawbook, kept, c.CloseNonces(), hand.actor, hand.now)


def _commit(tx: Connection, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    kept = ceremonies.held(tx, draw_id)
    secrets = kept.closet.secrets
    if _locked(kept, hand, "FROZEN"):
        return _seal_lost(tx, kept, c.Commit("", ""), hand)
    if kept.closet.lost:
        return Outcome(draw_id, kept.ceremony)
    command = c.Commit(seal.com(secrets.objects), seal.com(secrets.inspectors))
    return ceremonies.settle(tx, lawbook, kept, command, hand.actor, hand.now)
