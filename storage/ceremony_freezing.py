"""The freeze itself: looked up in one snapshot, worked out outside any transaction, kept in another that finds the house as it was.

Until it is kept nothing of it stands anywhere, so whoever is killed before that has done nothing, and begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection, Engine, func, select

from storage import ceremonies, ceremony_runs, closets, draws, frozen, sealing, signs
from storage.boxes import SealLost
from storage.ceremonies import FILES, INPUTS, Closet, Outcome, Secrets
from storage.ceremony_drawing import SMALL, Answer, Hand
from storage.ceremony_runs import Wish
from storage.database import lock, reading
from storage.draw_inputs import Inputs, collect
from storage.draw_schema import ceremonies as rows
from storage.frozen import File, file_of
from storage.lawbook import Lawbook
from storage.schema import draws as draw_rows
from storage.schema import targets
from storage.signs import Signs
from workflows.draw.announced import Announced, plan_text
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.decide import decide
from workflows.draw.ceremony.refusals import deny
from workflows.draw.ceremony.state import Ceremony
from workflows.draw.doubles import Doubles
from workflows.draw.impossible import DrawImpossible
from workflows.draw.lines import ELIGIBLE
from workflows.draw.permission import may_draw
from workflows.draw.quota import Quota
from workflows.draw.watch import UNWATCHED, Watch
from workflows.inspection.event import Event
from workflows.inspection.facts import local_day
from workflows.inspection.refusals import Refused
from workflows.plan import Plan, Task
from workflows.risk_strata import by_risk

MOST_TRIES = 3
CHANGING = DrawImpossible(
    "by-machine",
    "名录库、计划、事项清单或别的抽取在冻结时一直有变动，名单没有冻结。请等导入或别的抽取完成以后再冻结。",
)
# Done in the transaction that keeps the freeze; what it returns is the answer.
Then = Callable[[Connection, Answer], Answer]


@dataclass(frozen=True)
class Asked:
    """What is to be frozen, and why that is settled already: it stands, or the rules say no whatever the lists are."""

    id: str
    plan: Plan
    task: Task
    known: Ceremony | None
    refused: Refused | None

    @property
    def settled(self) -> bool:
        return bool(self.known or self.refused)


@dataclass(frozen=True)
class Made:
    """All that is to be kept: what was decided, the files it was decided on, the secrets, and what to warn of."""

    command: c.Freeze
    decision: Refused | tuple[Event, ...]
    files: Mapping[str, File]
    secrets: Secrets
    doubles: Doubles | None


@dataclass(frozen=True)
class Basis:
    """`inputs` None where nothing needs to be looked up; `signs` tell whether they still hold."""

    asked: Asked
    signs: Signs
    inputs: Inputs | DrawImpossible | None


def is_large(tx: Connection) -> bool:
    """Whether the directory of targets is too long to be frozen inside a turn."""
    some = select(targets.c.id).where(targets.c.gone_on.is_(None)).limit(SMALL + 1).subquery()
    return (tx.execute(select(func.count()).select_from(some)).scalar() or 0) > SMALL


def ask(engine: Engine, lawbook: Lawbook, wish: Wish, hand: Hand, *, simply: bool = False) -> Outcome:
    """Leaves it to be frozen beside the conversation: no ceremony until then. Asked twice it is one freeze."""

    def step(tx: Connection) -> Outcome:
        asked = _locked(tx, lawbook, wish, hand)
        if asked.settled:
            return _settled(tx, asked, hand)
        ceremony_runs.begin(tx, asked.id, hand.actor, wish, simply=simply)
        return Outcome(asked.id, None)

    return ceremonies.within(engine, step)


def freeze(
    engine: Engine,
    lawbook: Lawbook,
    wish: Wish,
    hand: Hand,
    watch: Watch = UNWATCHED,
    then: Then = lambda tx, answer: answer,
) -> Answer:
    """Freezes both directories and the recusals; doing it again changes nothing, or is refused. Raises `NotFound`.

    What changes while it is worked out is looked up anew, but not for ever. `watch` sees how far it is.
    """

    def attempt() -> Answer | None:
        with reading(engine) as tx:
            basis = _looked_up(tx, lawbook, wish, hand, watch)
        made = _made(basis, lawbook, wish, hand, watch)
        watch("keeping", 0)
        return ceremonies.within(engine, partial(_kept, lawbook, wish, hand, basis, made, then))

    for _ in range(MOST_TRIES):
        answer = attempt()
        if answer:
            return answer
    return ceremonies.within(engine, lambda tx: then(tx, CHANGING))


def _locked(tx: Connection, lawbook: Lawbook, wish: Wish, hand: Hand) -> Asked:
    lock(tx, sealing.stream_of(ceremonies.next_id(tx, wish.plan, wish.task)))
    return _asked(tx, lawbook, wish, hand)


def _asked(tx: Connection, lawbook: Lawbook, wish: Wish, hand: Hand) -> Asked:
    plan, published = ceremonies.plan_of(tx, wish.plan)
    profile, task = lawbook.profiles[plan.profile], draws.task_of(plan, wish.task)
    draw_id = ceremonies.next_id(tx, plan.id, task.id)
    known = ceremonies.ceremony_of(tx, draw_id)
    refused = may_draw(plan, task.id, published, hand.actor, profile) or _drawn_before(tx, draw_id)
    return Asked(draw_id, plan, task, known, None if known else refused)


def _drawn_before(tx: Connection, draw_id: str) -> Refused | None:
    """A draw of before there were ceremonies."""
    known = tx.execute(select(draw_rows.c.id).where(draw_rows.c.id == draw_id)).first()
    return deny("by-machine", "id-taken", plan=draw_id) if known else None


def _settled(tx: Connection, asked: Asked, hand: Hand) -> Outcome:
    if asked.refused is None:
        return Outcome(asked.id, asked.known)
    return ceremonies.refuse(tx, asked.id, c.Freeze("", (), ()), asked.refused, hand.actor, hand.now)


def _looked_up(tx: Connection, lawbook: Lawbook, wish: Wish, hand: Hand, watch: Watch) -> Basis:
    asked = _asked(tx, lawbook, wish, hand)
    plan, task, found = asked.plan, asked.task, signs.signs(tx, asked.plan.id, asked.task)
    if asked.settled:
        return Basis(asked, found, None)
    profile, everybody = lawbook.profiles[plan.profile], wish.sides == ("inspectors",)
    day = local_day(hand.now)
    try:
        inputs = collect(tx, plan, task, asked.id, profile, day, everybody=everybody, watch=watch)
    except SealLost as lost:
        # Who was drawn under that seal must not be drawn again this year, and nobody knows who it is.
        why = f"另有一次抽取还封存着，无法知道哪些对象已经抽中。{lost}"
        return Basis(asked, found, DrawImpossible("once-a-year", why))
    overlap = _under_way(tx, inputs) if isinstance(inputs, Inputs) else None
    return Basis(asked, found, overlap or inputs)


def _under_way(tx: Connection, inputs: Inputs) -> DrawImpossible | None:
    """Two ceremonies with a target in common could both draw it (once-a-year)."""
    for other in ceremonies.everywhere(tx, *ceremonies.WAITING):
        # Read field by field when it was frozen.
        lines = frozen.read(tx, other.closet.files["objects"])
        theirs = {line.partition("|")[0] for line in lines if line.endswith(f"|{ELIGIBLE}")}
        common = inputs.eligible & theirs
        if common:
            reason = (
                f"“{other.task.name}”的名单已经冻结、还没有抽取，与本任务有{len(common)}户相同，"
                "同时抽取会使同一户一年内被抽两次。请等它抽取以后再冻结。"
            )
            return DrawImpossible("once-a-year", reason)
    return None


def _made(
    basis: Basis, lawbook: Lawbook, wish: Wish, hand: Hand, watch: Watch
) -> Made | DrawImpossible | None:
    if not isinstance(basis.inputs, Inputs):
        return basis.inputs
    asked, inputs = basis.asked, basis.inputs
    names = tuple((f"W{at:02d}", person) for at, person in enumerate(wish.witnesses, start=1))
    secrets = _secrets(hand.fresh, salted=by_risk(asked.task))
    lists = inputs.objects, inputs.inspectors, inputs.recusals
    files = {name: file_of(told) for name, told in zip((*FILES, INPUTS), (*lists, inputs.told), strict=True)}
    said = _announced(asked, wish, inputs.strata, files[INPUTS].digest, tuple(name for name, _ in names))
    command = c.Freeze(said, *lists, names, wish.approval, secrets.list)
    facts = ceremonies.facts_of(lawbook, asked.plan, hand.actor, hand.now, {})
    facts = replace(facts, organisers=basis.signs.organisers)
    watch("roots", 0)
    return Made(command, decide(None, command, facts), files, secrets, inputs.doubles)


def _announced(
    asked: Asked, wish: Wish, strata: Mapping[str, Quota], inputs: str, witnesses: tuple[str, ...]
) -> str:
    task = asked.task
    exception = (task.exception, task.exception_reason) if task.exception else ()
    who = wish.sources, witnesses, wish.sides
    plan = Announced(asked.id, task.items, (task.id,), strata, *who, inputs=inputs, exception=exception)
    return plan_text(plan)


def _secrets(fresh: Callable[[], str], *, salted: bool) -> Secrets:
    own, door = (fresh(), fresh()), fresh()
    parts = fresh(), fresh(), fresh(), fresh()
    return Secrets(*own, fresh() if salted else "", door, parts)


def _kept(
    lawbook: Lawbook,
    wish: Wish,
    hand: Hand,
    basis: Basis,
    made: Made | DrawImpossible | None,
    then: Then,
    tx: Connection,
) -> Answer | None:
    """None where what was looked at has changed. One at a time: the next finds what this one froze (once-a-year)."""
    lock(tx, "draws")
    asked = _locked(tx, lawbook, wish, hand)
    if asked.settled:
        return then(tx, _settled(tx, asked, hand))
    if made is None or not signs.still(tx, basis.signs):
        return None
    return then(tx, made if isinstance(made, DrawImpossible) else _written(tx, asked, made, wish, hand))


def _written(tx: Connection, asked: Asked, made: Made, wish: Wish, hand: Hand) -> Outcome:
    if isinstance(made.decision, Refused):
        return ceremonies.refuse(tx, asked.id, made.command, made.decision, hand.actor, hand.now)
    files = {name: frozen.keep(tx, file) for name, file in made.files.items()}
    row = {"plan": asked.plan.id, "task": asked.task.id, "stage": "FROZEN", "at": hand.now}
    closet = Closet(asked.plan, made.secrets, files, wish.keepers, doubles=made.doubles)
    tx.execute(rows.insert().values(id=asked.id, data=closets.shut_up(tx, asked.id, closet), **row))
    ceremonies.append(tx, asked.id, made.decision, hand.actor, hand.now)
    ceremony_runs.end(tx, asked.id)
    return Outcome(asked.id, ceremonies.ceremony_of(tx, asked.id), made.decision)
