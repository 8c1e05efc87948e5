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

# Credit-risk classes, 国市监信发〔2022〕6号; the order of the ratios in "risk-ratio".
CLASSES = {"A": "信用风险低", "B": "信用风险一般", "C": "信用风险较高", "D": "信用风险高"}

RAISES = {
    "attention": "社会关注度高",
    "complaints": "投诉举报多",
    "special-industry": "特殊行业、重点领域",
    "abnormal-list": "列入经营异常名录",
    "violations": "有严重违法违规记录",
    "dishonest": "有失信行为",
    "finding": "检查发现问题",
    "uncooperative": "不配合检查",
}
LOWERS = {"good-credit": "守法经营、信用良好", "clean": "连续检查未发现问题"}

CHOICES: Mapping[str, Mapping[str, str]] = {
    "entry-clock": CLOCKS,
    "secrecy": GROUNDS,
    "risk-ratio.default": CLASSES,
    "risk-ratio.raises": RAISES,
    "risk-ratio.lowers": LOWERS,
}

LAW = {
    "team-size": "《行政处罚法》第四十二条",
    "two-on-site": "《行政处罚法》第四十二条",
    "inspector-certificate": "《行政处罚法》第四十二条",
    "show-certificate": "《行政处罚法》第五十五条",
    "recusal": "《行政处罚法》第四十三条",
    "evidence": "《行政处罚法》第四十七条",
}
