"""The words a policy profile may use, with what a person reads for each.

`LAW` names the rules a statute fixes for everyone: a bureau's own file may cite more, never ask for less.
"""

from __future__ import annotations

from collections.abc import Mapping

EFFECTS = {
    "block": "不能继续",
    "reason": "写明理由后可以继续，理由留痕",
    "warn": "提示并留痕",
    "remind": "到时提醒",
    "offer": "可以选用",
    "auto": "自动完成",
    "none": "只作依据，不作限制",
}

CLOCKS = {
    "check-ends": "抽查检查结束",
    "result-arises": "抽查检查结果产生",
    "inspection-completed": "当次检查任务完成",
}

GROUNDS = {
    "state-secret": "国家秘密",
    "police-secret": "警务工作秘密",
    "trade-secret": "商业秘密",
    "privacy": "个人隐私",
}

CHOICES: Mapping[str, Mapping[str, str]] = {"entry-clock": CLOCKS, "secrecy": GROUNDS}

LAW = {
    "team-size": "《行政处罚法》第四十二条",
    "two-on-site": "《行政处罚法》第四十二条",
    "inspector-certificate": "《行政处罚法》第四十二条",
    "show-certificate": "《行政处罚法》第五十五条",
    "recusal": "《行政处罚法》第四十三条",
    "evidence": "《行政处罚法》第四十七条",
}
