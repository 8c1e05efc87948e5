"""The ceremony as its people live it: by what stands on their buttons, and against those who would bend it."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot import files
from bot.card import Card, File
from bot.channels.web_desk import HouseDesk
from bot.deliver import deliver
from storage import ceremonies, directories, people, projection, screen, sealing, trail, transcripts
from storage.database import reading, writing
from storage.documents import encode
from storage.draw_schema import ceremonies as rows
from storage.draw_schema import frozen_files
from storage.schema import draws as draw_rows
from tests.ceremony.hall import DRAWN_AT, NUMBERS, OTHERS, ROLLED, Hall
from tests.talking import SHOWN, Phone
from workflows.draw import seal, shares
from workflows.draw.ceremony.events import CeremonyRefused
from workflows.draw.matching import matching
from workflows.draw.verify import Lists, verify


def cases(hall: Hall) -> set[str]:
    with reading(hall.house.engine) as tx:
        return {case.id for case in projection.all_cases(tx)}


def refusals(hall: Hall) -> list[tuple[str, str]]:
    with reading(hall.house.engine) as tx:
        told = [one.event for one in ceremonies.history(tx, hall.kept.id)]
    return [(one.rule, one.reason) for one in told if isinstance(one, CeremonyRefused)]


def content(hall: Hall, file: File) -> str:
    path = files.where(hall.house, file)
    assert path
    return path.read_text(encoding="utf-8")


@pytest.mark.rule("witnesses", "draw-record", "both-random", "by-machine")
def test_the_whole_way_with_two_witnesses_and_a_lottery(hall: Hall) -> None:
    before = cases(hall)
    o = hall.announced()
    assert o.sees("岳清和") and o.sees("柏岚") and o.sees("快乐8 第 2026254 期")
    o.tap("冻结名单")
    assert o.sees("名单已冻结")
    o.tap("公布承诺")
    assert o.sees("等见证人录入")
    hall.give(hall.first, ROLLED[0])
    rolled = hall.second
    rolled.say("抽取")
    rolled.tap("掷骰子")
    rolled.tap("确认交出")
    o.tap("看抽取进展")
    assert o.sees(f"W01 岳清和：已录入 {ROLLED[0]}") and o.sees("W02 柏岚：已录入")
    o.tap("截止录入")
    hall.clock.now = DRAWN_AT
    hall.type(o)
    assert o.sees("再请一人")
    hall.type(hall.second)
    assert hall.stage == "BEACON"
    o.send(button=hall.data("ceremony"))
    o.tap("抽取")
    assert o.sees("派发以前谁也看不到名单")
    assert o.card.buttons[0].label == "签字确认"
    for phone in (o, hall.first, hall.second):
        phone.send(button=hall.data("ceremony"))
        phone.tap("签字确认")
    assert cases(hall) == before
    o.send(button=hall.data("ceremony"))
    o.tap("派发任务")
    assert len(cases(hall) - before) == 2
    o.tap("公开密封数")
    o.tap("结束抽取")
    assert hall.stage == "CLOSED"
    with reading(hall.house.engine) as tx:
        trail.verify(tx)


def test_an_item_given_to_another_department_since_the_draw_is_named_in_the_chat(hall: Hall) -> None:
    o, before = hall.signed(), cases(hall)
    with writing(hall.house.engine) as tx:
        item = directories.all_items(tx)[hall.kept.task.items[0]]
        directories.save_items(tx, [replace(item, department="县档案局")], hall.clock())
    o.tap("派发任务")
    assert o.sees(f"“{item.name}”的抽查主体现在是县档案局") and o.sees("没有办成")
    assert (cases(hall), hall.stage) == (before, "DRAWN")
    with writing(hall.house.engine) as tx:
        directories.save_items(tx, [item], hall.clock())
    o.send(button=hall.data("ceremony"))
    o.tap("派发任务")
    assert len(cases(hall) - before) == 2


@pytest.mark.rule("by-machine", "witnesses")
def test_the_transcript_of_the_chat_is_replayed_whole(hall: Hall) -> None:
    o = hall.released()
    o.tap("公开密封数")
    o.tap("抽取记录")
    said, *lists = (content(hall, file) for file in o.card.files)
    objects, inspectors, recusals, inputs = (tuple(one.split("\n")[:-1]) for one in lists)
    checks = verify(said, Lists(objects, inspectors, recusals), matching(inputs))
    assert [check for check in checks if not check.ok] == []
    assert {"replay", "matching"} <= {check.what for check in checks}
    other = tuple(one.replace('"inspector","P:GA001"', '"inspector","P:GA0O1"') for one in inputs)
    assert not verify(said, Lists(objects, inspectors, recusals), matching(other))[-1].ok


@pytest.mark.rule("witnesses")
def test_the_last_witness_refuses_and_the_draw_goes_on(hall: Hall) -> None:
    o = hall.committed()
    hall.give(hall.first, ROLLED[0])
    late = hall.second
    late.say("抽取")
    late.tap("录入见证数")
    late.say(ROLLED[1])
    o.tap("看抽取进展")
    o.tap("截止录入")
    assert o.sees("W02：未录入")
    late.tap("确认交出")
    assert late.card.tone == "refusal" and late.sees("录入已经截止")
    assert refusals(hall) == [("witnesses", "late")]
    hall.clock.now = DRAWN_AT
    hall.type(o)
    hall.type(hall.first)
    o.send(button=hall.data("ceremony"))
    assert o.tap("抽取").title.startswith("抽取")
    assert hall.stage == "DRAWN"
    # Who gave no digits was not part of it, and does not sign.
    late.send(button=hall.data("sign-draw", hall.kept.ceremony.held.record[:20]))  # type: ignore[union-attr]
    assert late.sees("您没有参加这次抽取")


@pytest.mark.rule("by-machine")
def test_the_organiser_rolls_again_and_both_commitments_stay(hall: Hall) -> None:
    o = hall.committed()
    first = hall.kept.ceremony.committed
    o.send(button=hall.data("commit"))
    assert o.card.title.startswith("抽取")
    swap_secrets(hall)
    o.send(button=hall.data("commit"))
    assert o.card.tone == "refusal" and o.sees("承诺只能公布一次")
    assert refusals(hall) == [("by-machine", "first-commit")]
    assert hall.kept.ceremony.committed == first


def swap_secrets(hall: Hall) -> None:
    """Somebody with the database password."""
    kept = hall.kept
    with writing(hall.house.engine) as tx:
        data = encode(kept.closet).replace(kept.closet.secrets.objects, "ab" * 32)
        tx.execute(rows.update().where(rows.c.id == kept.id).values(data=data))


@pytest.mark.rule("by-machine")
@pytest.mark.parametrize("name", ["objects", "inspectors", "recusals", "inputs"])
def test_a_list_edited_after_the_freeze_draws_nothing(hall: Hall, name: str) -> None:
    o = hall.lit()
    digest = hall.kept.closet.files[name]
    with writing(hall.house.engine) as tx:
        mine = frozen_files.c.digest == digest
        data = tx.execute(frozen_files.select().where(mine)).one().data
        edited = data.replace("|E\n", "|X:DEREG\n", 1) if "|E\n" in data else data[:-3] + "9" + data[-2:]
        tx.execute(frozen_files.update().where(mine).values(data=edited))
    o.tap("抽取")
    assert o.card.tone == "refusal" and o.sees("名单与冻结时不一致")
    assert refusals(hall) == [("by-machine", "list-edited")]
    assert hall.stage == "BEACON"


@pytest.mark.rule("by-machine")
def test_a_beacon_typed_differently_is_shown_to_both_and_a_third_decides(hall: Hall) -> None:
    o = hall.spoken()
    o.tap("录入开奖号码")
    assert o.sees("还没有开奖")
    hall.clock.now = DRAWN_AT
    hall.type(o, "5 1 1")
    assert o.sees("写法不对")
    o.say(NUMBERS)
    hall.type(hall.first, OTHERS)
    for phone in (o, hall.first):
        phone.send(button=hall.data("ceremony"))
        assert phone.sees("两人录入的不一致") and phone.sees(" 79") and phone.sees(" 80")
    hall.type(hall.head)
    assert hall.stage == "BEACON"
    assert hall.kept.ceremony.beacon.sources[0].endswith("80./")  # type: ignore[union-attr]


@pytest.mark.rule("by-machine")
def test_a_draw_given_up_leaves_its_reason_and_gets_a_new_number(hall: Hall) -> None:
    o = hall.drawn()
    given_up = hall.kept.id
    o.tap("作废重抽")
    o.tap("名单有误")
    assert o.sees("作废理由：名单有误") and o.sees(f"{given_up}.2")
    with reading(hall.house.engine) as tx:
        assert tx.execute(draw_rows.select().where(draw_rows.c.id == given_up)).first() is None
        assert ceremonies.load(tx, given_up).ceremony.held
    hall.announced("明天21:30").tap("冻结名单")
    assert hall.kept.id == f"{given_up}.2"
    # What the witnesses still have on their phones belongs to the draw that was given up.
    hall.first.send(button=f"ceremony||{ceremonies.mark_of(given_up)}")
    assert hall.first.sees("已作废")


@pytest.mark.rule("by-machine")
@pytest.mark.parametrize("said", ["重新抽一次", "这次抽取不算，重抽"])
def test_a_draw_anew_asked_for_in_words_is_asked_why_and_changes_nothing_yet(hall: Hall, said: str) -> None:
    o = hall.drawn()
    asked = o.say(said)
    assert asked.title == "作废这次抽取"
    assert "名单有误" in [b.label for b in asked.buttons]
    assert hall.kept.ceremony.abandoned is None
    o.tap("名单有误")
    assert o.sees("作废理由：名单有误")


@pytest.mark.rule("both-random")
def test_inspectors_alone_are_drawn_only_with_the_approval_at_hand(hall: Hall) -> None:
    o = hall.announced()
    o.tap("只抽检查人员")
    assert o.sees("云政办发〔2016〕105号")
    o.say("口头批准")
    assert o.sees("这不是照片或文件")
    o.say("抽取")
    o.tap("抽取：放射源")
    o.tap("公开见证抽取")
    assert "冻结名单" not in [b.label for b in o.card.buttons]
    o.send(button=o.button("附上批准文件").data.replace("draft-approval", "freeze"))
    assert o.card.tone == "refusal" and o.sees("只抽一方须有批准文件")
    o.tap("公开见证抽取")
    o.tap("附上批准文件")
    o.photo(name="批复.jpg")
    assert o.sees("批准文件已附上")
    o.tap("冻结名单")
    assert o.sees("只抽检查人员，对象全部检查")
    plan = hall.kept.ceremony.plan
    assert plan.sides == ("inspectors",)
    drawn = [quota for name, quota in plan.strata.items() if name != "-"]
    assert [(quota.num, quota.den) for quota in drawn] == [(1, 1)]


@pytest.mark.rule("witnesses")
def test_digits_are_given_once_by_their_own_witness_and_never_too_few(hall: Hall) -> None:
    o = hall.committed()
    w = hall.first
    w.say("抽取")
    w.tap("录入见证数")
    w.say("123")
    assert w.sees("不是20至40位数字")
    w.say(" ".join(ROLLED[0][at : at + 4] for at in range(0, 20, 4)))
    w.tap("确认交出")
    w.send(button=hall.data("contribute", ROLLED[1], "yes"))
    assert w.sees("您已经录入过")
    o.send(button=hall.data("contribute", ROLLED[1], "yes"))
    assert hall.kept.ceremony.given == {"W01": ROLLED[0]}


@pytest.mark.rule("witnesses")
def test_as_many_digits_as_the_card_says_can_be_given(hall: Hall) -> None:
    hall.committed()
    longest = "".join(ROLLED)
    hall.give(hall.first, longest)
    assert hall.kept.ceremony.given == {"W01": longest}
    hall.first.send(button=hall.data("contribute", "3", "y"))
    assert hall.kept.ceremony.given == {"W01": longest}


@pytest.mark.rule("mutual-blind")
def test_strangers_see_no_ceremony_and_the_witness_reaches_no_step_of_the_organiser(hall: Hall) -> None:
    hall.committed()
    stranger = phone_of_an_inspector(hall)
    verbs = ("ceremony", "commit", "close-nonces", "hold-draw", "release-draw", "open-draw", "transcript")
    for verb in (*verbs, "draw-share", "dice", "enter-beacon", "abandon-draw", "sign-draw", "close-draw"):
        stranger.send(button=hall.data(verb))
        assert stranger.card.title == "抽取由信息管理员办理", verb
    assert stranger.say("抽取").title == "抽取由信息管理员办理"
    for verb in ("close-nonces", "hold-draw", "release-draw", "open-draw", "close-draw"):
        hall.first.send(button=hall.data(verb))
        assert hall.stage == "COMMITTED", verb


def phone_of_an_inspector(hall: Hall) -> Phone:
    from tests.talking import person_named, phone_of

    return phone_of(hall.house, person_named(hall.house, "林一帆"))


@pytest.mark.rule("mutual-blind")
def test_before_the_release_no_card_file_message_or_log_says_who_goes_where(
    hall: Hall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    o = hall.signed()
    for phone in (o, hall.first, hall.second, hall.head):
        for word in ("抽取", "任务", "进度"):
            phone.say(word)
        phone.send(button=hall.data("transcript"))
    deliver(hall.house)
    with reading(hall.house.engine) as tx:
        row = tx.execute(draw_rows.select().where(draw_rows.c.id == hall.kept.id)).one()
        result = sealing.read(tx, row.id, row.data).result
        screens = [one.body for p in (o, hall.first) for one in screen.since(tx, "web", p.account, 0)]
        record = transcripts.written(tx, hall.kept.id)
    team = {m.inspector_id for one in result.selected for m in one.members}
    said = [*screens, caplog.text, record, *(encode(card) for card in SHOWN)]
    for drawn in result.selected:
        assert not [text for text in said if drawn.target_id in text]
    assert not [text for text in said if any(f'"{one}"' in text for one in team)]
    # The lists name everybody who could be drawn, and say nothing of who was.
    kept = [path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.rglob("made/**/*.txt")]
    assert kept and set(kept) == set(lists_of(hall))
    secrets = hall.kept.closet.secrets
    hidden = (secrets.objects, secrets.inspectors, result.seed, result.seed_inspectors)
    assert not [text for text in (*said, *kept) if any(one in text for one in hidden)]


def lists_of(hall: Hall) -> list[str]:
    with reading(hall.house.engine) as tx:
        return list(transcripts.files(tx, hall.kept).values())


@pytest.mark.rule("mutual-blind")
def test_two_keepers_open_what_one_cannot_and_the_organiser_holds_nothing(hall: Hall) -> None:
    o = hall.committed()
    o.send(button=hall.data("draw-share"))
    assert o.card.files == () and "领取份额" not in [b.label for b in o.card.buttons]
    parts = []
    for phone in (hall.head, hall.second):
        phone.send(button=hall.data("ceremony"))
        phone.tap("领取份额")
        lines = content(hall, phone.card.files[0]).splitlines()
        found = [line.split(" ") for line in lines if line.startswith("第 ") and "部分" in line]
        own = tuple((int(words[1]), words[3]) for words in found)
        parts.append(shares.Share(len(parts), own[:2]))
        assert hall.kept.closet.secrets.objects not in content(hall, phone.card.files[0])
    opened = shares.join(parts)
    assert seal.com(opened) == hall.kept.ceremony.committed.com_objects  # type: ignore[union-attr]


def test_witnesses_are_told_when_the_draw_waits_for_them(hall: Hall) -> None:
    hall.committed()
    deliver(hall.house)
    with reading(hall.house.engine) as tx:
        told = screen.since(tx, "web", hall.first.account, 0)[-1].body
    assert "请掷骰子" in told


def notices(hall: Hall, phone: Phone) -> list[Card]:
    """What came to this phone by itself, the oldest first."""
    deliver(hall.house)
    feed = HouseDesk(hall.house).feed(phone.account, 0)
    return [one.card for one in feed if one.card and one.card.tone == "notice"]


@pytest.mark.rule("mutual-blind")
def test_every_keeper_of_a_share_is_told_with_the_button_that_gets_it(hall: Hall) -> None:
    """The head of the office takes no other part in the draw, and would never look."""
    o = hall.frozen()
    assert hall.kept.closet.keepers[0] == hall.head.person
    # Nothing can be fetched before the commitment, so nobody is called.
    assert notices(hall, hall.head) == []
    o.tap("公布承诺")
    for number, phone in enumerate((hall.head, hall.first, hall.second), start=1):
        (told,) = notices(hall, phone)
        assert any(f"您保管第 {number} 份份额" in line for line in told.lines)
        phone.send(button=next(way.data for way in told.buttons if way.label == "领取份额"))
        assert phone.sees(f"第 {number} 份，共三份")
        assert len(phone.card.files) == 1
    assert not any("您保管第" in line for card in notices(hall, o) for line in card.lines)


def test_without_three_keepers_nobody_is_called_for_a_share(hall: Hall) -> None:
    with writing(hall.house.engine) as tx:
        head = people.get(tx, hall.head.person)
        assert head
        people.save(tx, replace(head, roles=("inspector",)))
    hall.committed()
    assert hall.kept.closet.keepers == ()
    assert notices(hall, hall.head) == []
    assert not any("份额" in line for card in notices(hall, hall.first) for line in card.lines)


@pytest.mark.rule("witnesses")
def test_stale_taps_change_nothing_and_show_the_ceremony_as_it_is(hall: Hall) -> None:
    o = hall.drawn()
    record = hall.kept.ceremony.held
    for verb in ("commit", "close-nonces", "hold-draw"):
        o.send(button=hall.data(verb))
        assert o.card.title.startswith("抽取 · ") and o.sees("结果封存"), verb
    assert hall.kept.ceremony.held == record
