"""A chart three ways: bars of characters, one sentence with all its numbers, and a picture in SVG."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from bot.card import Chart
from bot.render import TEMPLATES, block, line, pages_in

PICTURES = TEMPLATES / "pictures"
# Whatever draws the picture takes the first that the machine has: phones, Windows, macOS, Linux.
FONTS = (
    "PingFang SC, HarmonyOS Sans SC, MiSans, Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, Microsoft YaHei, "
    "WenQuanYi Micro Hei, WenQuanYi Zen Hei, SimHei, Noto Serif CJK SC, SimSun, sans-serif"
)


def in_characters(chart: Chart) -> list[str]:
    widest = max(len(bar.label) for bar in chart.bars)
    return block("chart", "bars", chart=chart, widest=widest)


def told(chart: Chart) -> str:
    """应检查 12，待录入 3，…: for who cannot see the picture, and wherever one line is all there is."""
    return line("chart", "told", chart=chart)


def in_svg(chart: Chart, name: str) -> Markup:
    """An <svg> without colours, which a style sheet gives it; `name` keeps its ids apart from another's on the page."""
    drawn = (
        _pictures().get_template("chart.svg").render(chart=chart, name=name, told=told(chart), fonts=FONTS)
    )
    return Markup(drawn)


@cache
def _pictures() -> Environment:
    return pages_in("pictures")
