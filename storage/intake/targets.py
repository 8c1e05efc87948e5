"""The directory of targets (检查对象名录库): 003 annex 2, with the identity annex 2 leaves out (004 二(三)2)."""

from __future__ import annotations

import re
from functools import lru_cache

from storage.intake.cells import LINE, NAME, TEXT, half_width, listed, one_date, within
from storage.intake.gather import Fields, Warn, gather, given, needed
from storage.intake.table import Intake, Progress, Table, unwatched
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


def parse_targets(table: Table, progress: Progress = unwatched) -> Intake[Target]:
    """Targets with a sound identity and a name; every other row is refused with its reason (target-identity)."""
    silent = {
        "status": "没有“登记状态”列：新增的检查对象都按存续处理，已注销、吊销的会被抽到（规则 target-status）"
    }
    return gather(table, "targets", _target, lambda target: target.id, progress, silent)


def _target(fields: Fields, warn: Warn) -> Target:
    identity = _identity(fields, warn)
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
    )


def _identity(fields: Fields, warn: Warn) -> Identity:
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
