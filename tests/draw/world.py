"""A ceremony to play with: two witnesses, two strata, a lottery at eight in the evening."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256

from storage.policies import load_profiles
from workflows.draw import seal
from workflows.draw.announced import Announced, Source, plan_text
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony.decide import decide
from workflows.draw.ceremony.evolve import evolve
from workflows.draw.ceremony.outcome import Outcome, outcome
from workflows.draw.ceremony.state import Ceremony, Facts
from workflows.draw.lines import Line, freeze
from workflows.draw.quota import Quota
from workflows.draw.transcript import transcript
from workflows.draw.verify import Lists
from workflows.inspection.command import Command
from workflows.inspection.event import Event, Recorded
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused

NATIONAL = load_profiles()["national"]
START = datetime(2026, 9, 1, 9, tzinfo=timezone(timedelta(hours=8)))
BEACON_AT = START.replace(hour=20)
RESULT = "ab" * 32
ORGANISER = Actor("P:0001", "刀丽", "市场监管局", ("organiser",), "web:1")
FIRST = Actor("P:0002", "岩温", "纪检", (), "web:2")
SECOND = Actor("P:0003", "玉香", "公证处", (), "web:3")
DIGITS = {"W01": "27182818284590452353", "W02": "31415926535897932384"}
PLAN = Announced(
    "2026-01",
    ("I-1",),
    ("T1", "T2"),
    {"A": Quota(1, 5, reserve=2), "B": Quota(1, 2, "floor", 1, 3, 1)},
    (Source("unordered", "快乐8", "2026234", BEACON_AT), Source("ordered", "排列5", "26234", BEACON_AT)),
    ("W01", "W02"),
)

FACTS = Facts(ORGANISER, START, NATIONAL, published=True)


def secret(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def some_lines(name: str = "x", number: int = 24) -> tuple[str, ...]:
    return freeze(
        Line(
            f"R:{secret(f'{name}{at}')[:13]}",
            "AB"[at % 2],
            1 + at % 3,
            "X:DEREG" if at % 7 == 6 else "E",
        )
        for at in range(number)
    )


@dataclass
class Hall:
    """Where a ceremony is held; `do` gives the refusal, or folds the events."""

    name: str = "x"
    plan: Announced = PLAN
    list_secret: str = ""
    ceremony: Ceremony | None = None
    now: datetime = START
    history: list[Event] = field(default_factory=list)
    facts: Facts = FACTS

    def __post_init__(self) -> None:
        self.objects = some_lines(self.name)
        self.inspectors = freeze(Line(f"P:{at:04d}", "市场监管局") for at in range(10, 16))
        self.recusals = (f"P:0010|{self.objects[0].split('|')[0]}",)
        self.secrets = secret(self.name + "o"), secret(self.name + "i")
        files = {"objects": self.objects, "inspectors": self.inspectors, "recusals": self.recusals}
        self.facts = replace(self.facts, files=files)

    @property
    def lists(self) -> Lists:
        return Lists(self.objects, self.inspectors, self.recusals)

    def do(self, command: Command, actor: Actor = ORGANISER) -> Refused | tuple[Event, ...]:
        answer = decide(self.ceremony, command, replace(self.facts, actor=actor, now=self.now))
        if isinstance(answer, Refused):
            return answer
        for event in answer:
            self.history.append(event)
            recorded = Recorded(len(self.history), event, actor.person, actor.via, self.now)
            self.ceremony = evolve(self.ceremony, recorded)
        return answer

    def freeze(self, **change: object) -> Refused | tuple[Event, ...]:
        people = tuple(zip(self.plan.witnesses, ("P:0002", "P:0003"), strict=False))
        asked = c.Freeze(plan_text(self.plan), self.objects, self.inspectors, self.recusals, people)
        return self.do(replace(asked, list_secret=self.list_secret, **change))

    def commit(self) -> None:
        self.freeze()
        self.do(c.Commit(*(seal.com(one) for one in self.secrets)))

    def speak(self) -> None:
        self.commit()
        self.do(c.Contribute("W01", DIGITS["W01"]), FIRST)
        self.do(c.Contribute("W02", DIGITS["W02"]), SECOND)

    def sources(self) -> tuple[str, ...]:
        return "1.5.12.80./", f"{int(secret(self.name)[:8], 16)}./"

    def light(self) -> None:
        self.speak()
        self.do(c.CloseNonces())
        self.now = BEACON_AT + timedelta(minutes=30)
        self.do(c.EnterBeacon(self.sources()))
        self.do(c.EnterBeacon(self.sources()), FIRST)

    def holding(self) -> c.Hold:
        return c.Hold(self.objects, self.inspectors, self.recusals, *self.secrets, RESULT, self.list_secret)

    def sealed(self) -> None:
        self.light()
        self.do(self.holding())

    def sign(self) -> None:
        assert self.ceremony and self.ceremony.held
        for actor in (ORGANISER, FIRST, SECOND):
            self.do(c.Sign(self.ceremony.held.record), actor)

    def open(self) -> None:
        self.sealed()
        self.sign()
        self.do(c.Release("T1"))
        self.do(c.Release("T2"))
        self.do(c.Open(*self.secrets))

    def outcome(self) -> Outcome:
        assert self.ceremony
        return outcome(self.ceremony, self.objects, *self.secrets)

    def transcript(self) -> str:
        assert self.ceremony
        return transcript(self.ceremony, self.outcome(), self.list_secret)
