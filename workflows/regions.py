"""What people call a region: GB/T 2260 names as python-stdnum keeps them, by the code of a province, prefecture or county."""

from __future__ import annotations

import re
from functools import lru_cache

_CODE = re.compile(r"[1-8][0-9]{5}(?:[0-9]{3}|[0-9]{6})?")
_SPAN = re.compile(r"\[(\d*)-(\d*)\]")


@lru_cache(maxsize=4096)
def region_name(region: str) -> str:
    """勐海县 for 532822; a township's code keeps its digits: 勐海县（532822105）. What is no known code stays as it is."""
    if _CODE.fullmatch(region) is None:
        return region
    # The table is read with the first code that is to be named, not with every start.
    from stdnum import numdb  # noqa: PLC0415

    found = {key: value for _, names in numdb.get("cn/loc").info(region[:6]) for key, value in names.items()}
    name = _in_force(found.get("county", ""))
    if not name:
        return region
    return name if len(region) == 6 else f"{name}（{region}）"


def _in_force(names: str) -> str:
    """Of "[-2010]县,[2010-]区" the name without an end; the last one where the code was given up."""
    spans = [(_SPAN.match(name), _SPAN.sub("", name)) for name in names.split(",")]
    return next((name for span, name in spans if span is None or not span[2]), spans[-1][1])
