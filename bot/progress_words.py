"""What people read for the states a result goes through and for the ways the counts are split."""

from __future__ import annotations

from functools import cache

from bot.card import Bar, Chart
from bot.render import line
from workflows.progress import STATES, Tally


@cache
def states() -> dict[str, str]:
    """By state, in the order a result goes through them."""
    return {state: line("oversight/words", f"state-{state}") for state in STATES}


@cache
def axis_name(axis: str) -> str:
    return line("oversight/words", f"axis-{axis}")


def chart_of(title: str, one: Tally) -> Chart:
    """The whole, the four states it is made of, and what of them is overdue."""
    parts = (
        Bar(label, getattr(one, state), "done" if state == "published" else "open")
        for state, label in states().items()
    )
    whole = Bar(line("oversight/words", "total"), one.total, "whole")
    return Chart(title, (whole, *parts, Bar(line("oversight/words", "overdue"), one.overdue, "late")))
