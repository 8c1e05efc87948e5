"""The demo's undrawn task, with a phone for the organiser, two witnesses and the head of the office."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.house import House
from bot.long_draw import draw_due
from bot.talk import SEPARATOR
from storage import ceremonies, plans
from storage.ceremonies import Kept
from storage.database import reading
from tests.talking import Clock, Phone, person_named, phone_of
from workflows.inspection.facts import CHINA

TASK = "放射源"
NUMBERS = "5 1 80 33 12 7 66 41 28 19 50 73 62 2 39 14 55 48 9 70"
OTHERS = NUMBERS.replace("80", "79")
ROLLED = ("27182818284590452353", "31415926535897932384")
DRAWN_AT = datetime(2026, 9, 21, 21, 40, tzinfo=CHINA)


@dataclass
class Hall:
    house: House
    clock: Clock
    organiser: Phone = field(init=False)
    first: Phone = field(init=False)
    second: Phone = field(init=False)
    head: Phone = field(init=False)

    def __post_init__(self) -> None:
        names = ("程小满", "岳清和", "柏岚", "沈知远")
        phones = [phone_of(self.house, person_named(self.house, name)) for name in names]
        self.organiser, self.first, self.second, self.head = phones

    @property
    def kept(self) -> Kept:
        with reading(self.house.engine) as tx:
            plan = plans.current(tx)[0].plan
            kept = ceremonies.of_task(tx, plan.id, plan.tasks[2].id)
        assert kept
        return kept

    @property
    def stage(self) -> str:
        return self.kept.ceremony.stage

    def data(self, verb: str, *more: str) -> str:
        """A button of this ceremony as it was drawn at some time."""
        return SEPARATOR.join((verb, "", ceremonies.mark_of(self.kept.id), *more))

    def drafted(self) -> Phone:
        o = self.organiser
        o.say("抽取")
        o.tap(f"抽取：{TASK}")
        o.tap("公开见证抽取")
        return o

    def announced(self, when: str = "今天21:30") -> Phone:
        o = self.drafted()
        o.tap("选公开随机源")
        o.tap("快乐8")
        o.say(f"2026254 {when}")
        return o

    def frozen(self) -> Phone:
        """A large list too, which is frozen beside the conversation."""
        o = self.announced()
        o.tap("冻结名单")
        if draw_due(self.house, "this machine"):
            o.send(button=self.data("ceremony"))
        return o

    def committed(self) -> Phone:
        o = self.frozen()
        o.tap("公布承诺")
        return o

    def give(self, phone: Phone, digits: str) -> Phone:
        phone.say("抽取")
        phone.tap("录入见证数")
        phone.say(digits)
        phone.tap("确认交出")
        return phone

    def spoken(self) -> Phone:
        o = self.committed()
        for phone, digits in zip((self.first, self.second), ROLLED, strict=True):
            self.give(phone, digits)
        o.tap("看抽取进展")
        o.tap("截止录入")
        return o

    def type(self, phone: Phone, numbers: str = NUMBERS) -> Phone:
        phone.send(button=self.data("enter-beacon"))
        phone.say(numbers)
        return phone

    def lit(self) -> Phone:
        o = self.spoken()
        self.clock.now = DRAWN_AT
        self.type(o)
        self.type(self.first)
        o.send(button=self.data("ceremony"))
        return o

    def drawn(self) -> Phone:
        o = self.lit()
        o.tap("抽取")
        return o

    def signed(self) -> Phone:
        o = self.drawn()
        for phone in (o, self.first, self.second):
            phone.send(button=self.data("ceremony"))
            phone.tap("签字确认")
        o.send(button=self.data("ceremony"))
        return o

    def released(self) -> Phone:
        o = self.signed()
        o.tap("派发任务")
        return o
