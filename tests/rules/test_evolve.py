"""Folding one event into a case: what changes, and that nothing else does."""

from __future__ import annotations

import pytest

from tests.rules.cases import Walk
from workflows.inspection.evolve import changed


def test_the_case_before_an_event_stays_as_it_was() -> None:
    before = Walk().case
    after = changed(before, {"procedure": "到场查看"}, before.seq + 1)
    assert (after.procedure, after.seq) == ("到场查看", before.seq + 1)
    assert (before.procedure, changed(after, {"procedure": ""}, before.seq)) == ("", before)


def test_what_is_no_field_of_a_case_is_no_change_of_it() -> None:
    with pytest.raises(TypeError, match="procedures"):
        changed(Walk().case, {"procedures": "到场查看"}, 2)
