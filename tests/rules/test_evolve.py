"""Folding one event into a case: what changes, and that nothing else does."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from functools import cached_property

import pytest

from tests.rules.cases import Walk
from workflows.inspection.case import Case
from workflows.inspection.evolve import FOLDS, changed


def test_the_case_before_an_event_stays_as_it_was() -> None:
    before = Walk().case
    after = changed(before, {"procedure": "到场查看"}, before.seq + 1)
    assert (after.procedure, after.seq) == ("到场查看", before.seq + 1)
    assert (before.procedure, changed(after, {"procedure": ""}, before.seq)) == ("", before)


def test_a_case_carries_its_fields_and_nothing_worked_out_from_them() -> None:
    """What is kept beside the fields, as `cached_property` would, `changed` would take along into the next case."""
    names = [field.name for field in fields(Case)]
    assert list(vars(Walk().case)) == names
    assert not [name for name in vars(Case) if isinstance(vars(Case)[name], cached_property)]
    assert "__post_init__" not in vars(Case)


def test_what_is_no_field_of_a_case_is_no_change_of_it() -> None:
    with pytest.raises(TypeError, match="procedures"):
        changed(Walk().case, {"procedures": "到场查看"}, 2)


def test_which_events_are_of_a_case_does_not_depend_on_what_was_imported_first() -> None:
    said = (
        "import workflows.draw.ceremony.events\n"
        "from workflows.inspection.events import EVENTS\n"
        "print(*sorted(EVENTS))"
    )
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout.split() == sorted({"InspectionOpened", *(kind.__name__ for kind in FOLDS)})
