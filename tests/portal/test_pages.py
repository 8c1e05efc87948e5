"""The public pages: for everybody, without account or cookie, and never more than the transcript tells."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.channels.web import build
from bot.channels.web.fake import FakeDesk
from bot.portal import Draw, Shelf, portal
from bot.portal.pages import VERIFIER, allowed, inline, policy
from bot.portal.published import STAGES, Beside, Ended
from bot.read_out import read_out
from tests.draw.world import DIGITS, FIRST, PLAN, Hall
from workflows.draw.ceremony.commands import CloseNonces, Contribute
from workflows.draw.lines import Line, freeze, read
from workflows.draw.quota import Quota
from workflows.draw.transcript import announcement, sealed

ORIGIN = "http://127.0.0.1:8080"
AT = datetime(2026, 9, 1, 23, tzinfo=UTC)
ID = "2026-01/T1"


Kept = dict[Draw, str]
FIVE = Quota(0, 1, "ceil", 5, 5)
BESIDE = (Beside(2026, (("投诉举报", 3), ("专项检查", 12))),)


@pytest.fixture
def shelf() -> Kept:
    return {}


@pytest.fixture
async def anybody(shelf: Kept) -> AsyncIterator[httpx.AsyncClient]:
    texts = Shelf(lambda: tuple(shelf), lambda draw: shelf[draw], lambda draw: shelf[draw], lambda: BESIDE)
    app = build(FakeDesk({}), public=portal(texts))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield client


def hall_of(name: str = "x") -> Hall:
    return Hall(name, plan=replace(PLAN, id=ID))


def sealed_hall() -> Hall:
    hall = hall_of()
    hall.sealed()
    hall.sign()
    return hall


def opened_hall() -> Hall:
    hall = hall_of()
    hall.open()
    return hall


def at_stage(stage: str, plan: str = ID, name: str = "食品经营检查", at: datetime = AT) -> Draw:
    reached = STAGES[: STAGES.index(stage) + 1]
    return Draw(plan, name, tuple((one, at + timedelta(hours=n)) for n, one in enumerate(reached)))


SEALED, DRAW = at_stage("DRAWN"), at_stage("OPENED")


async def test_what_is_published_is_listed_the_newest_first_and_leads_to_its_page(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    assert "还没有公开的抽取" in (await anybody.get("/draws")).text
    text = opened_hall().transcript()
    shelf |= {at_stage("CLOSED", "2025-09/T1", "去年的抽取", AT.replace(year=2025)): text, DRAW: text}
    page = (await anybody.get("/draws")).text
    assert page.index("食品经营检查") < page.index("去年的抽取")
    assert "2026年9月2日公布承诺" in page
    assert page.count("任何人都可以重新抽取核对") == 2
    (link, _) = re.findall(r'href="(/draws/[^"]+)"', page)
    answer = await anybody.get(link)
    assert answer.status_code == 200
    assert "密钥已公开" in answer.text


async def test_the_transcript_leaves_the_house_byte_for_byte(anybody: httpx.AsyncClient, shelf: Kept) -> None:
    text = opened_hall().transcript()
    shelf[DRAW] = text
    answer = await anybody.get(f"/draws/{ID}/transcript.json")
    assert answer.content == text.encode()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''draw-2026-01-T1.json"


async def test_the_page_says_what_was_drawn_from_what(anybody: httpx.AsyncClient, shelf: Kept) -> None:
    hall = opened_hall()
    shelf[DRAW] = hall.transcript()
    said = json.loads(hall.transcript())
    page = (await anybody.get(f"/draws/{ID}")).text
    told = [
        said["commit"],
        said["record"],
        said["thresholds_root"],
        said["objects"]["root"],
    ]
    told += [one.split("=")[1] for one in said["witnesses"]]
    told += [id for rows in said["selected"].values() for _, _, id in rows]
    assert [one for one in told if one not in page] == []
    assert [one for one in said["signatures"] if one in page] == []
    assert f"签字 {len(said['signatures'])} 人" in page
    assert "快乐8 第 2026234 期" in page
    assert "预告 2026年9月1日 20:00" in page
    for drawn in said["beacon"]:
        assert f'<td class="hash">{drawn.removesuffix("./").replace(".", " ")}</td>' in page
    for name, eligible, count in said["counts"]:
        assert f'<td>{name}</td><td class="number">{eligible}</td><td class="number">{count}</td>' in page


@pytest.mark.rule("mutual-blind")
async def test_before_the_release_no_page_tells_a_name_a_winner_or_a_secret(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    hall = sealed_hall()
    shelf[SEALED] = hall.transcript()
    pages = [
        (await anybody.get(path)).text for path in ("/draws", f"/draws/{ID}", f"/draws/{ID}/transcript.json")
    ]
    outcome = hall.outcome()
    tickets = [place.ticket for one in outcome.selections.values() for place in one.selected + one.reserve]
    ids = [line.id for line in [*read(hall.objects), *read(hall.inspectors)]]
    hidden = [*ids, *tickets, *hall.secrets, outcome.seed_objects, outcome.seed_inspectors]
    assert len(hidden) > 30
    for page in pages:
        assert [one for one in hidden if one in page] == []
    assert "结果密封，入选名单未公布" in pages[1]
    assert "<h2>入选名单</h2>" not in pages[1]
    opened = opened_hall()
    shelf.clear()
    shelf[DRAW] = opened.transcript()
    told = (await anybody.get(f"/draws/{ID}/transcript.json")).text
    assert [one for one in [*tickets, *hall.secrets] if one not in told] == []


async def test_a_long_list_shows_its_first_and_says_where_the_rest_is(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    said = json.loads(opened_hall().transcript())
    said["selected"] = {"A": [[at, "ab" * 32, f"R:{at:05d}"] for at in range(500)], "B": []}
    shelf[DRAW] = sealed(said)
    page = (await anybody.get(f"/draws/{ID}")).text
    assert "A，500 个，此处列前 200 个，其余见抽取记录" in page
    assert ("R:00199" in page, "R:00200" in page) == (True, False)


async def test_whatever_a_transcript_holds_is_text(anybody: httpx.AsyncClient, shelf: Kept) -> None:
    said = json.loads(opened_hall().transcript())
    evil = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>"
    plan = {**json.loads(said["plan"]), "beacons": [["ordered", evil, evil, AT.isoformat()]]}
    said |= {"plan": json.dumps(plan), "beacon": [evil], "signatures": [evil], "commit": evil, "record": evil}
    said |= {"counts": [[evil, evil, evil]], "witnesses": [f"{evil.replace('=', '')}=1"]}
    said["selected"] = {evil: [[1, evil, evil]]}
    for side in ("objects", "inspectors", "recusals"):
        said[side] = {"n": evil, "root": evil}
    draw = replace(at_stage("OPENED", f"{evil}?#", evil), ended=Ended(evil, evil, AT))
    shelf[draw] = json.dumps(said)
    listed = (await anybody.get("/draws")).text
    (link,) = re.findall(r'href="(/draws/[^"]+)"', listed)
    page = await anybody.get(link)
    assert page.status_code == 200
    for text in (listed, page.text):
        assert "<img" not in text
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)" in text
    saved = await anybody.get(f"{link}/transcript.json")
    assert saved.status_code == 200
    assert '"' not in saved.headers["content-disposition"]


async def test_every_answer_keeps_the_browser_on_a_short_lead_and_sets_no_cookie(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    shelf[DRAW] = opened_hall().transcript()
    for path in ("/draws", f"/draws/{ID}", f"/draws/{ID}/transcript.json", "/draws/none", "/verify"):
        answer = await anybody.get(path)
        rules = answer.headers["content-security-policy"]
        assert "default-src" in rules
        assert "frame-ancestors 'none'" in rules
        assert "unsafe" not in rules
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-cache"
        assert "set-cookie" not in answer.headers
    page = await anybody.get(f"/draws/{ID}")
    style = inline(page.text, "style")
    assert page.headers["content-security-policy"] == policy(style)
    assert "script-src 'none'" in page.headers["content-security-policy"]


async def test_a_draw_nobody_published_and_one_nobody_can_read_are_told_apart(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    for path in ("/draws/2026-02", "/draws/2026-02/transcript.json", "/draws/2026-02/announced.json"):
        answer = await anybody.get(path)
        assert (answer.status_code, "没有公开这次抽取" in answer.text) == (404, True)
    shelf[DRAW] = '{"format":"DR1-transcript/1"}'
    broken = await anybody.get(f"/draws/{ID}")
    assert (broken.status_code, "抽取记录暂时读不出来" in broken.text) == (503, True)


async def test_an_abandoned_draw_stays_public_and_says_so(anybody: httpx.AsyncClient, shelf: Kept) -> None:
    given_up = replace(SEALED, ended=Ended("人员不足", f"{ID}.2", AT))
    shelf[given_up] = sealed_hall().transcript()
    assert "已作废：人员不足" in (await anybody.get("/draws")).text
    page = (await anybody.get(f"/draws/{ID}")).text
    assert "这次抽取已作废，记录继续公开" in page
    assert f"代替它的是抽取 {ID}.2（还没有公布承诺）" in page
    shelf[at_stage("COMMITTED", f"{ID}.2")] = announcement_of(hall_of())
    assert f'href="/draws/{ID}.2"' in (await anybody.get(f"/draws/{ID}")).text
    after = (await anybody.get(f"/draws/{ID}.2")).text
    assert f'href="/draws/{ID}"' in after
    assert "作废理由：人员不足" in after


async def test_one_that_ended_before_its_commitment_keeps_its_number_and_reason_and_promises_nothing(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    shelf[Draw(ID, "食品经营检查", (), ended=Ended("名单有误", f"{ID}.2", AT))] = "unread"
    assert "2026年9月2日作废" in (await anybody.get("/draws")).text
    page = (await anybody.get(f"/draws/{ID}")).text
    assert "只冻结过名单，没有公布承诺" in page
    for name in ("announced", "transcript"):
        assert f"{name}.json" not in page
        assert (await anybody.get(f"/draws/{ID}/{name}.json")).status_code == 404


def announcement_of(hall: Hall) -> str:
    if hall.ceremony is None:
        hall.commit()
    assert hall.ceremony
    return announcement(hall.ceremony)


@pytest.mark.rule("plan-public", "witnesses")
async def test_from_the_commitment_on_everybody_can_keep_what_was_promised(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    hall = hall_of()
    shelf[at_stage("COMMITTED")] = announcement_of(hall)
    answer = await anybody.get(f"/draws/{ID}/announced.json")
    assert answer.content == announcement_of(hall).encode()
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''announced-2026-01-T1.json"
    assert (await anybody.get(f"/draws/{ID}/transcript.json")).status_code == 404
    assert hall.ceremony and hall.ceremony.committed
    frozen, committed = hall.ceremony.frozen, hall.ceremony.committed
    page = (await anybody.get(f"/draws/{ID}")).text
    told = [committed.commitment, frozen.plan_hash, frozen.objects.root, frozen.inspectors.root]
    told += [frozen.recusals.root, "24 行</span>", "快乐8 第 2026234 期", "预告 2026年9月1日 20:00"]
    told += read_out(committed.commitment)
    assert [one for one in told if one not in page] == []
    assert (page.count("还没有交出"), page.count("还没有公布")) == (2, 2)
    assert "承诺已公布，名单不能再改" in page


async def test_strata_are_said_as_people_understand_them(anybody: httpx.AsyncClient, shelf: Kept) -> None:
    """A task without strata has one, named after it; what the task does not mean is not drawn from."""
    hall = hall_of()
    hall.plan = replace(hall.plan, strata={"T1": Quota(1, 20), "-": Quota(0, 1), "A": Quota(1, 1), "B": FIVE})
    hall.objects = freeze(
        (Line("R:1", "T1"), Line("R:2", "-", 1, "X:SCOPE"), Line("R:3", "A"), Line("R:4", "B"))
    )
    shelf[at_stage("COMMITTED")] = announcement_of(hall)
    page = (await anybody.get(f"/draws/{ID}")).text
    rows = re.findall(r'<tr><td>([^<]+)</td><td class="number">([^<]+)</td></tr>', page)
    assert rows == [("A", "全部"), ("B", "5 个"), ("全部，不分层", "1/20")]


async def test_who_spoke_and_who_was_absent_is_public_before_the_beacon(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    hall = hall_of()
    hall.commit()
    hall.do(Contribute("W01", DIGITS["W01"]), FIRST)
    shelf[at_stage("COMMITTED")] = announcement_of(hall)
    page = (await anybody.get(f"/draws/{ID}")).text
    assert DIGITS["W01"] in page
    assert page.count("还没有交出") == 1
    hall.do(CloseNonces())
    shelf.clear()
    shelf[at_stage("NONCES")] = announcement_of(hall)
    page = (await anybody.get(f"/draws/{ID}")).text
    assert DIGITS["W01"] in page
    assert "缺席（ABSENT）" in page
    assert (page.count("还没有交出"), page.count("还没有公布")) == (0, 2)


async def test_how_many_tasks_are_given_out_is_said_as_it_goes(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    shelf[replace(at_stage("RELEASED"), released=(1, 3))] = sealed_hall().transcript()
    assert "已派发任务，入选名单未公布（1/3）" in (await anybody.get("/draws")).text
    page = (await anybody.get(f"/draws/{ID}")).text
    assert "派发任务 1/3" in page
    assert page.count('class="done"') == 5
    assert page.count('class="to-come"') == 2


@pytest.mark.rule("ad-hoc")
async def test_what_was_not_drawn_is_marked_so_and_kept_apart(
    anybody: httpx.AsyncClient, shelf: Kept
) -> None:
    shelf[DRAW] = opened_hall().transcript()
    listed, apart = (await anybody.get("/draws")).text.split("<h2>非随机抽查</h2>")
    assert "不是抽出来的，没有抽取记录" in apart
    assert "投诉举报 3 户，专项检查 12 户" in apart
    assert "食品经营检查" in listed
    assert "食品经营检查" not in apart


async def test_nothing_is_taken_only_given(anybody: httpx.AsyncClient) -> None:
    for path in ("/draws", "/draws/x", "/draws/x/transcript.json", "/verify"):
        assert (await anybody.post(path, data={"a": "b"})).status_code == 405


async def test_the_page_that_checks_is_served_as_it_can_be_kept(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/verify")
    assert answer.text == VERIFIER
    script, style = (inline(VERIFIER, tag) for tag in ("script", "style"))
    assert answer.headers["content-security-policy"] == policy(style, script)


def test_the_page_that_checks_names_its_own_script_and_style_and_reaches_for_nothing() -> None:
    """After a change of the page, put these two into its Content-Security-Policy."""
    (rules,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', VERIFIER)
    script, style = (inline(VERIFIER, tag) for tag in ("script", "style"))
    assert f"default-src 'none'; script-src {allowed(script)}; style-src {allowed(style)};" in rules
    assert (
        re.findall(r"https?:|//[a-z]|fetch\(|XMLHttp|WebSocket|sendBeacon|innerHTML|eval\(", VERIFIER) == []
    )
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?!data:,)", VERIFIER) == []
    assert re.findall(r" (?:style|on[a-z]+)=", VERIFIER.split("<script>")[0]) == []
    assert len(VERIFIER.splitlines()) <= 750


async def test_where_nothing_is_a_stranger_is_shown_the_way_to_the_public_pages(
    anybody: httpx.AsyncClient,
) -> None:
    page = await anybody.get("/nosuch", headers={"accept": "text/html"})
    assert (page.status_code, "没有这个页面" in page.text) == (404, True)
    assert '<a href="/draws">' in page.text
