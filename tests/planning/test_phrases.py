"""The catalogue's phrases in the house: read on import, asked where unclear, the answer kept with who and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.house import House
from storage import phrases, trail
from storage.database import reading, writing
from storage.schema import events
from tests.talking import Clock
from workflows.catalogue import Item, Stated
from workflows.errors import NotFound
from workflows.inspection.facts import Actor
from workflows.ratio import Frequency, Ratio, Unclear

ORGANISER = Actor("P:O", "信息管理员", "办公室", ("organiser",), "test")
ITEM = Item(
    "X-1", "即时公示信息的检查", "《企业信息公示暂行条例》第十条", "县市场监督管理局", "企业", ("公示",)
)
ASKING = replace(ITEM, ratio="不低于3%或按专项计划确定", frequency="每年不少于1次")


def save(house: House, clock: Clock, item: Item) -> int:
    from storage import directories

    with writing(house.engine) as tx:
        directories.save_items(tx, [item], clock())
        return phrases.keep(tx, [item], clock())


def of(house: House, field: str, item: str = "X-1") -> phrases.Kept:
    with reading(house.engine) as tx:
        return next(one for one in phrases.every(tx) if (one.item, one.field) == (item, field))


def test_the_import_reads_what_the_demo_says(demo: tuple[House, Clock]) -> None:
    house, _ = demo
    assert of(house, "ratio", "GA-02").meaning == Stated(Ratio(1, 20))
    assert len(of(house, "frequency", "GA-02").meaning.frequencies) == 2  # type: ignore[union-attr]
    with reading(house.engine) as tx:
        assert phrases.open_questions(tx) == ()
        assert phrases.meanings(tx)["GA-06"] == Stated(Ratio(1, 2), (Frequency(1),))


@pytest.mark.rule("general-cap")
def test_what_cannot_be_read_is_asked_and_the_answer_stays_with_who_and_when(
    demo: tuple[House, Clock],
) -> None:
    house, clock = demo
    assert save(house, clock, ASKING) == 1
    with reading(house.engine) as tx:
        assert [(one.item, one.field) for one in phrases.open_questions(tx)] == [("X-1", "ratio")]
    with writing(house.engine) as tx:
        again = phrases.answer(tx, "X-1", "ratio", "看情况", ORGANISER, clock())
        assert isinstance(again, Unclear)
        at = clock()
        phrases.answer(tx, "X-1", "ratio", "不超过3%", ORGANISER, at)
    kept = of(house, "ratio")
    assert (kept.meaning, kept.by, kept.at) == (Stated(Ratio(3, 100, "at-most")), "P:O", at)
    assert kept.phrase == ASKING.ratio
    with reading(house.engine) as tx:
        told = tx.execute(events.select().where(events.c.stream == "catalogue")).all()
        assert [(row.type, row.by) for row in told] == [("PhraseAnswered", "P:O")]
        assert trail.verify(tx, "catalogue") == 1


def test_the_same_list_again_keeps_the_answer_and_a_changed_phrase_is_asked_anew(
    demo: tuple[House, Clock],
) -> None:
    house, clock = demo
    save(house, clock, ASKING)
    with writing(house.engine) as tx:
        phrases.answer(tx, "X-1", "ratio", phrases.DEFERRED, ORGANISER, clock())
    assert save(house, clock, ASKING) == 0
    assert of(house, "ratio").meaning == Stated()
    assert save(house, clock, replace(ASKING, ratio="按上级部署")) == 1
    assert of(house, "ratio").meaning is None
    save(house, clock, replace(ASKING, ratio=""))
    with reading(house.engine) as tx:
        assert [one.field for one in phrases.every(tx) if one.item == "X-1"] == ["frequency"]


def test_an_answer_to_nothing_is_not_kept(demo: tuple[House, Clock]) -> None:
    house, clock = demo
    with writing(house.engine) as tx, pytest.raises(NotFound):
        phrases.answer(tx, "X-9", "ratio", "3%", ORGANISER, clock())


def test_the_same_words_of_other_items_can_be_answered_with_one(demo: tuple[House, Clock]) -> None:
    house, clock = demo
    for number in (1, 2, 3):
        save(house, clock, replace(ASKING, id=f"X-{number}"))
    save(house, clock, replace(ASKING, id="X-4", ratio="按上级部署"))
    with writing(house.engine) as tx:
        assert phrases.answer_alike(tx, "X-1", "ratio", ORGANISER, clock()) == 0
        phrases.answer(tx, "X-1", "ratio", "不超过3%", ORGANISER, clock())
        assert phrases.answer_alike(tx, "X-1", "ratio", ORGANISER, clock()) == 2
        assert [one.item for one in phrases.open_questions(tx)] == ["X-4"]
        assert phrases.meanings(tx)["X-3"].ratio == Ratio(3, 100, "at-most")
