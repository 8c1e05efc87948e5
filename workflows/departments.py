"""Departments by system (系统): the catalogue names 省公安厅, a county's task 县公安局; both are 公安.

海市监发〔2019〕52号 三(一); 国发〔2019〕5号 四(一).
"""

from __future__ import annotations

from collections.abc import Iterable

SYSTEMS: dict[str, tuple[str, ...]] = {
    "市场监管": ("市场监督", "市场监管", "工商行政", "质量技术监督", "食品药品监督"),
    "发展改革": ("发展和改革", "发展改革", "发改"),
    "教育": ("教育",),
    "公安": ("公安",),
    "人力资源社会保障": ("人力资源", "人社"),
    "生态环境": ("生态环境", "环境保护", "环保"),
    "住房城乡建设": ("住房", "住建", "城乡建设"),
    "交通运输": ("交通运输", "交通局", "交通厅"),
    "农业农村": ("农业",),
    "商务": ("商务",),
    "文化和旅游": ("文化", "文旅", "旅游"),
    "卫生健康": ("卫生", "卫健"),
    "应急管理": ("应急", "安全生产"),
    "海关": ("海关",),
    "税务": ("税务",),
    "统计": ("统计",),
}


def system_of(department: str) -> str:
    """The system a department belongs to, or its own name where none is known."""
    found = (name for name, words in SYSTEMS.items() if any(word in department for word in words))
    return next(found, department.strip())


def department_for(body: str, departments: Iterable[str]) -> str | None:
    """Which of the task's departments carries an item whose 抽查主体 is `body`: itself, else the first of its system."""
    listed = tuple(departments)
    if body in listed:
        return body
    return next((name for name in listed if system_of(name) == system_of(body)), None)
