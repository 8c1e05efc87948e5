"""进度, the one door: chart and table of whatever part a person may see, and the ways down from there."""

from __future__ import annotations

from bot.card import Button, Card
from bot.dialogs.oversight import OFFICE, Desk, cut_of, desk_of, gone, lines_of, mark
from bot.progress_words import chart_of, states
from bot.render import button, card, text
from bot.talk import Handler, Talk
from storage.progress import total

ROWS = 12  # departments in the table of the card; the rest stand under 分类查看


def progress(talk: Talk, case: str = "", coded: str = "") -> list[Card]:
    """`coded` names the part looked at, "" for all that is within the person's scope."""
    desk = cut_of(talk, desk_of(talk), coded)
    if desk is None:
        return gone()
    lines = lines_of(talk, desk, "department")
    whole = total(lines)
    said = text(
        "progress/overview",
        where=desk.where,
        today=desk.today,
        total=whole,
        states=states(),
        lines=sorted(lines, key=lambda one: (-one.tally.overdue, -one.tally.total, one.name)),
        rows=ROWS,
    )
    lists = (
        button("listing.overdue", "", "overdue", coded),
        button("listing.unsigned", "", "unsigned", coded),
    )
    ways = (button("listing.slice", "", "slice", coded), button("oversight")) if coded else _whole(talk, desk)
    chart = chart_of(said[0], whole) if whole.total else None
    return [card(said, button("slices", "", coded), *lists, *ways, key="progress", chart=chart)]


def _whole(talk: Talk, desk: Desk) -> tuple[Button, ...]:
    office = bool(set(talk.person.roles) & set(OFFICE))
    last = button("bulletin") if office else button("duty.year", "", mark(talk.person.id), "year")
    return (button("listing.week", "", "week"), button("warned"), last)


# "oversight" is the way back from everything below; both words open the same door.
VERBS: dict[str, Handler] = {"progress": progress, "oversight": progress}
NO_CASE = tuple(VERBS)
