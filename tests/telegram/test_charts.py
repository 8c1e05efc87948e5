"""A chart in Telegram: a picture with the card under it, redrawn where it stands; and what stands in for it where there is none."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from PIL import Image

from bot.card import Bar, Button, Card, Chart
from bot.channels.telegram.charts import can_draw
from tests.telegram.conftest import LIN, Desk

WAYS = (Button("分类查看", "slices|"),)


def card(published: int, *lines: str, key: str = "progress") -> Card:
    bars = (Bar("应检查", 8, "whole"), Bar("已公示", published, "done"), Bar("逾期", 1, "late"))
    return Card("进度 · 全部部门", lines, WAYS, key, chart=Chart("进度", bars))


async def test_the_picture_has_the_words_and_the_buttons_under_it(desk: Desk) -> None:
    await desk.channel.push(str(LIN), card(5, "完成率 62.5%"), "k")
    (shown,) = desk.api.seen(LIN)
    assert shown["caption"] == "<b>进度 · 全部部门</b>\n应检查 8，已公示 5，逾期 1\n完成率 62.5%"
    assert desk.api.button(LIN, "分类查看")[0] == shown
    sent = desk.api.made("sendPhoto")[-1].sent
    picture = Image.open(BytesIO(sent[sent["photo"].removeprefix("attach://")]))
    assert (picture.format, picture.width) == ("PNG", 960)


async def test_it_is_redrawn_in_place_and_no_litter_stays(desk: Desk) -> None:
    await desk.channel.push(str(LIN), card(5), "k")
    (first,) = desk.api.seen(LIN)
    await desk.channel.push(str(LIN), card(6), "k")
    (second,) = desk.api.seen(LIN)
    assert second["message_id"] == first["message_id"]
    assert "已公示 6" in second["caption"]
    await desk.channel.push(str(LIN), Card("分类查看", key="progress"), "k")
    (third,) = desk.api.seen(LIN)
    assert third["text"] == "<b>分类查看</b>"
    await desk.channel.push(str(LIN), card(7), "k")
    (fourth,) = desk.api.seen(LIN)
    assert "photo" in fourth


async def test_more_words_than_a_caption_holds_follow_the_picture(desk: Desk) -> None:
    lines = [f"第{n}部门：应检查 {n}，已公示 0，完成率 0.0%" for n in range(60)]
    for published in (1, 2):
        await desk.channel.push(str(LIN), card(published, *lines), "k")
        picture, words = desk.api.seen(LIN)
        assert "caption" not in picture and "reply_markup" not in picture
        assert f"已公示 {published}" in words["text"] and lines[-1] in words["text"]
        assert desk.api.button(LIN, "分类查看")[0] == words


async def test_where_nothing_can_draw_it_bars_of_characters_stand_in(desk: Desk) -> None:
    await replace(desk.channel, draw=lambda chart: None).push(str(LIN), card(4), "k")
    (shown,) = desk.api.seen(LIN)
    assert "已公示 ▇▇▇▇▇▇ 4" in shown["text"]


async def test_a_chat_that_takes_no_pictures_gets_the_words(desk: Desk) -> None:
    desk.api.refuse("sendPhoto", 400, "Bad Request: not enough rights to send photos to the chat")
    await desk.channel.push(str(LIN), card(4), "k")
    (shown,) = desk.api.seen(LIN)
    assert "已公示 ▇▇▇▇▇▇ 4" in shown["text"]


def test_a_machine_whose_fonts_have_no_chinese_says_so() -> None:
    assert can_draw()
    assert not can_draw(lambda svg: b"the box of a glyph nobody has")


def test_a_machine_without_the_drawer_says_so() -> None:
    def missing(svg: str) -> bytes:
        raise ImportError("resvg_py")

    assert not can_draw(missing)
