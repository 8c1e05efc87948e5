"""A supervisor asks and gets an answer; what they may not see stays away; every list can be taken along."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from bot import files
from bot.card import MOST_BUTTONS, Card
from bot.dialogs.oversight import NO_CASE as OVERSIGHT
from bot.dialogs.oversight import coded, mark
from bot.dialogs.reports import bulletin_card
from bot.progress_words import axis_name
from storage import bulletins, people, trail
from storage.database import reading, writing
from storage.exports.workbook import Sheet, workbook
from storage.schema import outbox
from tests.conversation.walks import Scene, finished, inspected, published, signed
from tests.oversight.conftest import count_anew
from tests.talking import SHOWN, START, Phone, person_named, phone_of
from workflows.inspection.commands import FormSummary
from workflows.progress import AXES

PROGRESS = (*OVERSIGHT, "progress", "oversight")


def ask(phone: Phone, verb: str, *given: str) -> Card:
    return phone.send(button="|".join((verb, "", *given)))


def file_of(s: Scene, card: Card) -> openpyxl.Workbook:
    (file,) = card.files
    path = files.where(s.house, file)
    assert path is not None
    return openpyxl.load_workbook(path)


def rows_of(book: openpyxl.Workbook, title: str = "") -> list[dict[str, object]]:
    page = book[title] if title else book.active
    assert page is not None
    values = [list(row) for row in page.iter_rows(values_only=True)]
    top = next(n for n, row in enumerate(values) if sum(cell is not None for cell in row) > 2)
    return [dict(zip(values[top], row, strict=True)) for row in values[top + 1 :]]


def fits(card: Card) -> None:
    assert len(card.buttons) <= MOST_BUTTONS
    assert len({b.data for b in card.buttons}) == len(card.buttons)
    assert "None" not in "".join((card.title, *card.lines))


def test_the_overview_says_all_six_counts_and_the_three_rates(office: Scene) -> None:
    card = ask(office.head, "oversight")
    assert card.chart
    counts = {bar.label: bar.count for bar in card.chart.bars}
    assert counts == {"应检查": 3, "待录入": 3, "录入中": 0, "待审核": 0, "已公示": 0, "逾期": 0}
    assert office.head.sees("完成率 0.0%｜完结率 —｜按时率 —")
    fits(card)


def test_after_a_walk_the_numbers_have_moved(office: Scene) -> None:
    published(office)
    count_anew(office.house)
    ask(office.head, "oversight")
    chart = office.head.card.chart
    assert chart and ("已公示", 2) in [(bar.label, bar.count) for bar in chart.bars]
    assert office.head.sees("完成率 66.7%｜完结率 100.0%｜按时率 100.0%")


@pytest.mark.parametrize("axis", AXES)
def test_every_axis_opens_down_to_a_case(office: Scene, axis: str) -> None:
    ask(office.head, "slices")
    fits(office.head.card)
    office.head.tap(f"按{axis_name(axis)}")
    fits(office.head.card)
    for phrase in ("应检查", "完成率"):
        assert office.head.sees(phrase)
    reached = False
    for _ in range(8):
        for button in office.head.card.buttons:
            if button.data.startswith(("listing|", "progress||d")):
                page = Phone(office.house, office.head.person, office.head.account)
                page.send(button=button.data)
                fits(page.card)
                reached |= any(b.data.startswith(("open|", "listing|")) for b in page.card.buttons)
        more = [b for b in office.head.card.buttons if b.label == "后面几行"]
        if not more:
            break
        office.head.send(button=more[0].data)
    assert reached


def test_who_is_overdue_is_told_by_name_from_the_day_after(office: Scene) -> None:
    signed(office)
    count_anew(office.house)
    ask(office.head, "listing", "overdue")
    assert office.head.sees("没有逾期。")
    office.clock.now += timedelta(days=45)
    ask(office.head, "listing", "overdue")
    name = office.case.members[office.market.person].name
    assert office.head.sees(name)
    assert office.head.sees("已逾期")
    assert office.head.tap(office.target).key == f"case:{office.case_id}"


def test_who_has_not_signed_is_told_by_name(office: Scene) -> None:
    finished(office).market.tap("形成汇总表")
    office.market.tap("签名确认")
    count_anew(office.house)
    ask(office.head, "listing", "unsigned")
    police = office.case.members[office.police.person].name
    assert office.head.sees(f"没签字：{police}")
    assert office.head.sees("当事人")


def test_what_somebody_is_inspecting(office: Scene) -> None:
    ask(office.head, "listing", "on", coded("person", office.market.person))
    name = office.case.members[office.market.person].name
    assert office.head.card.title.startswith(f"{name}在查什么")
    assert office.head.sees(office.target)


def test_an_inspector_sees_their_own_and_nobody_else_s(office: Scene) -> None:
    ask(office.police, "slice", "person")
    with reading(office.house.engine) as tx:
        strangers = [p.name for p in people.everybody(tx) if p.id not in office.case.members]
    assert office.police.sees("应检查 1")
    assert not any(office.police.sees(name) for name in strangers)
    ask(office.police, "listing", "on", coded("person", person_named(office.house, strangers[0])))
    assert office.police.sees("已经不在了")


@pytest.mark.parametrize(
    "given",
    [
        ("slice", "weather"),
        ("slice", "person", "0", "ffffffff"),
        ("listing", "everything"),
        ("listing", "slice", "nffffffff"),
        ("listing", "slice", "t260231260231"),
        ("progress", "dffffffff"),
        ("progress", "x"),
        ("export", "slice", "lead", "ffffffff"),
        ("export", "axis", "weather"),
        ("duty", "ffffffff", "year"),
        ("bulletin-send", "20260921-9"),
    ],
)
def test_a_forged_button_gets_a_sentence_and_no_file(office: Scene, given: tuple[str, ...]) -> None:
    card = ask(office.head, *given)
    assert card.files == ()
    assert card.title != "系统出了差错"


@pytest.mark.parametrize(
    "given", [("axis", axis) for axis in AXES] + [("overdue",), ("unsigned",), ("week",), ("warned",)]
)
def test_every_list_opens_in_excel(office: Scene, given: tuple[str, ...]) -> None:
    signed(office)
    count_anew(office.house)
    office.clock.now += timedelta(days=45)
    card = ask(office.head, "export", *given)
    book = file_of(office, card)
    rows = rows_of(book)
    if given in (("overdue",), ("axis", "department")):
        assert rows
        assert all(row for row in rows)
    fits(card)


def test_the_excel_of_the_departments_adds_up(office: Scene) -> None:
    published(office)
    count_anew(office.house)
    rows = rows_of(file_of(office, ask(office.head, "export", "axis", "department")))
    *parts, whole = rows
    assert whole["部门"] == "合计"
    for column in ("应检查", "已公示", "逾期", "完结"):
        assert sum(int(str(row[column])) for row in parts) == whole[column]
    assert whole["完成率"] == pytest.approx(2 / 3)


def test_words_in_a_cell_are_never_a_formula() -> None:
    made = workbook([Sheet("表[1]", ("甲", "乙", "丙"), [("=1+1", "@x", "+86"), ("http://x", "", 3)])], START)
    page = openpyxl.load_workbook(BytesIO(made)).active
    assert page is not None
    assert [(c.value, c.data_type) for c in page[3]] == [("=1+1", "s"), ("@x", "s"), ("+86", "s")]
    assert page["C4"].value == 3


@pytest.mark.rule("bulletins")
def test_the_bulletin_is_shown_first_and_sent_once_word_for_word(office: Scene) -> None:
    signed(office)
    count_anew(office.house)
    office.clock.now += timedelta(days=45)
    shown = ask(office.head, "bulletin")
    name = office.case.members[office.market.person].name
    assert any(name in one and "逾期" in one for one in shown.lines)
    assert waiting(office) == []
    data = office.head.button("批准发送").data
    office.head.send(button=data)
    assert office.head.card.title == "通报已发送"
    sent = waiting(office)
    assert len(sent) == len({person for person, _ in sent}) > 5
    with reading(office.house.engine) as tx:
        kept = bulletins.get(tx, sent[0][1])
        trail.verify(tx)
    arrives = bulletin_card(kept)
    assert (arrives.title, *arrives.lines) == (shown.title, *shown.lines[:-1])
    office.head.send(button=data)
    assert office.head.card.title == "这份通报已经发过"
    assert waiting(office) == sent


def waiting(s: Scene) -> list[tuple[str, str]]:
    with reading(s.house.engine) as tx:
        rows = tx.execute(outbox.select().where(outbox.c.kind == bulletins.KIND).order_by(outbox.c.id))
        return [(row.person, row.detail) for row in rows]


def test_nobody_but_the_office_sends_a_bulletin(office: Scene) -> None:
    ask(office.head, "bulletin")
    number = office.head.button("批准发送").data.split("|")[-1]
    for phone in (office.market, office.organiser, office.legal):
        ask(phone, "bulletin-send", number)
        assert phone.sees("通报由")
        ask(phone, "bulletin")
        assert phone.sees("通报由")
    assert waiting(office) == []


def test_a_department_s_head_sends_to_that_department_alone(office: Scene) -> None:
    department = office.case.members[office.police.person].department
    head = people.Person("P:HEAD", "罗科长", department, ("supervisor",))
    with writing(office.house.engine) as tx:
        people.save(tx, head)
    phone = phone_of(office.house, head.id)
    shown = ask(phone, "bulletin")
    assert department in "".join(shown.lines)
    phone.tap("批准发送")
    with reading(office.house.engine) as tx:
        told = {p.id for p in people.everybody(tx) if p.department == department} & {
            w for w, _ in waiting(office)
        }
    assert told == {person for person, _ in waiting(office)} != set()


def test_after_the_numbers_changed_an_old_bulletin_still_says_what_was_shown(office: Scene) -> None:
    shown = ask(office.head, "bulletin")
    old = office.head.button("批准发送").data
    published(office)
    count_anew(office.house)
    newer = ask(office.head, "bulletin")
    assert newer.lines != shown.lines
    office.head.send(button=old)
    with reading(office.house.engine) as tx:
        assert bulletins.get(tx, old.split("|")[-1]).text.split("\n") == [shown.title, *shown.lines[:-1]]


# -- the duty record ----------------------------------------------------------------------------------------


@pytest.mark.rule("duty")
def test_the_duty_record_holds_what_was_given_done_and_refused_each_with_its_clause(office: Scene) -> None:
    inspected(office, "market").market.tap("结束现场检查")
    office.market.send(button=f"enter|{office.case_id}|0|1")  # too early: refused, and on the trail
    count_anew(office.house)
    card = ask(office.market, "duty", "", "year")
    book = file_of(office, card)
    assert book.sheetnames == ["承担任务", "履行程序", "所做工作", "证据", "书面理由", "系统提示"]
    (given,) = rows_of(book, "承担任务")
    assert (given["检查对象"], given["来源"]) == (office.target, "抽取")
    with reading(office.house.engine) as tx:
        assert given["留痕校验值"] == trail.head(tx, f"case:{office.case_id}")[1]
    deeds = rows_of(book, "所做工作")
    assert {"到场签到", "告知权利义务", "出示执法证件", "检查", "取证"} <= {str(d["工作"]) for d in deeds}
    assert all(d["依据"] for d in deeds)
    answers = [d for d in deeds if d["工作"] == "检查"]
    assert all(str(d["检查项依据"]) for d in answers)
    assert any("不符合" in str(d["内容"]) for d in answers)
    assert {str(e["校验值（SHA-256）"]) for e in rows_of(book, "证据")} == {
        d for d, piece in office.case.evidence.items() if piece.by == office.market.person
    }
    kept = {str(row["要求"]): row["完成时间"] for row in rows_of(book, "履行程序")}
    assert len(kept) == 10
    assert "尚无记录" in kept.values()
    assert sum(when != "尚无记录" for when in kept.values()) >= 6


@pytest.mark.rule("duty")
def test_reasons_and_refusals_stand_in_the_record_in_words(office: Scene) -> None:
    walked = inspected(office)
    ask_for = office.market.send(button=f"sign|{office.case_id}")
    assert ask_for.tone == "refusal"
    walked.market.tap("返回任务单")
    count_anew(office.house)
    book = file_of(office, ask(office.market, "duty"))
    refused = rows_of(book, "系统提示")
    assert refused
    assert all(r["系统提示"] and r["依据"] for r in refused)
    assert str(FormSummary.__name__) not in str(refused)


@pytest.mark.rule("duty")
def test_nobody_takes_another_inspector_s_record_but_who_oversees_them(office: Scene) -> None:
    ask(office.police, "duty", mark(office.market.person))
    assert office.police.sees("已经不在了")
    card = ask(office.head, "duty", mark(office.market.person))
    assert card.title == f"尽职记录 · {office.case.members[office.market.person].name}"


@pytest.mark.rule("duty")
def test_who_left_a_case_keeps_the_record_of_what_was_done_there(office: Scene) -> None:
    office.at(office.market).tap("收到任务")
    office.at(office.market).tap("其他事项")
    office.market.tap("不能参加")
    office.market.say("突发疾病")
    assert office.market.person not in office.case.members
    count_anew(office.house)
    book = file_of(office, ask(office.market, "duty"))
    (given,) = rows_of(book, "承担任务")
    assert given["退出"] == "因故退出"
    (reason,) = rows_of(book, "书面理由")
    assert reason["写明的理由"] == "突发疾病"


def test_a_period_without_work_says_so(office: Scene) -> None:
    count_anew(office.house)
    office.clock.now += timedelta(days=200)
    card = ask(office.market, "duty", "", "month")
    assert card.files == ()
    assert office.market.sees("没有承担")


def test_every_card_shown_here_fits(office: Scene, tmp_path: Path) -> None:
    SHOWN.clear()
    for given in (("oversight",), ("slices",), ("warned",), ("bulletin",), ("duty",)):
        ask(office.head, *given)
    assert len(SHOWN) == 5
    for card in SHOWN:
        fits(card)


def test_a_region_is_called_by_its_name_and_a_code_nobody_knows_stays(office: Scene) -> None:
    ask(office.head, "slice", "region")
    assert "§ 勐海县" in office.head.card.lines
    assert "勐海县" in [b.label for b in office.head.card.buttons]
    (row, whole) = rows_of(file_of(office, ask(office.head, "export", "axis", "region")))
    assert (row["地区"], whole["地区"]) == ("勐海县", "合计")
    (shared,) = {row["地区"] for row in rows_of(file_of(office, ask(office.head, "export", "slice")))}
    assert shared == "勐海县"


def test_months_read_as_months(office: Scene) -> None:
    card = ask(office.head, "slice", "month")
    assert any(re.fullmatch(r"§ 20\d\d年\d{1,2}月", line) for line in card.lines)
    assert not any(re.search(r"\d{4}-\d\d", b.label) for b in card.buttons)


def faces(card: Card) -> tuple[str, tuple[str, ...]]:
    return card.title, tuple(b.label for b in card.buttons)


def below(
    phone: Phone, card: Card, above: tuple[tuple[str, tuple[str, ...]], ...], seen: set[object]
) -> None:
    """Every card of 进度 reached from this one; what leads to a card already passed on the way is a way back."""
    ways = [(b, phone.send(button=b.data)) for b in card.buttons if b.data.partition("|")[0] in PROGRESS]
    back = [b for b, shown in ways if faces(shown) in (*above, faces(card))]
    assert [b.label for b in back if b.style == "primary"] == [], card.title
    assert sum(b.style == "primary" for b in card.buttons) <= 1
    seen.add(faces(card))
    for _, shown in ways:
        if faces(shown) not in seen and shown.key == "progress":
            below(phone, shown, (*above, faces(card)), seen)


@pytest.mark.parametrize("who", ["head", "market"])
def test_on_no_card_of_the_progress_is_the_way_back_what_one_would_do_next(office: Scene, who: str) -> None:
    phone, seen = getattr(office, who), set[object]()
    below(phone, ask(phone, "progress"), (), seen)
    titles = {str(one).split(" ")[0].strip("('") for one in seen}
    assert {"进度", "分类查看", "按部门", "按人员", "按月份", "谁逾期了", "谁没签字", "名单"} <= titles, (
        titles
    )
