"""The directory of targets (检查对象名录库): 003 annex 2, with the identity annex 2 leaves out (004 二(三)2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from storage.documents import encode
from storage.intake.cells import LINE, NAME, TEXT, half_width, listed, one_date, within
from storage.intake.gather import (
    Fields,
    Warn,
    Watched,
    culprit,
    fields_of,
    gather,
    given,
    needed,
    on_the_whole,
    spoken,
)
from storage.intake.plain import quick
from storage.intake.reading import Rows
from storage.intake.table import Intake, Progress, Rejected, Row, Table, Warned, unwatched
from workflows.directory import TARGET_KINDS, Target
from workflows.errors import BadInput
from workflows.identity import Identity, parse_identity, usual_kind

# Read in this order: 个体工商户 before 企业, because 企业类型 columns mix both; 吊销 before 注销 for "吊销，未注销".
_KIND_WORDS = (
    ("individual", "个体"),
    ("cooperative", "合作社|农专社"),
    ("enterprise", "企业|公司|厂|合伙|独资|国有|集体|外商|内资|外资"),
    ("organisation", "组织|单位|机关|团体|学校|医院|代表机构|民办非|基金会|村|居"),
    ("product", "产品"),
    ("project", "项目"),
    ("conduct", "行为"),
)
_STATUS_WORDS = (
    ("revoked", "吊销|撤销"),
    ("deregistered", "注销"),
    ("moved", "迁出|迁移"),
    ("closed", "停业|歇业|关闭|清算|停产"),
    ("active", "存续|在营|开业|在业|在册|正常|登记成立|确立|有效"),
)


_SILENT = {
    "status": "没有“登记状态”列：新增的检查对象都按存续处理，已注销、吊销的会被抽到（规则 target-status）"
}
Encoded = tuple[int, str, str]


def parse_targets(table: Table, progress: Progress = unwatched) -> Intake[Target]:
    """Targets with a sound identity and a name; every other row is refused with its reason (target-identity)."""
    return gather(table, "targets", _target, lambda target: target.id, progress, _SILENT)


@dataclass(frozen=True, slots=True)
class Stream:
    """A table of targets gone through once, row by row; what is said of rows gathers in the two lists meanwhile.

    Of one target twice both come out: whoever writes them knows which were before.
    """

    table: Table
    columns: frozenset[str]
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    def __iter__(self) -> Iterator[Encoded]:
        """(row number, id, canonical JSON) of every row that goes in."""
        plain = quick(self.table.headers, _WORDS)
        read = fields_of(self.table.headers, "targets")
        spot = culprit(self.table.headers, "targets")
        rows = self.table.rows
        raw = rows.raw() if isinstance(rows, Rows) else ((row.number, row.cells) for row in rows)
        for number, cells in raw:
            found = plain(cells)
            if found is not None:
                yield number, *found
                continue
            row = rows.row(number, cells) if isinstance(rows, Rows) else Row(number, tuple(cells))
            entry = None if row is None else self._entry(row, Watched(read(row.cells)), spot)
            if entry is not None:
                yield number, entry.id, encode(entry)

    def _entry(self, row: Row, fields: Watched, spot: Callable[[Watched], tuple[str, str]]) -> Target | None:
        said: list[str] = []
        try:
            entry = _target(fields, said.append)
        except BadInput as reason:
            self.rejected.append(Rejected(row.number, str(reason), row.cells, *spot(fields)))
            return None
        self.warnings.extend(Warned(row.number, text) for text in said)
        return entry


def stream_targets(table: Table) -> Stream:
    """The same rows, reasons and warnings as `parse_targets`, without holding them."""
    return Stream(table, spoken(table, "targets"), warnings=on_the_whole(table, "targets", _SILENT))


def _target(fields: Fields, warn: Warn) -> Target:
    identity = identity_of(fields, warn)
    latitude, longitude = _place(fields, warn)
    return Target(
        id=identity.id,
        name=within(needed(fields, "name", "名称", "target-identity"), NAME, "名称"),
        kind=_kind(fields["kind"], identity.id, warn),
        address=within(fields["address"], LINE, "住所"),
        region=within(half_width(fields["region"]), NAME, "区划"),
        status=_status(fields["status"]),
        established=one_date(fields["established"], "成立日期"),
        tags=listed(within(fields["tags"], TEXT, "标签")),
        risk=_risk(fields["risk"], warn),
        credit=within(fields["credit"], TEXT, "信用记录"),
        contact=within(fields["contact"], NAME, "联系人"),
        phone=within(half_width(fields["phone"]), NAME, "电话"),
        latitude=latitude,
        longitude=longitude,
        industry=within(fields["industry"], NAME, "行业"),
    )


def identity_of(fields: Fields, warn: Warn) -> Identity:
    """A firm with both numbers is known by its credit code; the old number does not replace a wrong one."""
    identity = parse_identity(given(fields["id"]) or given(fields["number"]))
    if identity.note:
        warn(identity.note)
    return identity


def _kind(text: str, identity: str, warn: Warn) -> str:
    if not text:
        return usual_kind(identity)
    found = _first(_KIND_WORDS, text)
    if not found:
        found = usual_kind(identity)
        warn(f"主体类型“{text[:30]}”看不懂，按代码记为“{TARGET_KINDS[found]}”")
    return found


def _status(text: str) -> str:
    """Whoever is not active is not drawn (target-status): a status nobody understands may not pass as active."""
    if not text:
        return "active"
    found = _first(_STATUS_WORDS, text)
    if not found:
        raise BadInput(f"登记状态“{text[:30]}”看不懂：请写存续、注销、吊销、停业或迁出（规则 target-status）")
    return found


@lru_cache(maxsize=1000)  # a column of a whole directory says the same few words
def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for word, pattern in words if re.search(pattern, text)), "")


def _risk(text: str, warn: Warn) -> str:
    match = re.fullmatch(r"([A-D])\s*[类级]?", half_width(text).upper())
    if text and match is None:
        warn(f"风险等级“{text[:30]}”看不懂，没有采用：请写 A、B、C 或 D")
    return match[1] if match else ""


def _certain(text: str) -> None:
    raise BadInput(text)


# What the words of a column say, where nothing has to be warned of.
_WORDS = {
    "kind": lambda text: _kind(text, "", _certain),
    "status": _status,
    "established": lambda text: one_date(text, "成立日期"),
    "tags": lambda text: listed(within(text, TEXT, "标签")),
    "risk": lambda text: _risk(text, _certain),
}


def _place(fields: Fields, warn: Warn) -> tuple[float | None, float | None]:
    """Degrees, WGS 84. A place that cannot be in China is not taken: a wrong one would refuse every check-in."""
    written = (half_width(fields["latitude"]), half_width(fields["longitude"]))
    if written == ("", ""):
        return None, None
    try:
        latitude, longitude = float(written[0]), float(written[1])
    except ValueError:
        latitude, longitude = 0.0, 0.0
    if 3 <= latitude <= 54 and 73 <= longitude <= 136:
        return latitude, longitude
    warn(f"纬度“{written[0][:20]}”、经度“{written[1][:20]}”不在中国境内或不是数字，没有采用：请核对是否填反")
    return None, None
