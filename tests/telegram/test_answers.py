"""What a person at the other end of Telegram sees, through a Bot API over HTTP."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.card import Button, Card
from bot.channels.telegram.showing import Chat, show
from storage import casebook
from tests.conversation.walks import VISIT, opened, prechecked
from tests.telegram.conftest import GROUP, LIN, STRANGER, ZHOU, Desk
from workflows.checklist import VIOLATES


def jpeg(colour: str = "red", side: int = 40) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (side, side), colour).save(drawn, "JPEG")
    return drawn.getvalue()


def photo(file_id: str) -> dict[str, object]:
    sizes = [{"file_id": "thumb", "file_unique_id": "t", "width": 90, "height": 90}]
    return {"photo": [*sizes, {"file_id": file_id, "file_unique_id": "l", "width": 1280, "height": 960}]}


async def at_the_case(desk: Desk, who: int = LIN) -> None:
    await desk.says(who, "/task")
    await desk.taps(who, desk.scene.target)


async def test_a_stranger_gets_nothing_but_the_way_to_bind(desk: Desk) -> None:
    desk.api.files["f"] = jpeg()
    assert "还没有绑定" in (await desk.says(STRANGER, "任务"))["text"]
    desk.api.person_sends(STRANGER, **photo("f"))
    await desk.settle()
    assert "还没有绑定" in desk.api.last(STRANGER)["text"]
    assert desk.api.made("getFile") == []


async def test_a_tap_is_answered_first_and_its_card_edited_in_place(desk: Desk) -> None:
    await at_the_case(desk)
    card, made = desk.api.last(LIN), len(desk.api.calls)
    await desk.taps(LIN, "收到任务")
    methods = [c.method for c in desk.api.calls[made:] if c.method.startswith(("answer", "edit", "send"))]
    assert methods == ["answerCallbackQuery", "editMessageText"]
    assert desk.api.last(LIN)["message_id"] == card["message_id"]
    assert desk.api.last(LIN)["text"] != ""
    assert desk.scene.market.person in desk.scene.case.acknowledged


async def test_a_tap_too_old_to_be_answered_is_done_all_the_same(desk: Desk) -> None:
    await at_the_case(desk)
    desk.api.refuse("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")
    await desk.taps(LIN, "收到任务")
    assert desk.scene.market.person in desk.scene.case.acknowledged


async def test_not_modified_is_success(desk: Desk) -> None:
    await at_the_case(desk)
    before = desk.api.seen(LIN)
    desk.api.person_taps(LIN, "收到任务")
    desk.api.person_taps(LIN, "收到任务")
    await desk.settle()
    edits = desk.api.made("editMessageText")
    assert edits[-1].sent == edits[-2].sent
    assert [m["message_id"] for m in desk.api.seen(LIN)] == [m["message_id"] for m in before]


async def test_a_card_above_what_was_said_comes_anew_and_the_old_one_leaves(desk: Desk) -> None:
    first = await desk.says(LIN, "任务")
    second = await desk.says(LIN, "任务")
    assert second["message_id"] > first["message_id"]
    assert desk.api.seen(LIN) == [second]


async def test_a_message_that_cannot_be_deleted_any_more_loses_its_buttons(desk: Desk) -> None:
    first = await desk.says(LIN, "任务")
    desk.api.refuse("deleteMessage", 400, "Bad Request: message can't be deleted for everyone")
    await desk.says(LIN, "任务")
    assert "reply_markup" not in desk.api.seen(LIN)[0]
    assert desk.api.seen(LIN)[0]["message_id"] == first["message_id"]


async def test_a_message_that_can_no_longer_be_edited_is_sent_anew(desk: Desk) -> None:
    await at_the_case(desk)
    old = desk.api.last(LIN)["message_id"]
    desk.api.refuse("editMessageText", 400, "Bad Request: message can't be edited")
    await desk.taps(LIN, "收到任务")
    assert desk.api.last(LIN)["message_id"] > old


async def test_flood_control_within_an_answer_is_waited_for(desk: Desk) -> None:
    desk.api.refuse("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    assert "我的任务" in (await desk.says(LIN, "任务"))["text"]
    assert len(desk.api.made("sendMessage")) == 2


async def test_a_person_who_blocked_the_bot_holds_nobody_up(desk: Desk) -> None:
    desk.api.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    desk.api.person_sends(LIN, text="任务")
    desk.api.person_sends(ZHOU, text="任务")
    await desk.settle()
    assert len(desk.api.seen(LIN)) + len(desk.api.seen(ZHOU)) == 1
    assert desk.unfinished() == ()


async def test_the_place_button_comes_when_a_place_is_asked_and_checks_in(desk: Desk) -> None:
    prechecked(desk.scene)
    desk.clock.now = VISIT
    await at_the_case(desk)
    asking = desk.api.made("sendMessage")[-1]
    assert asking.json("reply_markup")["keyboard"][0][0]["request_location"] is True
    desk.api.person_sends(LIN, location={"latitude": 21.98708, "longitude": 100.45883})
    await desk.settle()
    assert desk.scene.market.person in desk.scene.case.arrivals
    assert all("发送我的位置" not in m["text"] for m in desk.api.seen(LIN))


async def test_every_photo_of_an_album_becomes_evidence_in_its_largest_size(desk: Desk) -> None:
    opened(desk.scene)
    await at_the_case(desk)
    for number, colour in enumerate(("red", "green", "blue")):
        desk.api.files[f"f{number}"] = jpeg(colour)
        desk.api.person_sends(LIN, media_group_id="album", **photo(f"f{number}"))
    await desk.settle()
    assert [c.sent["file_id"] for c in desk.api.made("getFile")] == ["f0", "f1", "f2"]
    assert len(desk.scene.case.evidence) == 3


async def test_an_album_stays_with_the_finding_its_first_photo_settles(desk: Desk) -> None:
    opened(desk.scene)
    await at_the_case(desk)
    await desk.taps(LIN, "不符合")
    await desk.taps(LIN, "写问题情况")
    await desk.says(LIN, "未能出示备案证明")
    for number, colour in enumerate(("red", "green", "blue")):
        desk.api.files[f"f{number}"] = jpeg(colour)
        desk.api.person_sends(LIN, media_group_id="13370000", **photo(f"f{number}"))
    await desk.settle()
    case = desk.scene.case
    assert len(case.evidence) == 3
    (finding,) = {piece.question for piece in case.evidence.values()}
    assert case.answers[finding].value == VIOLATES


async def test_a_pdf_sent_as_a_document_is_kept_under_its_name(desk: Desk) -> None:
    opened(desk.scene)
    await at_the_case(desk)
    desk.api.files["doc"] = b"%PDF-1.7 a licence"
    document = {"file_id": "doc", "file_unique_id": "d", "file_name": "营业执照.pdf", "file_size": 18}
    desk.api.person_sends(LIN, document=document)
    await desk.settle()
    assert "营业执照.pdf" in "".join(m["text"] for m in desk.api.seen(LIN))
    assert len(desk.scene.case.evidence) == 1


@pytest.mark.parametrize(
    ("size", "data", "said"),
    [(21 * 1024 * 1024, b"", "文件太大"), (9, b"MZ-no-image", "不能作证据"), (9, None, "没有取到文件")],
)
async def test_a_file_that_is_no_evidence_is_refused_in_words(
    desk: Desk, size: int, data: bytes | None, said: str
) -> None:
    opened(desk.scene)
    if data is not None:
        desk.api.files["doc"] = data
    desk.api.person_sends(
        LIN, document={"file_id": "doc", "file_unique_id": "d", "file_name": "a", "file_size": size}
    )
    await desk.settle()
    text = desk.api.last(LIN)["text"]
    assert said in text or "不是能作证据" in text
    assert not desk.scene.case.evidence


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}}, "现在收不了"),
        ({"contact": {"phone_number": "00000000000", "first_name": "某", "user_id": STRANGER}}, "不是您本人"),
    ],
)
async def test_what_cannot_be_taken_is_said(desk: Desk, what: dict[str, object], said: str) -> None:
    desk.api.person_sends(LIN, **what)
    await desk.settle()
    assert said in desk.api.last(LIN)["text"]


async def test_changing_a_message_afterwards_changes_no_record(desk: Desk) -> None:
    sent = desk.api.person_sends(LIN, text="任务")
    await desk.settle()
    desk.api.person_edits(LIN, sent["message"], text="进度")
    await desk.settle()
    assert "没有重新记录" in desk.api.last(LIN)["text"]


async def test_in_a_group_words_show_nothing_and_a_strangers_tap_does_nothing(desk: Desk) -> None:
    case = desk.scene.case
    card = Card("收到任务", ("某",), (Button("收到任务", f"ack|{case.id}"),), key=f"case:{case.id}", step=1)
    await desk.channel.push(str(GROUP), card, "k")
    desk.api.person_sends(STRANGER, chat=GROUP, text="闲聊")
    desk.api.person_taps(STRANGER, "收到任务", chat=GROUP)
    desk.api.person_sends(LIN, chat=GROUP, text="/task@suijian_test_bot")
    await desk.settle()
    alert = desk.api.made("answerCallbackQuery")[0].sent
    assert alert["show_alert"] == "true"
    assert [m["text"] for m in desk.api.seen(GROUP)][1:] == ["请在与我的私聊里办理，群里不显示任务内容。"]
    assert casebook.find(desk.house.engine, case.id).acknowledged == case.acknowledged
    assert desk.api.seen(STRANGER) == []


async def test_a_group_that_became_a_supergroup_is_followed(desk: Desk) -> None:
    card = Card("新的检查任务", key="notice:1")
    desk.api.refuse("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)
    await desk.channel.push(str(GROUP), card, "k1")
    await desk.channel.push(str(GROUP), Card("另一件", key="notice:2"), "k2")
    assert [c.sent["chat_id"] for c in desk.api.made("sendMessage")] == [str(GROUP), "-1009", "-1009"]


async def test_pictures_of_a_card_are_sent_once(desk: Desk) -> None:
    opened(desk.scene)
    digests = []
    for colour in ("red", "green"):
        desk.scene.market.photo(jpeg(colour), f"{colour}.jpg")
    digests = tuple(desk.scene.case.evidence)
    shown = Card("汇总", key="case:x", step=3, photos=digests)
    for _ in range(2):
        await show(Chat(desk.channel.bot, desk.house, str(LIN)), [shown], 0)
    assert len(digests) == 2
    assert len(desk.api.made("sendMediaGroup")) == 1
