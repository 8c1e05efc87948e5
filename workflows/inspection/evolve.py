"""Folding events into a case. Pure and total: replay of the same events gives the same case, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.inspection import events as e
from workflows.inspection import fold_result, fold_visit
from workflows.inspection.case import Case
from workflows.inspection.fold import Folds

FOLDS: Folds = fold_visit.FOLDS | fold_result.FOLDS


def evolve(case: Case | None, recorded: e.Recorded) -> Case:
    """The case after one more event. Only `InspectionOpened` may come first."""
    event = recorded.event
    if isinstance(event, e.InspectionOpened):
        return _open(event, recorded)
    assert case is not None, f"{type(event).__name__} before InspectionOpened"
    changes = FOLDS[type(event)](case, event, recorded)
    return changed(case, changes, recorded.seq)


def changed(case: Case, changes: dict[str, object], seq: int) -> Case:
    """`dataclasses.replace`, which would set forty fields one by one: a fifth of what a decision costs."""
    if not changes.keys() <= case.__dict__.keys():
        raise TypeError(f"no fields of a case: {sorted(changes.keys() - case.__dict__.keys())}")
    after: Case = object.__new__(Case)
    after.__dict__.update(case.__dict__, seq=seq, **changes)
    return after


def replay(history: Iterable[e.Recorded]) -> Case | None:
    case: Case | None = None
    for recorded in history:
        case = evolve(case, recorded)
    return case


def _open(event: e.InspectionOpened, recorded: e.Recorded) -> Case:
    members = {m.person: m for m in event.members}
    return Case(event.case, recorded.seq, event, recorded.at, members, drawn=tuple(members))
