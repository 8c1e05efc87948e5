"""The ceremony against those who would bend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.draw.world import BEACON_AT, DIGITS, FIRST, ORGANISER, PLAN, SECOND, Hall, secret
from workflows.draw import seal
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.lines import Line, freeze, parse
from workflows.draw.quota import Quota
from workflows.draw.strata import batches
from workflows.errors import BadInput
from workflows.inspection.refusals import Refused


def refused(answer: object) -> tuple[str, str]:
    assert isinstance(answer, Refused), answer
    return answer.rule, answer.reason


def stage(hall: Hall) -> str:
    assert hall.ceremony
    return hall.ceremony.stage


@pytest.mark.rule("witnesses", "draw-record", "mutual-blind", "by-machine")
def test_the_whole_way() -> None:
    hall = Hall()
    hall.open()
    hall.do(c.Close())
    assert stage(hall) == "CLOSED"
    names = [type(event).__name__ for event in hall.history]
    assert names[:2] == ["Frozen", "Committed"]
    assert names[-3:] == ["Released", "Opened", "Closed"]


@pytest.mark.rule("witnesses")
def test_the_last_witness_refuses_and_the_draw_goes_on() -> None:
    hall = Hall()
    hall.commit()
    hall.do(c.Contribute("W01", DIGITS["W01"]), FIRST)
    hall.do(c.CloseNonces())
    assert hall.ceremony and hall.ceremony.nonces
    assert hall.ceremony.nonces.witnesses == (f"W01={DIGITS['W01']}", "W02=ABSENT")
    assert refused(hall.do(c.Contribute("W02", DIGITS["W02"]), SECOND)) == ("witnesses", "late")


@pytest.mark.rule("witnesses")
def test_no_digits_once_the_beacon_exists_and_none_in_another_s_name() -> None:
    hall = Hall()
    hall.commit()
    assert refused(hall.do(c.Contribute("W01", DIGITS["W01"]), SECOND)) == ("witnesses", "not-you")
    hall.now = BEACON_AT
    assert refused(hall.do(c.Contribute("W01", DIGITS["W01"]), FIRST)) == ("witnesses", "after-beacon")


def test_the_organiser_rolls_again_and_both_stay_public() -> None:
    hall = Hall()
    hall.speak()
    answer = hall.do(c.Commit(seal.com(secret("better")), seal.com(secret("luck"))))
    assert refused(answer) == ("by-machine", "first-commit")
    assert isinstance(answer, Refused) and hall.ceremony and hall.ceremony.committed
    assert answer.detail["first"] == hall.ceremony.committed.commitment != answer.detail["second"]
    again = Hall()
    again.facts = replace(again.facts, taken=frozenset([PLAN.id]))
    assert refused(again.freeze()) == ("by-machine", "id-taken")


def test_a_list_edited_after_the_freeze_is_named_by_its_line() -> None:
    hall = Hall()
    hall.light()
    edited = (*hall.objects[:4], hall.objects[4].replace("|E", "|X:DEREG"), *hall.objects[5:])
    answer = hall.do(replace(hall.holding(), objects=edited))
    assert refused(answer) == ("by-machine", "list-edited")
    assert isinstance(answer, Refused)
    assert (answer.detail["line"], answer.detail["before"]) == ("5", hall.objects[4])
    hall.facts = replace(hall.facts, files={**hall.facts.files, "objects": edited})
    assert refused(hall.do(replace(hall.holding(), objects=edited))) == ("by-machine", "list-edited")


def test_a_beacon_typed_differently_waits_for_a_third() -> None:
    hall = Hall()
    hall.speak()
    hall.do(c.CloseNonces())
    assert refused(hall.do(c.EnterBeacon(hall.sources()))) == ("by-machine", "beacon-early")
    hall.now = BEACON_AT + timedelta(minutes=1)
    wrong = ("1.5.12.79./", hall.sources()[1])
    hall.do(c.EnterBeacon(hall.sources()))
    assert refused(hall.do(hall.holding())) == ("by-machine", "beacon-second-person")
    answer = hall.do(c.EnterBeacon(wrong), FIRST)
    assert isinstance(answer, tuple) and isinstance(answer[1], e.BeaconDiffers)
    blocked = hall.do(hall.holding())
    assert refused(blocked) == ("by-machine", "beacon-differs")
    assert isinstance(blocked, Refused) and "1.5.12.79./" in blocked.detail["shown"]
    hall.do(c.EnterBeacon(hall.sources()), SECOND)
    assert stage(hall) == "BEACON"


@pytest.mark.rule("draw-record", "mutual-blind")
def test_nothing_leaves_the_seal_unsigned_and_nothing_opens_unreleased() -> None:
    hall = Hall()
    hall.sealed()
    assert refused(hall.do(c.Release("T1"))) == ("draw-record", "unsigned")
    assert refused(hall.do(c.Sign("00"))) == ("draw-record", "changed")
    hall.sign()
    hall.do(c.Release("T1"))
    assert refused(hall.do(c.Open(*hall.secrets))) == ("mutual-blind", "not-released")
    hall.do(c.Release("T2"))
    assert refused(hall.do(c.Open(*reversed(hall.secrets)))) == ("by-machine", "secret-differs")


@pytest.mark.rule("both-random")
def test_one_side_alone_needs_the_approval() -> None:
    hall = Hall(plan=replace(PLAN, sides=("objects",)))
    assert refused(hall.freeze()) == ("both-random", "approval-missing")
    assert isinstance(hall.freeze(approval="ef" * 32), tuple)


@pytest.mark.rule("plan-public")
def test_an_unpublished_plan_and_another_s_hand() -> None:
    hall = Hall()
    assert refused(hall.do(c.CloseNonces(), FIRST)) == ("by-machine", "not-organiser")
    hall.facts = replace(hall.facts, published=False)
    assert refused(hall.freeze()) == ("plan-public", "not-published")


def test_an_abandoned_draw_stays_and_goes_no_further() -> None:
    hall = Hall()
    hall.light()
    assert refused(hall.do(c.Abandon("", "2026-02"))) == ("by-machine", "reason-missing")
    hall.do(c.Abandon("名录有误", "2026-02"))
    assert refused(hall.do(hall.holding())) == ("by-machine", "abandoned")


def test_duplicates_and_separators_never_get_into_a_file() -> None:
    with pytest.raises(BadInput, match="重复"):
        freeze([Line("A", "x"), Line("A", "y")])
    with pytest.raises(BadInput, match="四栏"):
        freeze([Line("A", "x|1|E\nB|x")])
    with pytest.raises(BadInput, match="四栏"):
        parse("A|B|x|1|E")
    with pytest.raises(BadInput, match="NFC"):
        freeze([Line("A", "e\u0301")])


@pytest.mark.rule("key-batches")
def test_everyone_is_inspected_and_the_draw_orders_the_batches() -> None:
    few = Hall(plan=replace(PLAN, batches={"A": 3}))
    assert refused(few.freeze()) == ("key-batches", "not-everyone")
    hall = Hall(plan=replace(PLAN, strata={**PLAN.strata, "A": Quota(1, 1)}, batches={"A": 3}))
    hall.light()
    drawn = hall.outcome().selections["A"]
    cut = batches(drawn.selected, 3)
    assert [id for part in cut for id in part] == [place.id for place in drawn.selected]
    assert max(map(len, cut)) - min(map(len, cut)) <= 1
    assert ORGANISER.person not in {person for _, person in hall.ceremony.frozen.witnesses}  # type: ignore[union-attr]
