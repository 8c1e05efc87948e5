"""The steps of a ceremony that need what only the house has: the directories, the secrets, the seal, the cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from storage import casebook, ceremonies, draws, frozen, sealing
from storage.ceremonies import FILES, INPUTS, Closet, Kept, Outcome, Secrets
from storage.database import lock, writing
from storage.documents import encode
from storage.draw_inputs import Inputs, collect
from storage.draw_schema import ceremonies as rows
from storage.lawbook import Lawbook
from storage.schema import draws as draw_rows
from workflows.draw import seal
from workflows.draw.announced import SIDES, Announced, Source, plan_text
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.decide import decide
from workflows.draw.ceremony.outcome import outcome
from workflows.draw.ceremony.refusals import deny
from workflows.draw.hold import DrawResult, hold, input_lines, looked_at
from workflows.draw.impossible import DrawImpossible
from workflows.draw.lines import read
from workflows.draw.matching import request_of, result_digest
from workflows.draw.permission import may_draw
from workflows.inspection.facts import Actor, local_day
from workflows.inspection.refusals import Refused
from workflows.plan import Plan, Task
from workflows.risk_strata import by_risk

Answer = Outcome | DrawImpossible
NO_RESULT = "0" * 64


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


@dataclass(frozen=True)
class Hand:
    """Who does it, when, and where 32 fresh bytes as hex come from."""

    actor: Actor
    now: datetime
    fresh: Callable[[], str]


def freeze(engine: Engine, lawbook: Lawbook, wish: Wish, hand: Hand) -> Answer:
    """Freezes both directories and the recusals; doing it again changes nothing, or is refused. Raises `NotFound`."""
    return _within(engine, lambda tx: _freeze(tx, lawbook, wish, hand))


def at_once(engine: Engine, lawbook: Lawbook, wish: Wish, hand: Hand) -> Answer:
    """The simple way, where the profile only offers witnesses: frozen, committed and drawn without them, in one go.

    A task drawn before is given as it is.
    """

    def all_of_it(tx: Connection) -> Answer:
        done = _freeze(tx, lawbook, replace(wish, witnesses=(), sources=()), hand)
        for step in (_commit, _close_nonces, _draw):
            if isinstance(done, DrawImpossible) or done.refused or not _simple(done):
                return done
            done = step(tx, lawbook, done.id, hand)
        return done

    return _within(engine, all_of_it)


def _simple(done: Outcome) -> bool:
    """Whether it goes on by itself: one that was frozen for witnesses, or was drawn, does not."""
    assert done.ceremony
    plan = done.ceremony.plan
    return not (plan.witnesses or plan.sources or done.ceremony.held or done.ceremony.abandoned)


def commit(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    return _within(engine, lambda tx: _commit(tx, lawbook, draw_id, hand))


def draw(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    """Targets, teams, leaders, substitutes and reserve in one go, sealed. What is impossible draws nothing."""
    return _within(engine, lambda tx: _draw(tx, lawbook, draw_id, hand))


def release(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    """Opens the cases and tells those concerned, once all who were present have signed."""

    def step(tx: Connection) -> Outcome:
        kept = ceremonies.held(tx, draw_id)
        done = ceremonies.settle(tx, lawbook, kept, c.Release(kept.task.id), hand.actor, hand.now)
        if done.events:
            draws.open_cases(tx, lawbook, draw_id, hand.actor, hand.now)
        return done

    return _within(engine, step)


def open_secrets(engine: Engine, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    def step(tx: Connection) -> Outcome:
        kept = ceremonies.held(tx, draw_id)
        secrets = kept.closet.secrets
        told = c.Open(secrets.objects, secrets.inspectors)
        return ceremonies.settle(tx, lawbook, kept, told, hand.actor, hand.now)

    return _within(engine, step)


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
    inputs = collect(tx, plan, task, draw_id, profile, local_day(hand.now), everybody=everybody)
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
    closet = encode(Closet(plan, secrets, files, wish.keepers))
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
    command = c.Commit(seal.com(secrets.objects), seal.com(secrets.inspectors))
    return ceremonies.settle(tx, lawbook, kept, command, hand.actor, hand.now)


def _draw(tx: Connection, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    lock(tx, "draws")
    kept = ceremonies.held(tx, draw_id)
    if kept.ceremony.held:
        return Outcome(draw_id, kept.ceremony)
    files = {name: frozen.read(tx, kept.closet.files[name]) for name in (*FILES, INPUTS)}
    command = _holding(kept, files, NO_RESULT)
    result: DrawResult | None = None
    ready = kept.ceremony.stage == "BEACON" and "organiser" in hand.actor.roles
    if ready and _whole(files, kept):
        drawn = _result(kept, files)
        if isinstance(drawn, DrawImpossible):
            said = e.CeremonyRefused("Hold", drawn.rule, "impossible", {"sentence": drawn.reason})
            ceremonies.append(tx, draw_id, (said,), hand.actor, hand.now)
            return drawn
        result, command = drawn, _holding(kept, files, result_digest(drawn))
    elif ready and not _announced(files, kept):
        refused = deny("by-machine", "list-edited", file=INPUTS, line="", before="", now="")
        return ceremonies.refuse(tx, draw_id, command, refused, hand.actor, hand.now)
    done = ceremonies.settle(tx, lawbook, kept, command, hand.actor, hand.now)
    if result and done.events:
        content = sealing.Sealed(kept.closet.plan, result, kept.closet.secrets.door)
        sealing.seal(tx, content, hand.actor, hand.now, draw_id)
    return done


def _holding(kept: Kept, files: Mapping[str, tuple[str, ...]], result: str) -> c.Hold:
    secrets = kept.closet.secrets
    objects, inspectors, recusals = (files[name] for name in FILES)
    own = secrets.objects, secrets.inspectors
    return c.Hold(objects, inspectors, recusals, *own, result, secrets.list)


def _whole(files: Mapping[str, tuple[str, ...]], kept: Kept) -> bool:
    """Whether every file still has the bytes it is named after; where one has not, nothing is drawn from any."""
    names = kept.closet.files
    return _announced(files, kept) and all(
        frozen.digest_of(lines) == names[name] for name, lines in files.items()
    )


def _announced(files: Mapping[str, tuple[str, ...]], kept: Kept) -> bool:
    return frozen.digest_of(files[INPUTS]) == kept.ceremony.plan.inputs


def _result(kept: Kept, files: Mapping[str, tuple[str, ...]]) -> DrawResult | DrawImpossible:
    """Both seeds into one draw, from what was frozen; who is selected is the same for everybody with the file."""
    secrets = kept.closet.secrets
    drawn = outcome(kept.ceremony, files["objects"], secrets.objects, secrets.inspectors)
    result = hold(request_of(files[INPUTS], drawn.seed_objects, drawn.seed_inspectors))
    if isinstance(result, DrawResult):
        selected = [place.id for one in drawn.selections.values() for place in one.selected]
        assert [one.target_id for one in result.selected] == selected, "two ways to draw, two results"
    return result
