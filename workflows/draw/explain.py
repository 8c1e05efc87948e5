"""Why a seat stays empty: the smallest set of constraints that empties it, and the least that would fill it.

The kinds of constraint are few, so every set of them is tried, the small ones first and in a fixed order: the same seat
gets the same answer. What is advised is tried as well: with it, and nothing else changed, the seats can be filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations

from workflows.directory import Inspector, Target, certificate_valid
from workflows.draw.impossible import DrawImpossible
from workflows.draw.roster import Conditions, numbers
from workflows.draw.targets import reached

# Of sets equally small the one that holds a later kind is named: recusal, which nobody may mend, before all.
KINDS = ("one-certificate", "relatives", "qualification", "region", "duty", "certificate", "recusal")
SAID = {
    "duty": "{count}名不在岗",
    "certificate": "{count}名执法证件不能覆盖检查期间",
    "recusal": "{count}名应当回避",
    "region": "{count}名管辖区域不符",
    "relatives": "{count}名与组内人员有夫妻或亲属关系",
    "one-certificate": "{count}名与组内人员证件号相同",
}
# What the bureau can put right without anybody new.
MENDED = {"certificate": "更新证件信息", "duty": "核对在岗情况", "region": "核对管辖区域"}
Bar = Callable[[Inspector], bool]


def why_empty(
    listed: Sequence[Inspector],
    department: str,
    needed: int,
    target: Target | None,
    team: Sequence[Inspector] = (),
    conditions: Conditions = Conditions(),  # noqa: B008 - frozen and empty
    days: tuple[date, date] | None = None,
) -> DrawImpossible:
    """For a department that cannot send `needed` people to a target (None: to any), as one Chinese sentence.

    `listed` are its people, `team` who is seated already; without `days` nobody's certificate is asked again.
    """
    others = [one for one in team if one.department != department]
    seats = _Seats(listed, department, needed, target, others, conditions, days)
    if seats.possible(KINDS):
        own = [one for one in team if one.department == department]
        seats = _Seats(listed, department, needed - len(own), target, list(team), conditions, days)
    causes = minimal(KINDS, seats.possible)
    return seats.sentence(causes)


def why_none(
    people: Sequence[Inspector], department: str, needed: int, conditions: Conditions
) -> DrawImpossible | None:
    """Why a department can send nobody anywhere, or None where it can, as far as no target is in the way."""
    if _Seats(people, department, needed, None, (), conditions, None).possible(KINDS):
        return None
    return why_empty(people, department, needed, None, conditions=conditions)


def minimal(kinds: Sequence[str], possible: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """The smallest part of `kinds` that is impossible by itself; all of them must be."""
    sets = (part for size in range(len(kinds) + 1) for part in combinations(reversed(kinds), size))
    return next(part[::-1] for part in sets if not possible(part[::-1]))


class _Seats:
    """One department's seats at one target, with any part of the constraints in force."""

    def __init__(
        self,
        listed: Sequence[Inspector],
        department: str,
        needed: int,
        target: Target | None,
        mates: Sequence[Inspector],
        conditions: Conditions,
        days: tuple[date, date] | None,
    ) -> None:
        seated = {one.id for one in mates}
        self.listed = sorted((one for one in listed if one.id not in seated), key=lambda one: one.id)
        self.department, self.needed, self.target = department, needed, target
        self.mates, self.conditions = mates, conditions
        own = [one for one in mates if one.department == department]
        asked = conditions.needs(department, target.id if target else "")
        self.words = tuple(word for word in asked if not any(word in one.expertise for one in own))
        self.bars = self._bars(days or ())

    def _bars(self, days: Iterable[date]) -> Mapping[str, Bar]:
        target, at_hand = self.target, tuple(days)
        return {
            "duty": lambda one: not one.on_duty,
            "certificate": lambda one: not all(certificate_valid(one, day) for day in at_hand),
            "recusal": lambda one: target is not None and target.id in one.recusals,
            "region": lambda one: target is not None and not reached(one.region, target),
            "relatives": lambda one: any(self._apart(one, mate, ("relatives",)) for mate in self.mates),
            "one-certificate": lambda one: any(
                self._apart(one, mate, ("one-certificate",)) for mate in self.mates
            ),
        }

    def _apart(self, one: Inspector, other: Inspector, kinds: Sequence[str]) -> bool:
        return ("relatives" in kinds and self.conditions.related(one.id, other.id)) or (
            "one-certificate" in kinds and not numbers(one).isdisjoint(numbers(other))
        )

    def left(self, kinds: Sequence[str]) -> list[Inspector]:
        bars = [self.bars[kind] for kind in kinds if kind in self.bars]
        return [one for one in self.listed if not any(bar(one) for bar in bars)]

    def possible(self, kinds: Sequence[str]) -> bool:
        return self.fits(self.left(kinds), self.needed, kinds)

    def fits(self, left: Sequence[Inspector], needed: int, kinds: Sequence[str]) -> bool:
        """Whether `needed` of those left can sit together and hold between them what is asked for."""
        words = self.words if needed and "qualification" in kinds else ()
        return self._hold(left, needed, kinds, words)

    def _hold(
        self, left: Sequence[Inspector], needed: int, kinds: Sequence[str], words: Sequence[str]
    ) -> bool:
        if not words:
            return self._sit(left, needed, kinds)
        return needed > 0 and any(
            self._hold(
                [one for one in left if one is not able and not self._apart(one, able, kinds)],
                needed - 1,
                kinds,
                [word for word in words if word not in able.expertise],
            )
            for able in left
            if words[0] in able.expertise
        )

    def _sit(self, left: Sequence[Inspector], needed: int, kinds: Sequence[str]) -> bool:
        if needed > len(left):
            return False
        return needed == 0 or any(
            self._sit(
                [other for other in left[at + 1 :] if not self._apart(one, other, kinds)], needed - 1, kinds
            )
            for at, one in enumerate(left)
        )

    def sentence(self, causes: Sequence[str]) -> DrawImpossible:
        left = self.left(causes)
        most = max(count for count in range(self.needed) if self.fits(left, count, causes))
        facts = "".join(
            [
                "有一户抽中对象，" if self.target else "",
                f"{self.department}{len(self.listed)}名执法人员",
                self._counted(causes),
                self._paired(causes),
                f"，需要{self.needed}名，只能派出{most}名。",
            ]
        )
        return DrawImpossible(_rule(causes), facts + self._advice(causes), self.department, self.needed, most)

    def _advice(self, causes: Sequence[str]) -> str:
        """What fills the seats, each by itself: one thing put right, or the fewest newcomers nothing stands against."""
        mended = [
            said
            for kind, said in MENDED.items()
            if kind in causes and self.possible([one for one in KINDS if one != kind])
        ]
        count, words = self.newcomers()
        ways = [*mended, f"补充{count}名{_holding(count, words)}"]
        if not {"recusal", "qualification", *MENDED} & set(causes):
            ways.append("调整参与部门")
        firm = "回避不能放宽，" if "recusal" in causes else ""
        return f"{firm}请{'，或'.join(ways)}。"

    def newcomers(self) -> tuple[int, tuple[str, ...]]:
        """How many more people fill the seats, and what they hold between them: the fewest, then the fewest words."""
        left = self.left(KINDS)
        ways = (
            (count, held)
            for count in range(1, self.needed + 1)
            for size in range(len(self.words) + 1)
            for held in combinations(self.words, size)
        )
        return next(
            (count, held)
            for count, held in ways
            if self._hold(left, self.needed - count, KINDS, [one for one in self.words if one not in held])
        )

    def _counted(self, causes: Sequence[str]) -> str:
        """ "中2名应当回避、1名不在岗": each person once, under the first cause that holds."""
        left, parts = list(self.listed), []
        for kind, said in SAID.items():
            if kind in causes and (out := [one for one in left if self.bars[kind](one)]):
                parts.append(said.format(count=len(out)))
                left = [one for one in left if one not in out]
        return "中" + "、".join(parts) if parts else ""

    def _paired(self, causes: Sequence[str]) -> str:
        """What forbids no single person but two together, or asks for one of a kind."""
        left, parts = self.left(causes), ""
        if "qualification" in causes:
            for word in self.words:
                able = sum(word in one.expertise for one in left)
                holding = f"中{able}名有" if able else "均无"
                parts += f"，可派的人员{holding}“{word}”资格（至少须有1名）"
        pairs = [(one, other) for at, one in enumerate(left) for other in left[at + 1 :]]
        for kind, said in (
            ("relatives", "，夫妻、亲属不得同组"),
            ("one-certificate", "，证件号相同的只算一人"),
        ):
            if kind in causes and any(self._apart(*pair, (kind,)) for pair in pairs):
                parts += said
        return parts


def _rule(causes: Sequence[str]) -> str:
    if "recusal" in causes:
        return "recusal"
    return "inspector-certificate" if {"certificate", "duty"} & set(causes) else "team-size"


def _holding(count: int, words: Sequence[str]) -> str:
    """ "同时持有“甲”“乙”资格的执法人员": of one who holds all, of several between them."""
    said = "".join(f"“{word}”" for word in words)
    if not words:
        return "执法人员"
    if count > 1:
        return f"执法人员，其中须有持有{said}资格的"
    return f"{'同时' if len(words) > 1 else ''}持有{said}资格的执法人员"
