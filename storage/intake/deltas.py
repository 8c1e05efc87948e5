"""What is said of targets beside their directory: events of the register (从业状态), places in sub-libraries (分库)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.intake.cells import LINE, NAME, TEXT, affirmed, half_width, listed, one_date, within, words
from storage.intake.gather import Fields, Warn, gather, given, needed
from storage.intake.table import Intake, Progress, Table, unwatched
from storage.intake.targets import identity_of
from workflows.directory import Library, Licence, StatusEvent, Target
from workflows.errors import BadInput
from workflows.identity import usual_kind

# Read in this order: what is undone (恢复, 撤销注销) before what was done, 吊销 before 注销 for "吊销，未注销".
_EVENTS = (
    ("恢复", "active", "恢复|复业|撤销(吊销|注销)"),
    ("迁入", "active", "迁入"),
    ("迁出", "moved", "迁出|迁移"),
    ("吊销", "revoked", "吊销|撤销"),
    ("注销", "deregistered", "注销"),
    ("停业", "closed", "停业|歇业|关闭|清算|停产"),
    ("变更", "", "变更"),
    ("设立", "active", "设立|新设|成立|开业|新办"),
)
FOUNDING = frozenset({"设立", "迁入"})


@dataclass(frozen=True, slots=True)
class Delta:
    """`entry` is the target as the row alone would make it; `event` and `library` are what the row adds to a known one."""

    entry: Target
    event: StatusEvent | None = None
    library: Library | None = None


def parse_status(table: Table, progress: Progress = unwatched) -> Intake[Delta]:
    """Events of the register, each with its day. A later row of the same event stands (target-status)."""
    return gather(table, "status", _status, _happening, progress, {})


def parse_libraries(table: Table, progress: Progress = unwatched) -> Intake[Delta]:
    """Places in sub-libraries: a target may be in several, and have several licences in each."""
    return gather(table, "libraries", _library, _place, progress, {})


def _happening(one: Delta) -> str:
    return f"{one.entry.id} {one.event.day} {one.event.event}" if one.event else one.entry.id


def _status(fields: Fields, warn: Warn) -> Delta:
    entry = _entry(fields, warn, given(fields["name"]))
    event, status = _event(needed(fields, "event", "变动类型", "target-status"))
    day = one_date(fields["day"], "变动日期")
    if day is None:
        raise BadInput("没有变动日期：请补填后再导入（规则 target-status）")
    return Delta(entry, event=StatusEvent(day, event, status))


def _event(text: str) -> tuple[str, str]:
    for event, status, pattern in _EVENTS:
        if re.search(pattern, text):
            return event, status
    words = "、".join(event for event, _, _ in _EVENTS)
    raise BadInput(f"变动类型“{text[:30]}”看不懂：请写{words}中的一种（规则 target-status）")


def _library(fields: Fields, warn: Warn) -> Delta:
    entry = _entry(fields, warn, needed(fields, "name", "名称", "target-identity"))
    name = within(needed(fields, "library", "专项库名称", "target-kinds"), NAME, "专项库名称")
    tags = listed(within(given(fields["tags"]), TEXT, "标签"))
    return Delta(
        entry,
        library=Library(
            name,
            tags,
            _licences(fields),
            _professional(fields["professional"], warn),
            _asked(fields["qualifications"], "专业资质资格"),
            _asked(fields["experts"], "配备专家"),
        ),
    )


def _professional(text: str, warn: Warn) -> bool | None:
    said = affirmed(given(text))
    if given(text) and said is None:
        warn(f"专业监管“{text[:30]}”看不懂，没有采用：请写是或否")
    return said


def _asked(text: str, what: str) -> tuple[str, ...] | None:
    """None for an empty cell; 无 says that nothing is asked any longer."""
    return words(text, what) if text else None


def _licences(fields: Fields) -> tuple[Licence, ...]:
    name, number = given(fields["licence"]), given(fields["licence_number"])
    if not name and not number:
        return ()
    issued, until = one_date(fields["issued"], "许可批准日期"), one_date(fields["until"], "有效期至")
    if issued and until and issued > until:
        raise BadInput(f"许可批准日期 {issued} 晚于有效期至 {until}：请核对是否填反")
    issuer = within(given(fields["issuer"]), NAME, "发证机关")
    return (
        Licence(within(name, NAME, "许可证名称"), within(number, NAME, "许可证编号"), issued, until, issuer),
    )


def _place(one: Delta) -> str:
    library = one.library or Library("")
    return " ".join(
        (one.entry.id, library.name, *(licence.number or licence.name for licence in library.licences))
    )


def _entry(fields: Fields, warn: Warn, name: str) -> Target:
    identity = identity_of(fields, warn)
    return Target(
        id=identity.id,
        name=within(name, NAME, "名称"),
        kind=usual_kind(identity.id),
        address=within(fields.get("address", ""), LINE, "住所"),
        region=within(half_width(fields.get("region", "")), NAME, "区划"),
    )
