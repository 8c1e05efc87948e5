"""The headings bureaus really write over their columns, one list per field of the product.

003 annexes 1, 2 and 5; 000 一(一); 001 三(一); 002 二(三); field.md 1.1. Spaces and line breaks
in a heading do not count, nor does what stands in brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

ITEMS = {
    "id": ("编号", "事项编号", "事项编码", "抽查事项编号", "抽查事项编码", "检查事项编码"),
    "serial": ("序号",),
    "name": ("抽查事项名称", "抽查事项", "检查事项", "检查事项名称", "事项名称", "抽查项目", "抽查类别"),
    "part": ("抽查子项", "子项", "子项名称", "检查子项"),
    "basis": ("抽查依据", "检查依据", "法律依据", "法律法规依据", "依据", "设定依据"),
    "department": ("抽查主体", "部门", "检查主体", "抽查部门", "检查部门", "责任部门", "实施部门"),
    "targets": ("抽查对象", "检查对象", "抽查对象范围", "检查对象范围"),
    "content": ("抽查内容", "检查内容", "抽查检查内容", "内容"),
    "methods": ("抽查方式", "检查方式", "检查方法", "抽查方法", "核查方式"),
    "ratio": ("抽查比例", "检查比例", "比例"),
    "frequency": ("抽查频次", "检查频次", "抽查频率", "频次"),
    "category": ("事项类别", "抽查事项类别", "检查事项类别"),
    "level": ("检查部门实施层级", "实施层级", "层级", "检查层级"),
    "skill": ("检查人员要求", "人员要求"),
    "qualifications": (
        *("所需资质", "所需资格", "资质要求", "资格要求", "专业要求", "专业资质要求"),
        *("专业资质资格", "专业资格", "检查人员资质", "检查人员资格", "人员资质要求"),
    ),
    "note": ("备注", "说明"),
}
TARGETS = {
    "id": (
        "统一社会信用代码",
        "统一社会信用代码/注册号",
        "注册号/统一社会信用代码",
        "统一代码/注册号",
        "统一信用代码/注册号",
        "统一信用代码",
        "社会信用代码",
        "信用代码",
        "统一代码",
    ),
    "number": ("注册号", "工商注册号", "营业执照注册号", "营业执照号"),
    "name": (
        "企业名称",
        "检查对象名称",
        "主体名称",
        "市场主体名称",
        "单位名称",
        "名称",
        "检查对象",
        "被检查单位",
    ),
    "kind": ("主体类型", "市场主体类型", "企业类型", "检查对象类别", "对象类别"),
    "address": ("住所", "地址", "住所地址", "经营场所", "住所/经营场所", "注册地址", "企业地址", "经营地址"),
    "region": ("区划", "行政区划", "行政区划代码", "区划代码", "所属区划"),
    "status": ("登记状态", "企业状态", "经营状态", "主体状态", "状态"),
    "established": ("成立日期", "成立时间", "注册日期"),
    "tags": (
        "标签",
        "监管标签",
        "行业",
        "所属行业",
        "行业类别",
        "专项库",
        "专项库名称",
        "对应专项库监管标签",
    ),
    "risk": ("风险等级", "信用风险等级", "风险分类", "信用风险分类", "分类等级"),
    "credit": ("信用记录", "信用情况", "信用状况", "信用备注"),
    "contact": ("联系人", "联络员", "法定代表人", "负责人", "法定代表人/负责人"),
    "phone": ("电话", "联系电话", "联系方式", "手机", "手机号码", "联络员电话"),
    "longitude": ("经度", "lng", "lon", "longitude"),
    "latitude": ("纬度", "lat", "latitude"),
    "industry": ("行业", "所属行业", "行业类别", "行业门类"),
}
STATUS = {
    "id": TARGETS["id"],
    "number": TARGETS["number"],
    "name": TARGETS["name"],
    "event": ("变动类型", "变动事项", "变更类型", "业务类型", "从业状态", "登记状态", "企业状态", "事件"),
    "day": ("变动日期", "发生日期", "核准日期", "变更日期", "业务日期", "日期"),
    "address": TARGETS["address"],
    "region": TARGETS["region"],
}
LIBRARIES = {
    "id": TARGETS["id"],
    "number": TARGETS["number"],
    "name": TARGETS["name"],
    "library": ("专项库名称", "专项库", "分库名称", "分库"),
    "tags": ("对应专项库监管标签", "监管标签", "标签"),
    "licence": ("许可证名称", "许可名称"),
    "licence_number": ("许可证编号", "许可证号", "许可编号"),
    "issued": ("许可批准日期", "批准日期", "发证日期"),
    "until": ("有效期至", "许可证有效期至", "有效期止"),
    "issuer": ("许可发证机关", "发证机关"),
    "professional": ("专业监管", "是否专业监管"),
    "qualifications": ("专业资质资格", "专业资质", "专业资格", "所需资质"),
    "experts": ("配备专家", "配备专家组长", "专家"),
}
INSPECTORS = {
    "id": ("警号", "工号", "单位工号", "人员编号", "警号/工号"),
    "name": ("姓名", "执法人员", "执法人员姓名", "检查人员", "检查人员姓名"),
    "department": ("所属部门", "部门", "单位", "工作单位", "所在单位", "所属单位", "执法机构"),
    "certificate": ("执法证号", "执法证编号", "行政执法证号", "执法证件号", "证件编号", "执法证件编号"),
    "valid_from": ("有效期起", "执法证有效期起", "发证日期", "有效期自"),
    "valid_until": ("有效期止", "执法证有效期止", "有效期至", "有效期", "执法证有效期", "执法证有效期至"),
    "role": ("人员类别", "人员类型", "类别"),
    "gender": ("性别",),
    "title": ("职务", "职务/职级", "职级", "担任职务"),
    "expertise": (
        *(
            "专长",
            "业务专长",
            "专业",
            "岗位资格资质",
            "专业资质资格",
            "专业资质",
            "专业资格",
            "资格",
            "资质",
            "检查员资格",
        ),
        *("执法资质", "专家", "配备专家", "检查事项范围", "执法类别"),
    ),
    "region": ("区划", "地区", "行政区划", "区划代码", "行政区划代码"),
    "on_duty": ("在岗状态", "是否在岗", "人员状态", "在岗"),
    "phone": ("手机号码", "手机号", "手机", "移动电话"),
    "landline": ("联系电话", "电话", "固定电话", "办公电话"),
    "recusals": ("回避对象", "回避", "应回避对象", "利害关系单位", "回避人员", "应回避人员", "近亲属"),
    "recusal_reason": ("回避关系", "回避事由", "回避原因"),
    "recusal_by": ("回避决定人", "回避申报人", "决定人", "申报人"),
}
RECUSALS = {
    "who": ("姓名", "人员", "执法人员", "检查人员", "警号", "工号", "姓名或警号"),
    "whom": ("回避对象", "回避人员", "应回避对象", "应回避人员", "利害关系单位", "近亲属", "关系人"),
    "reason": ("回避关系", "回避事由", "回避原因", "关系"),
    "said_by": ("回避决定人", "回避申报人", "决定人", "申报人"),
}
PLAN = {
    "plan_name": ("抽查计划名称", "计划名称", "年度抽查计划名称"),
    "name": ("抽查任务名称", "任务名称", "抽查活动名称"),
    "type": ("抽查类型", "任务类型", "抽查方式"),
    "items": ("抽查事项", "抽查事项名称", "检查事项", "抽查事项编号"),
    "targets": ("抽查对象", "抽查对象范围", "检查对象", "检查对象范围"),
    "dates": ("抽查日期", "抽查时间", "任务期限", "检查时间", "检查日期"),
    "starts": ("抽查开始日期", "开始日期", "抽查日期起", "任务期限起", "开始时间", "抽查日期开始"),
    "ends": ("抽查结束日期", "结束日期", "抽查日期止", "任务期限止", "结束时间", "抽查日期结束"),
    "lead": ("发起部门", "牵头部门", "任务组织部门"),
    "departments": ("参与部门", "配合部门", "联合部门", "任务参与部门", "参加部门"),
    "id": ("任务编号", "活动任务编号"),
    "quota": ("抽查数量", "抽取数量", "抽取目标户数", "抽查户数"),
    "ratio": ("抽查比例", "总抽取比例", "抽取比例"),
    "told": ("是否事先告知", "事先告知", "是否告知"),
    "region": ("区划", "地区", "行政区划", "区划代码"),
    "exception": ("年度例外", "年度抽查例外", "例外情形", "一年一次例外"),
    "exception_reason": ("例外理由", "年度例外理由", "例外原因"),
}
CHECKLIST = {
    "key": ("key", "代号", "题号", "编号"),
    "label": ("label", "问题", "检查内容", "检查项目", "检查要点"),
    "kind": ("kind", "类型", "答案类型"),
    "relevant": ("relevant", "前提", "显示条件"),
    "constraint": ("constraint", "约束", "取值要求"),
    "constraint_message": ("constraint_message", "约束说明"),
    "required": ("required", "必答", "是否必答"),
    "basis": ("basis", "依据", "检查依据"),
    "guide": ("guide", "作业指导", "检查方法", "操作方法与要领"),
}
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "items": ITEMS,
    "targets": TARGETS,
    "status": STATUS,
    "libraries": LIBRARIES,
    "inspectors": INSPECTORS,
    "recusals": RECUSALS,
    "plan": PLAN,
    "checklist": CHECKLIST,
}

# What a rejects file puts before the columns of its file.
REJECTED = ("行号", "退回的列", "退回的值", "原因", "改正办法")

_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")


def plain(heading: str) -> str:
    """A heading without what varies: width, case, spaces, brackets, a colon, a star."""
    text = re.sub(r"\s+|[*＊:：]", "", unicodedata.normalize("NFKC", heading)).lower()
    return _BRACKETED.sub("", text) or text


_KNOWN = frozenset(plain(name) for kind in KINDS.values() for names in kind.values() for name in names)


def known(cells: Iterable[str]) -> int:
    """How many different headings of any kind of table the cells hold."""
    return len({plain(cell) for cell in cells} & _KNOWN)


def columns_of(headers: Iterable[str], kind: str) -> dict[str, tuple[int, ...]]:
    """For each field of the kind the columns that carry it, the likeliest heading first."""
    places: dict[str, list[int]] = {}
    for at, header in enumerate(headers):
        places.setdefault(plain(header), []).append(at)
    found = {
        field: tuple(at for name in names for at in places.get(plain(name), ()))
        for field, names in KINDS[kind].items()
    }
    return {field: at for field, at in found.items() if at}
