"""The demo's joint case, walked by what people read on their phones, to wherever a test begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bot.house import House
from storage import casebook, projection
from storage.database import reading
from tests.talking import JPEG, Clock, Phone, demo_house, person_named, phone_of
from workflows.inspection.case import Case
from workflows.inspection.events import Event

VISIT = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)  # Tuesday, nine in the morning
JOINT = "2026-01"


@dataclass
class Scene:
    """Two inspectors of two departments, their expert, and the office, each with a phone."""

    house: House
    clock: Clock
    case_id: str
    market: Phone
    police: Phone
    expert: Phone
    head: Phone
    legal: Phone
    organiser: Phone

    @property
    def case(self) -> Case:
        return casebook.find(self.house.engine, self.case_id)

    @property
    def target(self) -> str:
        return self.case.opened.target.name

    @property
    def team(self) -> tuple[Phone, Phone]:
        return self.market, self.police

    def events(self) -> list[Event]:
        with reading(self.house.engine) as tx:
            return [r.event for r in casebook.history(tx, self.case_id)]

    def at(self, phone: Phone) -> Phone:
        """The case before this person."""
        phone.say("任务")
        phone.tap(self.target)
        return phone


def scene(folder: Path, task: str = JOINT) -> Scene:
    house, clock = demo_house(folder)
    return scene_of(house, clock, task)


def scene_of(house: House, clock: Clock, task: str = JOINT) -> Scene:
    with reading(house.engine) as tx:
        case = next(c for c in projection.all_cases(tx) if c.opened.task == task)
    inspectors = [m for m in case.members.values() if m.role == "inspector"]
    market = next((m for m in inspectors if "市场监督" in m.department), inspectors[0])
    police = next(m for m in inspectors if m is not market)
    expert = next(m for m in case.members.values() if m.role == "expert")
    office = (phone_of(house, person_named(house, name)) for name in ("沈知远", "方明理", "程小满"))
    team = (phone_of(house, m.person) for m in (market, police, expert))
    return Scene(house, clock, case.id, *team, *office)


def noted(s: Scene) -> Scene:
    """① all but finished: everything known, the appointment made."""
    for phone in (s.market, s.police, s.expert):
        s.at(phone).tap("收到任务")
    m = s.market
    m.tap("三项都已查阅")
    for label in ("与名录库一致", "状态无变化", "按以上记录", "定检查方式", "实地核查", "按通常程序"):
        m.tap(label)
    for label in ("核对事项表", "事项无误", "约定检查时间"):
        m.tap(label)
    m.tap("9月22日（周二）09:00")
    m.tap("按通常材料")
    return s


def prechecked(s: Scene) -> Scene:
    noted(s).market.tap("完成预查")
    return s


def arrived(s: Scene) -> Scene:
    """② both at the door, side by side, on the day."""
    prechecked(s)
    s.clock.now = VISIT
    for phone in s.team:
        s.at(phone).place()
    return s


def opened(s: Scene) -> Scene:
    """② certificates shown, rights told, the code seen: the first question is on the card."""
    m = s.at(arrived(s).market)
    for label in ("已出示证件", "已告知", "填检查码"):
        m.tap(label)
    m.say(s.case.opened.visit_code)
    s.at(s.police)
    return s


_photos = count(1)


def answer_on(phone: Phone) -> None:
    """What the card asks, answered so that nothing is wrong."""
    labels = [b.label for b in phone.card.buttons]
    if any("全部正常" in one for one in labels):
        phone.tap("全部正常")
        phone.tap("确认全部正常")
    elif "符合" in labels:
        phone.tap("符合")
    elif phone.card.asks == "photo":
        phone.photo(JPEG + str(next(_photos)).encode())
    else:
        assert phone.card.asks == "text", phone.card
        phone.say("2026-06-01" if phone.sees("日期") else "12")


def inspected(s: Scene, *wrong: str) -> Scene:
    """② everything answered; `wrong` names whose first question is a finding: "market", "police"."""
    opened(s)
    for name in wrong:
        phone = s.at(getattr(s, name))
        phone.tap("不符合")
        phone.tap("写问题情况")
        phone.say("未能出示备案证明")
        phone.photo(JPEG + name.encode())
    for _ in range(80):
        if any("结束现场检查" in b.label for b in s.at(s.market).card.buttons):
            return s
        answer_on(s.market)
    raise AssertionError("the questions never end")


def finished(s: Scene, *wrong: str) -> Scene:
    inspected(s, *wrong).market.tap("结束现场检查")
    return s


def signed(s: Scene, *wrong: str) -> Scene:
    """③ signed by both, and by the party."""
    finished(s, *wrong).market.tap("形成汇总表")
    s.market.tap("签名确认")
    s.at(s.police).tap("签名确认")
    s.police.tap("当事人签字")
    s.police.tap("无异议")
    s.police.say("岩温坎，店长")
    return s


def entered(s: Scene, *wrong: str) -> Scene:
    """④ both departments' results entered, none published: what the answers amount to."""
    signed(s, *wrong)
    for name in ("market", "police"):
        phone = s.at(getattr(s, name))
        phone.tap(_usual(name) if name in wrong else "未发现问题")
    return s


def _usual(name: str) -> str:
    return "违反公安部门相关规定" if name == "police" else "违反"


def published(s: Scene, *wrong: str) -> Scene:
    """④ published by both: with a finding the case is in ⑤, without one it is closed."""
    entered(s, *wrong)
    for phone in s.team:
        s.at(phone).tap("公示结果")
    return s
