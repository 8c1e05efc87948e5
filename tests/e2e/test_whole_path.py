"""The whole path, from the bureau's files to a closed case, as people walk it: each in a window of their own."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from bot.demo import plan_of
from tests.e2e.browser import DOOR, Window, chromium, folder_for_pictures, open_window, phone, windows
from tests.e2e.serving import DEMO, Office, open_office
from workflows.inspection.facts import CHINA

TASK = "娱乐场所联合抽查"
MORNING = datetime(2026, 9, 21, 9, 30, tzinfo=CHINA)
HALLWAY = (DOOR[0] + 0.0002, DOOR[1])  # some twenty metres from the door


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path / "office", MORNING)
    yield opened
    opened.kill()


def set_up(office: Office) -> None:
    """What an operator types on the first day."""
    office.suijian("import", "items", DEMO / "items.csv")
    office.suijian("import", "checklist", *sorted((DEMO / "checklists").glob("*.csv")))
    office.suijian("import", "targets", DEMO / "targets.csv")
    office.suijian("import", "inspectors", DEMO / "inspectors.csv")
    plan = plan_of(MORNING.year, office.folder)
    office.suijian("import", "plan", plan, "--profile", "menghai", "--approval", "联席会议第 3 号")
    office.suijian("people", "add", "BG001", "沈知远", "县双随机监管工作领导小组办公室", "supervisor")
    office.suijian("people", "add", "FZ001", "方明理", "县公安局", "legal")
    office.suijian("people", "add", "XX001", "程小满", "县双随机监管工作领导小组办公室", "organiser")


@cache
def shop_front() -> bytes:
    """A photo as a phone takes it: a house front with a sign, a door that is shut, boxes before it."""
    photo = Image.effect_noise((1600, 1200), 24).convert("RGB")
    draw = ImageDraw.Draw(photo, "RGBA")
    draw.rectangle((0, 0, 1600, 760), fill=(196, 178, 150, 205))
    draw.rectangle((0, 760, 1600, 1200), fill=(120, 118, 112, 205))
    draw.rectangle((180, 90, 1420, 250), fill=(150, 40, 36, 235))
    for letter in range(6):
        draw.rectangle((260 + letter * 190, 125, 380 + letter * 190, 215), outline=(245, 222, 160), width=12)
    draw.rectangle((520, 320, 1080, 900), fill=(58, 66, 72, 240))
    for slat in range(330, 900, 38):
        draw.line((520, slat, 1080, slat), fill=(120, 128, 134), width=6)
    for left, top, size in ((300, 800, 210), (460, 870, 180), (1010, 790, 240), (380, 660, 150)):
        draw.rectangle(
            (left, top, left + size, top + size), fill=(186, 140, 84, 245), outline=(96, 66, 34), width=8
        )
        draw.line((left, top + size // 2, left + size, top + size // 2), fill=(226, 206, 160), width=14)
    saved = BytesIO()
    photo.save(saved, "JPEG", quality=88)
    return saved.getvalue()


@dataclass(frozen=True)
class Part:
    """A person of the cast and their window."""

    id: str
    name: str
    window: Window


@dataclass(frozen=True)
class Cast:
    """`market` and `police` are the inspectors drawn, `expert` is drawn with them, `stranger` inspects elsewhere."""

    market: Part
    police: Part
    expert: Part
    stranger: Part


def test_the_whole_path(browser: Browser, office: Office, tmp_path: Path) -> None:
    pictures = folder_for_pictures(tmp_path / "pictures")
    set_up(office)
    office.start()
    with windows() as opened, ExitStack() as phones:

        def window(who: str, at: tuple[float, float] = DOOR) -> Window:
            return open_window(phones.enter_context(phone(browser, at)), office.link(who), pictures, opened)

        organiser, supervisor = window("程小满"), window("沈知远")
        draw_the_task(organiser)
        cast = people_drawn(office, window)
        release(organiser, cast)
        prepare_the_visit(cast.market.window, cast.police.window)
        code = read_the_notice(cast.market.window)
        arrive_alone(cast)
        refuse_the_others(cast)
        open_the_visit(cast.market.window, cast.police.window, code)
        answer_half(cast.market.window, cast.police.window)
        office_dies_and_comes_back(office, cast.police.window, opened)
        answer_in_the_terminal(office, cast.market.name)
        answer_the_rest(cast.market.window, cast.police.window)
        sign(cast, supervisor)
        enter_and_publish(cast.market.window, cast.police.window)
        handle(cast.police.window)
        case = see_it_closed(cast, supervisor)
    assert_on_record(office, case, cast, tmp_path)


def draw_the_task(organiser: Window) -> None:
    organiser.sees("您好，程小满")
    organiser.type("抽取", then="尚未公开，公开后才能抽取")
    organiser.picture("01-plan")
    organiser.tap("公开计划", then="已于")
    organiser.tap(f"抽取：{TASK}", then="只抽一次，不能重抽，不能挑选")
    organiser.picture("02-draw-confirm")
    organiser.tap("确认抽取", then="派发以前谁也看不到名单")
    organiser.picture("03-draw-sealed")


def people_drawn(office: Office, open_for: Callable[..., Window]) -> Cast:
    """Before the release nobody sees anything, those who were drawn the least of all."""
    members, experts = office.drawn()
    listed = [row.split("\t") for row in office.suijian("people", "list").splitlines()]
    people = {id: (name, role) for id, name, role in listed}
    market = next(id for id in members if "县市场监督管理局" in people[id][1])
    police = next(id for id in members if "县公安局" in people[id][1])
    stranger = next(id for id, (_, role) in people.items() if "执法人员" in role and id not in members)
    parts = [
        Part(id, people[id][0], open_for(id, HALLWAY if id == police else DOOR))
        for id in (market, police, experts[0], stranger)
    ]
    for part in parts:
        part.window.tap("任务", then="您现在没有检查任务")
        part.window.sees_no(TASK)
    parts[0].window.picture("04-before-release")
    return Cast(*parts)


def release(organiser: Window, cast: Cast) -> None:
    organiser.tap("签字确认", then="在场的人都已签字")
    organiser.tap("派发任务", then="已同时发给各检查组")
    for part in (cast.market, cast.police, cast.expert):
        part.window.sees("新的检查任务", TASK)
    cast.stranger.window.sees_no("新的检查任务")
    organiser.picture("05-released")
    cast.market.window.picture("06-told")


def prepare_the_visit(market: Window, police: Window) -> None:
    """① by one and then the other, each one's card following."""
    market.tap("任务", then="待办 1")
    market.picture("07-list")
    market.tap(re.compile("^① "), then="请点“收到任务”")
    market.picture("08-assignment")
    police.tap("打开任务", then="请点“收到任务”")
    market.tap("收到任务", then="查阅资料，看过一项点一项")
    police.tap("收到任务", then="查阅资料，看过一项点一项")
    expect(market.page.locator("[aria-current=step]").last).to_contain_text("预查对比")
    market.tap("三项都已查阅", then="背景情况 0/3")
    police.sees("背景情况 0/3")
    market.picture("09-background")
    market.tap("与名录库一致", then="背景情况 1/3")
    market.tap("状态无变化", then="背景情况 2/3")
    market.tap("按以上记录", then="定检查方式和程序")
    police.sees("☑ 背景情况 3/3")
    market.tap("定检查方式", then="选一种检查方式")
    market.tap("实地核查", then="按什么程序查")
    market.picture("10-procedure")
    market.tap("按通常程序", then="☑ 检查方式")
    police.sees("☑ 检查方式")
    police.tap("核对事项表", then="事项由抽查计划确定")
    police.picture("11-items")
    police.tap("事项无误", then="☑ 事项表")
    market.sees("☑ 事项表")
    market.tap("约定检查时间", then="什么时候去检查")
    market.picture("12-appointment")
    earliest = market.page.get_by_role("button", name=re.compile(r"^\d+月\d+日（周.）\d")).first.inner_text()
    market.tap(earliest, then="请对方准备哪些材料")
    market.tap("按通常材料", then="预查内容已齐")
    police.sees("已约定检查时间", f"检查时间：{earliest}", "预查内容已齐")
    police.picture("13-appointment-told")
    market.tap("完成预查", then="发送您现在的位置")
    expect(market.page.locator("[aria-current=step]").last).to_contain_text("现场检查")
    police.sees("发送您现在的位置")


def read_the_notice(window: Window) -> str:
    """As it is held out to the party, who then holds the code."""
    window.tap("其他事项", then="看告知书")
    window.tap("看告知书", then="本次检查码")
    window.picture("14-notice")
    code = window.reads(r"本次检查码：(\d{8})")
    window.tap("返回任务单", then="发送您现在的位置")
    return code


def arrive_alone(cast: Cast) -> None:
    """With one inspector nothing is recorded; the refusal says which clause, and helps to call the other."""
    market, police = cast.market.window, cast.police.window
    market.send_place(then="等搭档到场签到后开始检查")
    market.picture("15-alone")
    market.send_photo("门头.jpg", shop_front(), then="还差一名执法人员")
    market.sees(f"还没有签到的：{cast.police.name}", "《行政处罚法》第四十二条")
    expect(market.page.get_by_role("alert").filter(has_text="还差一名执法人员")).to_be_visible()
    market.picture("16-refusal")
    market.tap("提醒搭档", then=f"已提醒{cast.police.name}")
    police.sees(f"{cast.market.name}请您来办", "请到场，用自己的账号签到")
    police.picture("17-reminded")
    market.tap("返回任务单", then="等搭档到场签到后开始检查")
    police.send_place(then="请主动向当事人出示执法证件")
    market.sees("请主动向当事人出示执法证件")
    market.picture("18-certificates")


def refuse_the_others(cast: Cast) -> None:
    """An expert is welcome and records nothing; an inspector of no team gets nowhere with a button of the case."""
    expert, stranger = cast.expert.window, cast.stranger.window
    expert.tap("打开任务", then="不计入执法人员人数")
    expert.send_place(then="您已到场")
    expert.send_photo("门头.jpg", shop_front(), then="检查由两名以上执法人员进行")
    expert.picture("19-expert")
    stranger.forge(f"all-fine|{case_in(expert)}|GA-02|yes")
    stranger.sees("这个任务不归您办")
    stranger.picture("20-stranger")


def case_in(window: Window) -> str:
    """The case the newest 打开 button opens."""
    opens = window.page.locator("[data-tap^='open|']").last.get_attribute("data-tap") or ""
    return opens.split("|")[1]


def open_the_visit(market: Window, police: Window, code: str) -> None:
    market.tap("已出示证件", then="请读给当事人听")
    market.picture("21-rights")
    market.tap("已告知", then="请当事人出示告知书上的检查码")
    market.tap("填检查码", then="八位检查码")
    market.type("不知道", then="检查码对不上")
    market.picture("22-wrong-code")
    market.type(code, then="第 1/")
    police.sees("第 1/")


def answer_half(market: Window, police: Window) -> None:
    """Each begins with their own department's questions; the first answer is given by keyboard alone."""
    market.picture("23-question")
    market.tab_to("符合")
    market.page.keyboard.press("Enter")
    market.sees("请填日期")
    assert_readable_without_eyes(market.page)
    market.picture("24-date")
    police.tap("符合", then="向公安部门备案的日期")
    police.type("3月8日", then="改建、扩建")
    police.tap("不适用", then="闭路电视监控")
    police.tap("不符合", then="请发现场照片或者文件作证据")
    police.picture("25-finding")
    police.tap("写问题情况", then="问题是什么情况")
    police.type("二楼通道两路监控没有画面，主机显示离线。", then="问题情况：二楼通道")
    police.send_photo("监控点位.jpg", shop_front(), then="录像资料留存30日")
    police.sees("已保存：监控点位.jpg")
    police.picture("26-photo")


def assert_readable_without_eyes(page: Page) -> None:
    expect(page.get_by_role("log", name="与随检的对话")).to_be_visible()
    expect(page.locator("[aria-current=step]").last).to_contain_text("现场检查")
    nameless = [
        line
        for line in page.locator("body").aria_snapshot().splitlines()
        if re.match(r"\s*- button(?! \")", line)
    ]
    assert nameless == []


def office_dies_and_comes_back(office: Office, police: Window, opened: list[Window]) -> None:
    """kill -9 between two answers: what is tapped meanwhile waits, and is taken when the server is back."""
    for window in opened:
        window.cut_off = True
    office.kill()
    for window in opened:
        expect(window.page.locator("#link")).to_have_text("正在连接…")
    police.page.get_by_role("button", name="符合", exact=True).last.click()
    expect(police.page.locator("#toast")).to_contain_text("网络不通，已存下")
    police.picture("27-cut-off")
    office.start()
    for window in opened:
        expect(window.page.locator("#link")).to_have_text("已连接")
        window.cut_off = False
    police.sees("包厢、包间内无隔断")
    expect(police.page.locator("#toast")).to_be_hidden(timeout=1_000)


def answer_in_the_terminal(office: Office, name: str) -> None:
    """One answer in the other channel, from where the window stood."""
    printed = office.suijian("chat", "--as", name, says="任务\n1\n2026-05-20\n")
    assert "上一年度年度报告的公示日期" in printed
    assert "年度报告的通信地址" in printed.split("上一年度年度报告的公示日期")[-1]


def answer_the_rest(market: Window, police: Window) -> None:
    market.tap("任务", then="进行中 1")
    market.picture("28-list-under-way")
    market.tap(re.compile("^② "), then="年度报告的通信地址")
    market.tap(re.compile("^其余 .* 项全部正常$"), then="每一项单独留痕")
    market.picture("29-all-fine")
    market.tap("确认全部正常", then="包厢、包间内无隔断")
    police.tap(re.compile("^其余 .* 项全部正常$"), then="每一项单独留痕")
    police.tap("确认全部正常", then="在岗的专业保安人员数")
    police.type("三个", then="数字")
    police.picture("30-not-a-number")
    police.type("3", then="检查项都已完成")
    market.sees("搭档已经往下办了")
    market.tap("返回任务单", then="检查项都已完成")
    market.picture("31-finish")
    market.tap("结束现场检查", then="形成汇总表")


def sign(cast: Cast, supervisor: Window) -> None:
    market, police = cast.market.window, cast.police.window
    market.picture("32-unformed")
    market.tap("形成汇总表", then="检查情况汇总表")
    police.sees("检查情况汇总表", "二楼通道两路监控没有画面")
    market.picture("33-summary")
    market.tap("签名确认", then=f"还差签字：{cast.police.name}")
    police.sees(f"还差签字：{cast.police.name}")
    police.tap("签名确认", then="已签")
    police.sees_no("还差签字")
    police.tap("当事人签字", then="没有意见的，点“无异议”")
    police.tap("无异议", then="谁签的字")
    police.picture("34-party")
    police.type("刀小月，店长", then="结果录入")
    market.sees("谁检查、谁录入、谁公示")
    supervisor.sees("检查情况上报", "发现问题 1 项")
    supervisor.picture("35-reported")


def enter_and_publish(market: Window, police: Window) -> None:
    """谁检查、谁录入、谁公示: each their own department's."""
    market.picture("36-entry")
    market.tap("未发现问题", then="已录入，等公示")
    police.sees("已录入，等公示")
    market.tap("公示结果", then="结果：未发现问题")
    expect(market.page.locator(".card").last).to_contain_text("公示")
    police.sees("）公示")
    police.tap("违反公安部门相关规定", then="处理问题")
    police.picture("37-entered")
    police.tap("公示结果", then="每个都要有措施")


def handle(police: Window) -> None:
    """⑤ ordered to correct, reported, re-checked: with that the case closes by itself."""
    police.picture("38-handling")
    police.tap(re.compile("^1\\. "), then="选一种处理措施")
    police.picture("39-measure")
    police.tap("责令限期改正", then="最迟哪天改正")
    police.tap(re.compile("^[0-9]+月.*）$"), then="责令限期改正｜办理中")
    police.tap(re.compile("^1\\. "), then="对方报告后点“登记整改情况”")
    police.tap("登记整改情况", then="整改得怎么样")
    police.type("两路监控已换新，画面恢复。", then="待复查")
    police.tap(re.compile("^1\\. "), then="前复查")
    police.picture("40-recheck")
    police.tap("复查合格", then="复查看到了什么")
    police.type("现场调看两路画面清晰，录像正常。", then="已办结")


def see_it_closed(cast: Cast, supervisor: Window) -> str:
    market = cast.market.window
    market.sees("已办结")
    market.tap("任务", then="已办 1")
    market.tap(re.compile("^✓ "), then="案卷已归档，不能再改动")
    market.picture("41-closed")
    supervisor.sees("已办结", "结果已公示，问题已处理完，案卷已归档")
    supervisor.picture("42-supervisor")
    supervisor.tap("进度", then="完成率 100.0%")
    supervisor.picture("43-progress")
    supervisor.tap("分类查看", then="点一种分法")
    supervisor.tap("按计划", then="已公示")
    supervisor.tap(re.compile("^20[0-9]{2}年"), then="已完结")
    supervisor.tap(re.compile("^(勐|打洛)"), then="✓ 已办结")
    supervisor.picture("44-from-above")
    return case_in(supervisor)


def assert_on_record(office: Office, case: str, cast: Cast, folder: Path) -> None:
    """The trail holds, and the case's file has the photo and every attempt that was refused."""
    assert "留痕完好" in office.suijian("trail", "verify")
    office.suijian("archive", case, folder / "case.zip")
    digest = hashlib.sha256(shop_front()).hexdigest()
    with zipfile.ZipFile(folder / "case.zip") as archive:
        assert hashlib.sha256(archive.read(f"evidence/{digest}.jpg")).hexdigest() == digest
        events = [json.loads(line) for line in archive.read("events.jsonl").decode().splitlines()]
    refused = {
        (event["by"], json.loads(event["data"])["rule"])
        for event in events
        if event["type"] == "CommandRefused"
    }
    assert {
        (cast.market.id, "two-on-site"),
        (cast.market.id, "scan-on-entry"),
        (cast.expert.id, "two-on-site"),
        (cast.stranger.id, "by-machine"),
    } <= refused
