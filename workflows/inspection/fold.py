"""What each event changes in the case: a fold gives the fields that change, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.inspection.case import Case
from workflows.inspection.event import Event, Recorded

Fold = Callable[[Case, Any, Recorded], dict[str, object]]
Folds = dict[type[Event], Fold]


def registering(into: Folds) -> Callable[[type[Event]], Callable[[Fold], Fold]]:
    """A decorator that enters the function below it as the fold of an event."""

    def folds(kind: type[Event]) -> Callable[[Fold], Fold]:
        def register(fold: Fold) -> Fold:
            into[kind] = fold
            return fold

        return register

    return folds
