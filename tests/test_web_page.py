"""The web chat: what it takes, what it refuses with a sentence, and how it looks and moves in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.card import Button, Card, File
from bot.channels.web import Seat, build
from bot.channels.web.fake import FakeDesk
from bot.turn import Turn
from workflows.errors import BadInput

ORIGIN = "http://127.0.0.1:8080"
ID = "0f3b6c1e-0000-4000-8000-000000000001"
AT = datetime(2026, 9, 21, 6, 5, tzinfo=UTC)
LI, WANG = (
    Seat("5f1c0a", "李示例", "执法人员 · 勐海县市场监督管理局"),
    Seat("9e0b7d", "王示例", "组长 · 勐海县公安局"),
)

CHAT = f"/chat/{LI.account}"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk({"li": LI, "wang": WANG})


@pytest.fixture
def app(desk: FakeDesk) -> Starlette:
    return build(desk)


@pytest.fixture
async def li(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Li's browser, as the page makes it speak."""
    async with browser(app, cookies={f"seat_{LI.account}": "li"}, headers={"origin": ORIGIN}) as client:
        yield client


@pytest.fixture
async def stranger(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, headers={"origin": ORIGIN}) as client:
        yield client


def browser(app: Starlette, **given: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, **given)


def sentence(answer: httpx.Response) -> str:
    return str(answer.json()["sentence"])


# ---- coming in


async def test_a_link_sets_a_cookie_scripts_cannot_read_and_opens_the_chat(
    stranger: httpx.AsyncClient,
) -> None:
    answer = await stranger.get("/enter/li")
    assert (answer.status_code, answer.headers["location"]) == (303, CHAT)
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "path=/; samesite=lax" in answer.headers["set-cookie"].lower()
    page = await stranger.get(CHAT)
    assert page.status_code == 200
    assert f"<title>{LI.name} · 随检</title>" in page.text
    assert LI.name in page.text
    assert LI.role_line in page.text


async def test_a_public_https_address_makes_the_cookie_secure(desk: FakeDesk) -> None:
    async with browser(build(desk, origin="https://suijian.example")) as client:
        assert "secure" in (await client.get("/enter/li")).headers["set-cookie"].lower()


@pytest.mark.parametrize("path", ["/", CHAT, "/enter/guessed"])
async def test_who_has_no_link_learns_where_to_get_one_and_nothing_else(
    stranger: httpx.AsyncClient, path: str
) -> None:
    answer = await stranger.get(path)
    assert answer.status_code in (401, 403)
    assert "请向信息管理员领取入口链接" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", [f"{CHAT}/live", f"{CHAT}/evidence/abc", f"{CHAT}/thumb/abc"])
async def test_nothing_is_read_without_a_link(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 401
    assert "领取入口链接" in sentence(answer)


async def test_two_links_in_one_browser_are_two_people(stranger: httpx.AsyncClient, desk: FakeDesk) -> None:
    for token in ("li", "wang"):
        await stranger.get(f"/enter/{token}")
    for seat, word in ((LI, "甲"), (WANG, "乙")):
        assert f"<h1>{seat.name}</h1>" in (await stranger.get(f"/chat/{seat.account}")).text
        answer = await stranger.post(f"/chat/{seat.account}/say", data={"text": word, "update_id": ID})
        assert answer.status_code == 204
    assert [(turn.account, turn.text) for turn in desk.turns] == [(LI.account, "甲"), (WANG.account, "乙")]


async def test_the_front_door_knows_who_may_come_in(stranger: httpx.AsyncClient, desk: FakeDesk) -> None:
    await stranger.get("/enter/li")
    alone = await stranger.get("/")
    assert (alone.status_code, alone.headers["location"]) == (303, CHAT)
    await stranger.get("/enter/wang")
    both = await stranger.get("/")
    assert both.status_code == 200
    for seat in (LI, WANG):
        assert (
            f'<a href="/chat/{seat.account}"><strong>{seat.name}</strong><span>{seat.role_line}</span>'
            in both.text
        )
    del desk.seats["li"]
    withdrawn = await stranger.get("/")
    assert (withdrawn.status_code, withdrawn.headers["location"]) == (303, f"/chat/{WANG.account}")


async def test_every_answer_forbids_foreign_and_inline_scripts(li: httpx.AsyncClient) -> None:
    for path in (CHAT, "/static/app.js", f"{CHAT}/evidence/none", "/health"):
        headers = (await li.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert headers["x-content-type-options"] == "nosniff"
    page = (await li.get(CHAT)).text
    assert page.count("<script") == 1
    assert "onclick" not in page
    assert "http://" not in page
    assert "https://" not in page


async def test_the_server_says_it_is_well(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/health")).text == "ok"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nosuch", 404), (f"{CHAT}/nosuch", 404), ("/static/nosuch.js", 404), (f"{CHAT}/say", 405)],
)
async def test_what_is_not_there_is_said_in_chinese_to_a_browser_and_to_a_script(
    li: httpx.AsyncClient, path: str, status: int
) -> None:
    page = await li.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>没有这个页面</h1>" in page.text
    assert "/draws" not in page.text
    asked = await li.get(path, headers={"accept": "*/*"})
    assert (asked.status_code, asked.json()) == (status, {"sentence": "没有这个页面，请核对网址。"})
    assert "content-security-policy" in page.headers
    assert asked.headers.get("allow") == page.headers.get("allow") == ("POST" if status == 405 else None)


# ---- what a person sends


async def test_words_taps_and_places_become_turns(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    for path, fields in (
        ("/say", {"text": "我今天查哪几家 😀"}),
        ("/tap", {"data": "case:7:check-in"}),
        ("/place", {"lat": "21.96", "lon": "100.45"}),
    ):
        answer = await li.post(CHAT + path, data={**fields, "update_id": ID})
        assert (answer.status_code, answer.content) == (204, b"")
    assert desk.turns == [
        Turn("web", LI.account, ID, text="我今天查哪几家 😀"),
        Turn("web", LI.account, ID, button="case:7:check-in"),
        Turn("web", LI.account, ID, location=(21.96, 100.45)),
    ]


async def test_a_repeated_update_id_reaches_the_desk_which_knows_it(
    li: httpx.AsyncClient, desk: FakeDesk
) -> None:
    for _ in range(2):
        assert (await li.post(f"{CHAT}/tap", data={"data": "go", "update_id": ID})).status_code == 204
    assert [turn.update_id for turn in desk.turns] == [ID, ID]


# ---- what is refused, each with a sentence


@pytest.mark.parametrize(
    ("path", "fields", "status", "said"),
    [
        ("/say", {"text": "字" * 2001}, 422, "2001 字"),
        ("/say", {"text": "😀" * 4000}, 422, "4000 字"),
        ("/say", {"text": "字" * 400_000}, 413, "最多 2000 字"),
        ("/say", {"text": " \n "}, 422, "没有收到文字"),
        ("/tap", {"data": "x" * 65}, 422, "不是随检给出的"),
        ("/tap", {}, 422, "不是随检给出的"),
        ("/place", {"lat": "91", "lon": "100"}, 422, "没有读懂位置"),
        ("/place", {"lat": "nan", "lon": "100"}, 422, "没有读懂位置"),
        ("/place", {"lat": "北纬", "lon": ""}, 422, "没有读懂位置"),
        ("/photo", {}, 422, "没有收到文件"),
        ("/say", {"text": "好", "update_id": ""}, 422, "缺少编号"),
        ("/say", {"text": "好", "update_id": "'; drop"}, 422, "缺少编号"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_a_sentence(
    li: httpx.AsyncClient, desk: FakeDesk, path: str, fields: dict[str, str], status: int, said: str
) -> None:
    answer = await li.post(CHAT + path, data={"update_id": ID, **fields})
    assert answer.status_code == status
    assert said in sentence(answer)
    assert desk.turns == []


async def test_two_thousand_characters_still_go_through(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    assert (await li.post(f"{CHAT}/say", data={"text": "😀" * 2000, "update_id": ID})).status_code == 204
    assert desk.turns[0].text == "😀" * 2000


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    ],
)
async def test_another_sites_page_cannot_act_for_a_person(
    li: httpx.AsyncClient, desk: FakeDesk, headers: dict[str, str]
) -> None:
    for path in ("/say", "/tap", "/place", "/photo"):
        answer = await li.post(
            CHAT + path, data={"text": "同意", "data": "sign", "update_id": ID}, headers=headers
        )
        assert answer.status_code == 403
        assert "没有办理" in sentence(answer)
    assert desk.turns == []


async def test_without_a_cookie_nothing_is_taken(stranger: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await stranger.post(f"{CHAT}/tap", data={"data": "sign", "update_id": ID})
    assert answer.status_code == 401
    assert desk.turns == []


@pytest.mark.parametrize("cookies", [{f"seat_{LI.account}": "li"}, {f"seat_{WANG.account}": "li"}])
async def test_one_persons_link_opens_nothing_of_anothers(
    app: Starlette, desk: FakeDesk, cookies: dict[str, str]
) -> None:
    digest = desk.keep(b"%PDF-1.7\n", "a.pdf", WANG.account).digest
    async with browser(app, cookies=cookies, headers={"origin": ORIGIN}) as client:
        for path in ("", "/live", f"/evidence/{digest}", f"/thumb/{digest}"):
            assert (await client.get(f"/chat/{WANG.account}{path}")).status_code == 401
        for path in ("/say", "/tap", "/place", "/photo"):
            fields = {"text": "同意", "data": "sign", "update_id": ID}
            answer = await client.post(f"/chat/{WANG.account}{path}", data=fields)
            assert answer.status_code == 401
            assert "领取入口链接" in sentence(answer)
    assert desk.turns == []


async def test_what_the_desk_cannot_read_is_its_own_sentence(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    def refuse(turn: Turn) -> None:
        raise BadInput("这个案件不归您办理。")

    desk.answer = refuse
    answer = await li.post(f"{CHAT}/say", data={"text": "好", "update_id": ID})
    assert (answer.status_code, sentence(answer)) == (422, "这个案件不归您办理。")


# ---- what is shown

CHECK_IN = Card(
    title="勐海示例茶厂：请签到",
    lines=("现场须有两名执法人员，各用本人账号签到。", "> 行政处罚法第四十二条", "§ 已签到", "王示例 14:02"),
    buttons=(
        Button("我已到场", "c7:in", "primary"),
        Button("换人", "c7:swap"),
        Button("对象拒绝", "c7:no", "danger"),
    ),
    key="case:7",
    step=2,
    asks="location",
    done=1,
    total=2,
)


async def test_a_card_shows_its_step_lines_progress_and_buttons(
    li: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.put(LI.account, id=1, card=replace(CHECK_IN, photos=("ab12",)))
    page = (await li.get(CHAT)).text
    assert f'href="{CHAT}/evidence/ab12"' in page
    assert f'src="{CHAT}/thumb/ab12"' in page
    assert (
        f'<article class="message card plain" id="m1" data-rev="1" data-key="case:7" data-asks="location" aria-label="{CHECK_IN.title}"'
        in page
    )
    assert page.count('aria-current="step"') == 1
    assert page.index('aria-current="step"') < page.index("现场检查") < page.index("情况汇总")
    assert "<blockquote><p>行政处罚法第四十二条</p></blockquote>" in page
    assert "<h3>已签到</h3>" in page
    assert '<progress value="1" max="2"' in page
    assert '<button type="button" class="danger" data-tap="c7:no">对象拒绝</button>' in page
    assert "9月21日 14:05" in page


async def test_a_file_says_its_size_in_chinese(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    files = tuple(File("ab", f"{size}.txt", "text/plain", size, AT) for size in (423, 12_600, 2_000_000))
    desk.put(LI.account, id=1, card=replace(CHECK_IN, files=files))
    page = (await li.get(CHAT)).text
    assert [one for one in ("423 字节", "12.3 KB", "1.9 MB") if f"<span>{one}</span>" not in page] == []


async def test_a_refusal_is_an_alert(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.put(LI.account, id=1, card=Card("还缺一名执法人员", tone="refusal"))
    page = (await li.get(CHAT)).text
    assert 'class="message card refusal"' in page
    assert '<div class="says" role="alert">' in page


async def test_whatever_people_write_is_shown_and_never_run(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    nasty = '<script>alert("x")</script> 👩‍🔧 \u2028 "引号"'
    desk.put(LI.account, id=1, text=nasty, mine=True)
    desk.put(
        LI.account,
        id=2,
        card=Card(
            nasty, (nasty, "> " + nasty), (Button("<b>", '"><script>'),), key=nasty, photos=('"><script>',)
        ),
    )
    page = (await li.get(CHAT)).text
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; 👩‍🔧" in page


async def test_a_card_replaces_its_namesake(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.put(LI.account, id=1, card=CHECK_IN)
    desk.put(LI.account, id=2, card=Card("帮助"))
    desk.put(LI.account, id=3, card=replace(CHECK_IN, title="勐海示例茶厂：已签到"))
    page = (await li.get(CHAT)).text
    assert 'id="m1"' not in page
    assert 'id="m2"' in page
    assert "已签到" in page


async def test_a_long_chat_opens_at_its_newest_part(li: httpx.AsyncClient, desk: FakeDesk) -> None:
    for number in range(1, 121):
        desk.put(LI.account, id=number, text=f"第{number}条")
    assert "第20条" not in (await li.get(CHAT)).text
    assert "第120条" in (await li.get(CHAT)).text
    assert f'href="{CHAT}?all"' in (await li.get(CHAT)).text
    assert "第1条" in (await li.get(f"{CHAT}?all")).text


def test_every_sentence_the_page_script_uses_is_on_the_page() -> None:
    import re

    from bot.channels.web.pages import STATIC
    from bot.channels.web.sentences import SENTENCES

    used = re.findall(r"page\.say(\w+)", (STATIC / "app.js").read_text("utf-8"))
    known = {"".join(part.title() for part in key.split("_")) for key in SENTENCES["page"]}
    assert set(used) == known


def test_a_day_and_its_hour_stay_on_one_line_and_nothing_else_becomes_markup() -> None:
    from bot.channels.web.pages import unbroken

    assert (
        unbroken("<b>9月21日（周一）10:05到") == '&lt;b&gt;<span class="whole">9月21日（周一）10:05</span>到'
    )
    assert unbroken("执法证号 YS-532822-010") == '执法证号 <span class="whole">YS-532822-010</span>'
    assert unbroken("消防通道堆放纸箱") == "消防通道堆放纸箱"
    assert unbroken("截至2026年10月12日。") == '截至<span class="whole">2026年10月12日</span>。'
    assert unbroken("延至2027年1月15日（周五）") == '延至<span class="whole">2027年1月15日（周五）</span>'
