"""The draw itself: gathered in one transaction, computed outside any, written in another that finds the ceremony as it stood.

What was frozen decides everything, so whoever computes it again, after a crash too, gets the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from storage import ceremonies, closets, frozen, plans, sealing
from storage.ceremonies import FILES, INPUTS, Kept, Outcome
from storage.database import is_part, lock, reading
from storage.lawbook import Lawbook
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.decide import decide
from workflows.draw.ceremony.outcome import outcome
from workflows.draw.ceremony.refusals import deny
from workflows.draw.ceremony.state import Facts
from workflows.draw.hold import DrawResult, hold
from workflows.draw.impossible import DrawImpossible
from workflows.draw.matching import request_of, result_digest
from workflows.draw.watch import UNWATCHED, Watch
from workflows.errors import BadInput
from workflows.inspection.event import Event
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused

Answer = Outcome | DrawImpossible
Files = Mapping[str, tuple[str, ...]]
NO_RESULT = "0" * 64
# Lines of targets up to which a draw stays in the turn that asks for it: a second at most.
SMALL = 2_000


@dataclass(frozen=True)
class Hand:
    """Who does it, when, and where 32 fresh bytes as hex come from."""

    actor: Actor
    now: datetime
    fresh: Callable[[], str]


@dataclass(frozen=True)
class Computed:
    """What was decided, and what is to be sealed; `impossible` says why nothing was drawn."""

    command: c.Hold
    decision: Refused | tuple[Event, ...] = ()
    result: DrawResult | None = None
    impossible: DrawImpossible | None = None


def is_small(kept: Kept) -> bool:
    return kept.ceremony.frozen.objects.n <= SMALL


def draw(
    engine: Engine,
    lawbook: Lawbook,
    draw_id: str,
    hand: Hand,
    watch: Watch = UNWATCHED,
    ended: Callable[[Connection, Answer], None] = lambda tx, answer: None,
) -> Answer:
    """Targets, teams, leaders, substitutes and reserve in one go, sealed. What is impossible draws nothing.

    `watch` sees how far it is; `ended` is done in the transaction that keeps the result. Raises `NotFound`.
    """
    if is_part():
        return ceremonies.within(engine, lambda tx: draw_within(tx, lawbook, draw_id, hand))
    with reading(engine) as tx:
        kept, files = _gathered(tx, draw_id)
    computed = _computed(kept, files, lawbook, hand, watch)

    def step(tx: Connection) -> Answer:
        answer = _written(tx, kept, computed, hand)
        ended(tx, answer)
        return answer

    return ceremonies.within(engine, step)


def draw_within(tx: Connection, lawbook: Lawbook, draw_id: str, hand: Hand) -> Answer:
    """The same as part of a transaction."""
    lock(tx, "draws")
    ceremonies.held(tx, draw_id)
    kept, files = _gathered(tx, draw_id)
    return _written(tx, kept, _computed(kept, files, lawbook, hand, UNWATCHED), hand)


def _gathered(tx: Connection, draw_id: str) -> tuple[Kept, Files]:
    kept = ceremonies.load(tx, draw_id)
    if kept.ceremony.held:
        return kept, dict.fromkeys((*FILES, INPUTS), ())
    return kept, {name: frozen.read(tx, kept.closet.files[name]) for name in (*FILES, INPUTS)}


def _computed(kept: Kept, files: Files, lawbook: Lawbook, hand: Hand, watch: Watch) -> Computed:
    command, result = _holding(kept, files, NO_RESULT), None
    if kept.ceremony.stage == "BEACON" and "organiser" in hand.actor.roles:
        if kept.closet.lost:
            return Computed(command, deny("by-machine", "seal-lost", why=kept.closet.lost))
        if not _announced(files, kept):
            return Computed(
                command, deny("by-machine", "list-edited", file=INPUTS, line="", before="", now="")
            )
        if _whole(files, kept):
            try:
                drawn = _result(kept, files, watch)
            except BadInput:
                # Whole files that are not the frozen ones may not even fit the plan: what was exchanged is said instead.
                refused = decide(kept.ceremony, command, _facts(kept, files, lawbook, hand))
                if isinstance(refused, Refused):
                    return Computed(command, refused)
                raise
            if isinstance(drawn, DrawImpossible):
                return Computed(command, impossible=drawn)
            result, command = drawn, _holding(kept, files, result_digest(drawn))
    watch("check", 0)
    return Computed(command, decide(kept.ceremony, command, _facts(kept, files, lawbook, hand)), result)


def _facts(kept: Kept, files: Files, lawbook: Lawbook, hand: Hand) -> Facts:
    lists = {name: files[name] for name in FILES}
    return ceremonies.facts_of(lawbook, kept.closet.plan, hand.actor, hand.now, lists)


def _written(tx: Connection, before: Kept, computed: Computed, hand: Hand) -> Answer:
    lock(tx, "draws")
    kept = ceremonies.held(tx, before.id)
    if kept.ceremony != before.ceremony or kept.ceremony.held:
        # Drawn or abandoned meanwhile: what was computed is of no use to anybody.
        return Outcome(kept.id, kept.ceremony)
    if computed.result and not plans.was_saved(tx, before.closet.plan):
        # The row is sealed by nothing; what the teams are sent to do has to be what was made public.
        edited = deny("by-machine", "list-edited", file="plan", line="", before="", now="")
        return ceremonies.refuse(tx, kept.id, computed.command, edited, hand.actor, hand.now)
    if computed.impossible:
        why = computed.impossible
        said = e.CeremonyRefused("Hold", why.rule, "impossible", {"sentence": why.reason})
        ceremonies.append(tx, kept.id, (said,), hand.actor, hand.now)
        return why
    done = ceremonies.take(tx, kept, computed.command, computed.decision, hand.actor, hand.now)
    if computed.result and done.events:
        secrets = before.closet.secrets
        content = sealing.Sealed(before.closet.plan, computed.result, secrets.door)
        sealing.seal(tx, content, hand.actor, hand.now, kept.id, closets.restoring(secrets))
    return done


def _holding(kept: Kept, files: Files, result: str) -> c.Hold:
    secrets = kept.closet.secrets
    objects, inspectors, recusals = (files[name] for name in FILES)
    own = secrets.objects, secrets.inspectors
    return c.Hold(objects, inspectors, recusals, *own, result, secrets.list)


def _whole(files: Files, kept: Kept) -> bool:
    """Whether every file still has the bytes it is named after; where one has not, nothing is drawn from any."""
    names = kept.closet.files
    return all(frozen.digest_of(lines) == names[name] for name, lines in files.items())


def _announced(files: Files, kept: Kept) -> bool:
    return frozen.digest_of(files[INPUTS]) == kept.ceremony.plan.inputs


def _result(kept: Kept, files: Files, watch: Watch) -> DrawResult | DrawImpossible:
    """Both seeds into one draw, from what was frozen; who is selected is the same for everybody with the file."""
    secrets = kept.closet.secrets
    drawn = outcome(kept.ceremony, files["objects"], secrets.objects, secrets.inspectors, watch)
    watch("rank", 0)
    seeds = drawn.seed_objects, drawn.seed_inspectors
    result = hold(request_of(files[INPUTS], *seeds, files["inspectors"]), watch)
    if isinstance(result, DrawResult):
        selected = [place.id for one in drawn.selections.values() for place in one.selected]
        assert [one.target_id for one in result.selected] == selected, "two ways to draw, two results"
    return result
