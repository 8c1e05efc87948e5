"""The phrasings a person might type, what each means, and the names the bot knows while it reads them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.phrases import Known, Slots, Understood, Unsure, understand

TODAY = date(2026, 9, 21)  # a Monday
KNOWN = Known(
    persons=("林一帆", "周南星", "岩罕亮", "玉波香", "许知夏"),
    targets=(
        "勐海云雾茶山娱乐有限公司",
        "勐海孔雀坪歌舞娱乐有限公司",
        "勐海糯米香量贩歌城有限公司",
        "勐海月下凤尾竹文化娱乐有限公司",
        "勐海流沙河电玩城有限公司",
        "勐海镇听雨小筑歌厅",
        "勐海镇老榕树练歌房",
        "打洛镇边城之夜歌舞厅",
    ),
    departments=("县市场监督管理局", "县公安局", "县文化和旅游局"),
    items=("年度报告公示信息的检查", "娱乐场所监督检查"),
    plans=("2026年度娱乐场所联合抽查计划",),
    regions=("勐海镇", "打洛镇", "勐遮镇", "勐混镇"),
)
UNSURE = "unsure"


@dataclass(frozen=True)
class Phrasing:
    """`intent` is `unsure` for what the bot must not pretend to understand."""

    text: str
    intent: str
    slots: Slots


def load(name: str) -> tuple[Phrasing, ...]:
    with (Path(__file__).with_name(name)).open(encoding="utf-8", newline="") as file:
        return tuple(
            Phrasing(row["text"], row["intent"], _slots(row["slots"])) for row in csv.DictReader(file)
        )


def _slots(written: str) -> Slots:
    slots = Slots()
    for pair in filter(None, written.split("; ")):
        name, _, value = pair.partition("=")
        read: object = value
        if name == "targets":
            read = tuple(value.split("|"))
        if name == "period":
            first, _, last = value.partition("..")
            read = (date.fromisoformat(first), date.fromisoformat(last))
        slots = replace(slots, **{name: read})  # type: ignore[arg-type]
    return slots


def read(text: str) -> Understood | Unsure:
    return understand(text, TODAY, KNOWN)


def is_right(one: Phrasing) -> bool:
    said = read(one.text)
    if isinstance(said, Unsure):
        return one.intent == UNSURE
    return (said.intent, said.slots) == (one.intent, one.slots)
