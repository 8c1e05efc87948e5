"""The two directories (两库): who may be inspected, and who may inspect.

海市监发〔2019〕52号 二(二); 河南省公安厅通知(2019-12) 附件2; 国发〔2019〕5号 三(三); 晋政发〔2019〕15号 二(三)2; 行政处罚法 art. 42.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

TARGET_KINDS = {
    "enterprise": "企业",
    "cooperative": "农民专业合作社",
    "individual": "个体工商户",
    "organisation": "其他组织",
    "product": "产品",
    "project": "项目",
    "conduct": "行为",
}
TARGET_STATUSES = {
    "active": "存续",
    "revoked": "吊销",
    "deregistered": "注销",
    "closed": "停业",
    "moved": "迁出",
}


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of the directory of targets (检查对象名录库).

    `id` is the 统一社会信用代码, upper-case and half-width, else "R:" + registration number (draw.md, "Bytes").
    """

    id: str
    name: str
    kind: str = "enterprise"
    address: str = ""
    region: str = ""
    status: str = "active"
    established: date | None = None
    tags: tuple[str, ...] = ()
    risk: str = ""
    credit: str = ""
    contact: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """One enforcement certificate, in force on both days and between; None where a day is not known."""

    number: str
    valid_from: date | None = None
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        if not self.number or self.valid_until is None:
            return False
        return (self.valid_from is None or self.valid_from <= on) and on <= self.valid_until


@dataclass(frozen=True, slots=True)
class Tie:
    """Why an inspector keeps away from a target or from a colleague, `whom` by id (行政处罚法 art. 43).

    `said_by` declared it or decided it.
    """

    whom: str
    reason: str = ""
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Inspector:
    """One entry of the directory of inspectors (执法检查人员名录库). `id` is "P:" + staff number.

    `role` is "inspector", or "expert" or "assistant", who never count towards the team size. Of several certificates
    the one in force the longest stands in `certificate`, `valid_from` and `valid_until`, all of them in `certificates`.
    `recusals` are the targets of `ties`.
    """

    id: str
    name: str
    department: str
    certificate: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    role: str = "inspector"
    gender: str = ""
    title: str = ""
    expertise: tuple[str, ...] = ()
    region: str = ""
    on_duty: bool = True
    phone: str = ""
    recusals: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()
    certificates: tuple[Certificate, ...] = ()


def conflicts(inspectors: Iterable[Inspector]) -> frozenset[tuple[str, str]]:
    """Couples and relatives, who never share a team: sorted pairs of ids. One of the two having said it is enough."""
    listed = list(inspectors)
    here = {one.id for one in listed}
    pairs = (
        (one.id, whom)
        for one in listed
        for whom in (*one.recusals, *(tie.whom for tie in one.ties))
        if whom in here
    )
    return frozenset((min(pair), max(pair)) for pair in pairs)


def certificate_valid(inspector: Inspector, on: date) -> bool:
    """Whether an enforcement certificate is in force on that day (行政处罚法 art. 42)."""
    own = Certificate(inspector.certificate, inspector.valid_from, inspector.valid_until)
    return any(one.holds(on) for one in (own, *inspector.certificates))


def counts(inspector: Inspector, on: date) -> bool:
    """Whether this person counts towards "not fewer than two" on that day: no expert, no assistant, no lapsed certificate."""
    return inspector.role == "inspector" and certificate_valid(inspector, on)


def drawable(inspector: Inspector, on: date) -> bool:
    return counts(inspector, on) and inspector.on_duty
