"""The steps of a ceremony that need what only the house has: the directories, the secrets, the seal, the cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, select

from storage import casebook, ceremonies, closets, draws, frozen, sealing
from storage.boxes import SealLost
from storage.ceremonies import FILES, INPUTS, Closet, Kept, Outcome, Secrets
from storage.ceremony_drawing import Answer, Hand, draw, draw_within, is_small
from storage.database import is_part, lock, writing
from storage.draw_inputs import Inputs, collect
from storage.draw_schema import ceremonies as rows
from storage.lawbook import Lawbook
from storage.schema import draws as draw_rows
from workflows.draw import seal
from workflows.draw.announced import SIDES, Announced, Source, plan_text
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.decide import decide
from workflows.draw.ceremony.refusals import deny
from workflows.draw.hold import input_lines, looked_at
from workflows.draw.impossible import DrawImpossible
from workflows.draw.lines import read
from workflows.draw.permission import may_draw
from workflows.inspection.command import Command
from workflows.inspection.facts import local_day
from workflows.inspection.refusals import Refused
from workflows.plan import Plan, Task
from workflows.risk_strata import by_risk

__all__ = ["Answer", "Hand", "Wish", "at_once", "commit", "draw", "freeze", "open_secrets", "release"]


@dataclass(frozen=True)
class Wish:
    """What the organiser chose. `witnesses` are persons, who become W01, W02 in their order; `keepers` are persons too.

    `approval` is the SHA-256 of the approval document where only one side is drawn.
    """

    plan: str
    task: str
    witnesses: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    sides: tuple[str, ...] = SIDES
    approval: str = ""
    keepers: tuple[str, ...] = ()


def freeze(engine: Engine, lawbook: Lawbook, wish: Wish, hand: Hand) -> Answer:
    """Freezes both directories and the recusals; doing it again changes nothing, or is refused. Raises `NotFound`."""
    return _within(engine, lambda tx: _freeze(tx, lawbook, wish, hand))


def at_once(engine: Engine, lawbook: Lawbook, wish: Wish, hand: Hand) -> Answer:
    """The simple way, where the profile only offers witnesses: frozen, committed and drawn without them, in one go.

    A task drawn before is given as it is. A large one inside a turn is left to be drawn, at BEACON.
    """

    def all_of_it(tx: Connection) -> Answer:
        done = _freeze(tx, lawbook, replace(wish, witnesses=(), sources=()), hand)
        for step in (_commit, _close_nonces, _draw_small):
            if isinstance(done, DrawImpossible) or done.refused or not _simple(done):
                return done
            done = step(tx, lawbook, done.id, hand)
        return done

    done = _within(engine, all_of_it)
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
    return _within(engine, lambda tx: _commit(tx, lawbook, draw_id, hand))


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

    return _within(engine, step)


def open_secrets(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    def step(tx: Connection) -> Outcome:
        kept = ceremonies.held(tx, draw_id)
        secrets = kept.closet.secrets
        told = c.Open(secrets.objects, secrets.inspectors)
        if _locked(kept, hand, "RELEASED"):
            return _seal_lost(tx, kept, told, hand)
        return ceremonies.settle(tx, lawbook, kept, told, hand.actor, hand.now)

    return _within(engine, step)


def _locked(kept: Kept, hand: Hand, stage: str) -> bool:
    """Whether a step that needs the secrets is due and cannot be taken: only the shares help."""
    return bool(kept.closet.lost) and kept.ceremony.stage == stage and "organiser" in hand.actor.roles


def _seal_lost(tx: Connection, kept: Kept, command: Command, hand: Hand) -> Outcome:
    refused = deny("by-machine", "seal-lost", why=kept.closet.lost)
    return ceremonies.refuse(tx, kept.id, command, refused, hand.actor, hand.now)


def _within(engine: Engine, step: Callable[[Connection], Answer]) -> Answer:
    def attempt() -> Answer:
        with writing(engine) as tx:
            return step(tx)

    return casebook.with_retry(attempt)


def _freeze(tx: Connection, lawbook: Lawbook, wish: Wish, hand: Hand) -> Answer:
    # One at a time: the next must find what this one has frozen, and what was drawn before it (once-a-year).
    lock(tx, "draws")
    plan, published = ceremonies.plan_of(tx, wish.plan)
    profile, task = lawbook.profiles[plan.profile], draws.task_of(plan, wish.task)
    draw_id = ceremonies.next_id(tx, plan.id, task.id)
    lock(tx, sealing.stream_of(draw_id))
    known = ceremonies.ceremony_of(tx, draw_id)
    if known:
        return Outcome(draw_id, known)
    refused = may_draw(plan, task.id, published, hand.actor, profile) or _drawn_before(tx, draw_id)
    if refused:
        return ceremonies.refuse(tx, draw_id, c.Freeze("", (), ()), refused, hand.actor, hand.now)
    everybody = wish.sides == ("inspectors",)
    try:
        inputs = collect(tx, plan, task, draw_id, profile, local_day(hand.now), everybody=everybody)
    except SealLost as lost:
        # Who was drawn under that seal must not be drawn again this year, and nobody knows who it is.
        return DrawImpossible("once-a-year", f"另有一次抽取还封存着，无法知道哪些对象已经抽中。{lost}")
    if isinstance(inputs, DrawImpossible):
        return inputs
    overlap = _under_way(tx, inputs)
    return overlap or _frozen(tx, lawbook, plan, task, draw_id, inputs, wish, hand)


def _drawn_before(tx: Connection, draw_id: str) -> Refused | None:
    """A draw of before there were ceremonies."""
    known = tx.execute(select(draw_rows.c.id).where(draw_rows.c.id == draw_id)).first()
    return deny("by-machine", "id-taken", plan=draw_id) if known else None


def _under_way(tx: Connection, inputs: Inputs) -> DrawImpossible | None:
    """Two ceremonies with a target in common could both draw it (once-a-year)."""
    mine = _eligible(inputs.objects)
    for other in ceremonies.everywhere(tx, *ceremonies.WAITING):
        common = mine & _eligible(frozen.read(tx, other.closet.files["objects"]))
        if common:
            reason = (
                f"“{other.task.name}”的名单已经冻结、还没有抽取，与本任务有{len(common)}户相同，"
                "同时抽取会使同一户一年内被抽两次。请等它抽取以后再冻结。"
            )
            return DrawImpossible("once-a-year", reason)
    return None


def _eligible(lines: tuple[str, ...]) -> set[str]:
    return {line.id for line in read(lines) if line.eligible}


def _frozen(
    tx: Connection,
    lawbook: Lawbook,
    plan: Plan,
    task: Task,
    draw_id: str,
    inputs: Inputs,
    wish: Wish,
    hand: Hand,
) -> Outcome:
    names = tuple((f"W{at:02d}", person) for at, person in enumerate(wish.witnesses, start=1))
    secrets = _secrets(hand.fresh, salted=by_risk(task))
    said = plan_text(
        Announced(
            draw_id,
            task.items,
            (task.id,),
            inputs.strata,
            wish.sources,
            tuple(name for name, _ in names),
            wish.sides,
            inputs=looked_at(inputs.request),
            exception=(task.exception, task.exception_reason) if task.exception else (),
        )
    )
    lists = inputs.objects, inputs.inspectors, inputs.recusals
    command = c.Freeze(said, *lists, names, wish.approval, secrets.list)
    decision = decide(None, command, ceremonies.facts_of(lawbook, plan, hand.actor, hand.now, {}))
    if isinstance(decision, Refused):
        return ceremonies.refuse(tx, draw_id, command, decision, hand.actor, hand.now)
    files = {name: frozen.keep(tx, lines) for name, lines in zip(FILES, lists, strict=True)}
    files[INPUTS] = frozen.keep(tx, input_lines(inputs.request))
    row = {"plan": plan.id, "task": task.id, "stage": "FROZEN", "at": hand.now}
    closet = closets.shut_up(tx, draw_id, Closet(plan, secrets, files, wish.keepers))
    tx.execute(rows.insert().values(id=draw_id, data=closet, **row))
    ceremonies.append(tx, draw_id, decision, hand.actor, hand.now)
    return Outcome(draw_id, ceremonies.ceremony_of(tx, draw_id), decision)


def _secrets(fresh: Callable[[], str], *, salted: bool) -> Secrets:
    own, door = (fresh(), fresh()), fresh()
    parts = fresh(), fresh(), fresh(), fresh()
    return Secrets(*own, fresh() if salted else "", door, parts)


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
