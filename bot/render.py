"""From templates to cards: the only reader of templates/chat/. A template's first line is the title, the rest the lines."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from bot.card import Button, Card
from workflows.inspection.facts import CHINA

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SEPARATOR = "|"
BUTTONS = ("buttons", "ceremony", "enrolment", "oversight", "planning", "preferences")
_WEEKDAYS = "一二三四五六日"


def day_text(day: date | datetime, today: date | None = None) -> str:
    """9月21日（周一）; a day of another year than today's says so: 2027年1月8日（周五）."""
    local = _here(day)
    year = f"{local.year}年" if today and local.year != today.year else ""
    return f"{year}{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）"


def full_day_text(day: date | datetime) -> str:
    """2026年9月21日, for what is kept, printed or read by anybody at any time."""
    local = _here(day)
    return f"{local.year}年{local.month}月{local.day}日"


def _here(day: date | datetime) -> date:
    return day.astimezone(CHINA).date() if isinstance(day, datetime) else day


def moment_text(moment: datetime, today: date | None = None) -> str:
    """9月21日（周一）10:05"""
    return f"{day_text(moment, today)}{moment.astimezone(CHINA):%H:%M}"


def told_day(written: str) -> str:
    """A refusal keeps its days and moments as ISO 8601: 2026-12-31 gives 2026年12月31日."""
    told = datetime.fromisoformat(written)
    return full_day_text(told if told.tzinfo else told.date())


def told_moment(written: str) -> str:
    """2026-09-21T10:00+08:00 gives 2026年9月21日（周一）10:00."""
    return full_moment_text(datetime.fromisoformat(written))


def full_moment_text(moment: datetime) -> str:
    """2026年9月21日（周一）10:05, for what is kept, printed or read by anybody at any time."""
    return moment_text(moment, date.min)


def _today_of(context: Context) -> date | None:
    """What the template knows of the present: the facts of a case, or a day of its own."""
    facts = context.get("facts")
    return context.get("today") or (facts.today if facts else None)


@pass_context
def _day(context: Context, day: date | datetime, today: date | None = None) -> str:
    """`today` where the template, as one of phrases, knows nothing of the present."""
    return day_text(day, today or _today_of(context))


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    return moment_text(moment, _today_of(context))


def templates_in(folder: str, **more: Any) -> Environment:
    """The templates of one folder; a word nobody gave is an error."""
    loader = FileSystemLoader(TEMPLATES / folder)
    return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **more)


def pages_in(folder: str) -> Environment:
    """Pages for a browser: whatever is put into them is text."""
    return templates_in(folder, autoescape=True)


@cache
def environment() -> Environment:
    # Chat is text; the web page escapes what it draws. Reloading, every card would look at the clock of its files.
    env = templates_in("chat", autoescape=False, auto_reload=False)
    env.filters |= {
        "day": _day,
        "moment": _moment,
        "full_day": full_day_text,
        "full_moment": full_moment_text,
        "told_day": told_day,
        "told_moment": told_moment,
    }
    return env


def text(template: str, /, **context: Any) -> list[str]:
    """The lines of a template without the empty ones, e.g. text("precheck/sources", case=case)."""
    rendered = environment().get_template(f"{template}.j2").render(**context)
    return [line.strip() for line in rendered.splitlines() if line.strip()]


def block(template: str, name: str, /, **context: Any) -> list[str]:
    """One named block of a template: a refusal's reason, a prompt, a notice."""
    found = environment().get_template(f"{template}.j2")
    render = found.blocks[name.replace("-", "_")]
    rendered = "".join(render(found.new_context(context)))
    return [line.strip() for line in rendered.splitlines() if line.strip()]


def line(template: str, name: str, /, **context: Any) -> str:
    """A block that is one sentence."""
    return "".join(block(template, name, **context))


def card(lines: list[str], *buttons: Button, **more: Any) -> Card:
    return Card(lines[0], tuple(lines[1:]), buttons, **more)


@cache
def words() -> dict[str, dict[str, Any]]:
    """Every button's label and the words that may be typed instead, by name."""
    found: dict[str, dict[str, Any]] = {}
    for name in BUTTONS:
        found |= tomllib.loads((TEMPLATES / "chat" / f"{name}.toml").read_text(encoding="utf-8"))
    return found


def button(name: str, *args: str, label: str = "") -> Button:
    """The button `name` ("answer.yes" sends the verb "answer"), with the case and further words it carries."""
    entry = words()[name]
    data = SEPARATOR.join((name.split(".", maxsplit=1)[0], *args))
    return Button(label or entry["label"], data, entry.get("style", "plain"))


def short(label: str, most: int = 28) -> str:
    """A label of at most so many characters; one that had to be cut says so."""
    return label if len(label) <= most else f"{label[: most - 1]}…"


def words_of(label: str) -> tuple[str, ...]:
    """What may be typed for a button: its label and its other words."""
    return (
        label,
        *(w for entry in words().values() if entry["label"] == label for w in entry.get("words", ())),
    )
