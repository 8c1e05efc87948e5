"""The two directories (两库): who may be inspected, and who may inspect.

海市监发〔2019〕52号 二(二); 河南省公安厅通知(2019-12) 附件2; 国发〔2019〕5号 三(三); 晋政发〔2019〕15号 二(三)2; 行政处罚法 art. 42.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")
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
class StatusEvent:
    """What the register says happened to a target on that day: `status` is a key of `TARGET_STATUSES`, "" for no change."""

    day: date
    event: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Licence:
    """A permit a line of business asks for; `until` None where it is not known."""

    name: str
    number: str = ""
    issued: date | None = None
    until: date | None = None
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """A target's place in a sub-library (专项库、分库) of one line of business, with the tags and licences it has there.

    `professional` is 专业监管, `qualifications` what whoever inspects there is to hold (专业资质资格, words of
    `Inspector.expertise`), `experts` which experts are to lead (配备专家); None where nobody said.
    """

    name: str
    tags: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    professional: bool | None = None
    qualifications: tuple[str, ...] | None = None
    experts: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of the directory of targets (检查对象名录库).

    `id` is the 统一社会信用代码, upper-case and half-width, else "R:" + registration number (draw.md, "Bytes").
    `tags` hold those of the sub-libraries too; `events` are in the order of their days.
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
    industry: str = ""
    libraries: tuple[Library, ...] = ()
    events: tuple[StatusEvent, ...] = ()


def happened(target: Target, event: StatusEvent) -> Target:
    """The target after an event of the register; the same event again changes nothing (rule target-status).

    An event that comes in late takes its place in the history and leaves the status of a later one alone. Nobody is
    founded after they were revoked: 设立 of a target already known says nothing new about its status.
    """
    if event in target.events:
        return target
    latest = all(event.day >= other.day for other in target.events)
    founded = event.event == "设立"
    status = event.status if event.status and latest and not founded else target.status
    events = tuple(sorted((*target.events, event), key=lambda one: one.day))
    return replace(
        target,
        status=status,
        events=events,
        established=target.established or (event.day if founded else None),
    )


def together(one: Library, other: Library) -> Library:
    """Two rows of a file on one place, a licence each: what either says of it holds."""
    licences = {(licence.name, licence.number): licence for licence in (*one.licences, *other.licences)}
    return Library(
        one.name,
        tuple(dict.fromkeys((*one.tags, *other.tags))),
        tuple(licences.values()),
        _last_said(one.professional, other.professional),
        _either(one.qualifications, other.qualifications),
        _either(one.experts, other.experts),
    )


def _last_said(before: T | None, after: T | None) -> T | None:
    return before if after is None else after


def _either(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    said = [words for words in (one, other) if words is not None]
    return tuple(dict.fromkeys(word for words in said for word in words)) if said else None


def placed(target: Target, library: Library) -> Target:
    """The target with this place in a sub-library added to those it has, and its tags to its own.

    What is asked of whoever inspects there is taken over as a whole, so that it can be asked no longer.
    """
    before = {one.name: one for one in target.libraries}
    own = before.get(library.name, Library(library.name))
    before[library.name] = replace(
        together(own, library),
        qualifications=_last_said(own.qualifications, library.qualifications),
        experts=_last_said(own.experts, library.experts),
    )
    every = tuple(dict.fromkeys((*target.tags, library.name, *library.tags)))
    return replace(target, libraries=tuple(before.values()), tags=every)


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
    `recusals` are the targets of `ties`. `expertise` are the words of 专长 and 专业资质资格: what an item or a
    department can ask for.
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
    return any(one.holds(on) for one in _certificates(inspector))


def certified_throughout(inspector: Inspector, first: date, last: date) -> bool:
    """Whether one certificate or another is in force on every day of these: on the first, and after each that lapses."""
    lapsed = (one.valid_until for one in _certificates(inspector))
    after = [day + timedelta(days=1) for day in lapsed if day is not None and first <= day < last]
    return all(certificate_valid(inspector, day) for day in (first, *after))


def _certificates(inspector: Inspector) -> tuple[Certificate, ...]:
    own = Certificate(inspector.certificate, inspector.valid_from, inspector.valid_until)
    return own, *inspector.certificates


def counts(inspector: Inspector, on: date) -> bool:
    """Whether this person counts towards "not fewer than two" on that day: no expert, no assistant, no lapsed certificate."""
    return inspector.role == "inspector" and certificate_valid(inspector, on)


def drawable(inspector: Inspector, on: date) -> bool:
    return counts(inspector, on) and inspector.on_duty


def drawable_throughout(inspector: Inspector, first: date, last: date) -> bool:
    """Who may have to stand in a doorway on any of these days; duty is asked of as it is now."""
    return drawable(inspector, first) and certified_throughout(inspector, first, last)
