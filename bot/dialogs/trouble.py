"""When a visit does not go as planned: an item left out with its reason, or no visit possible at all."""

from __future__ import annotations

from bot.render import block, button, short
from bot.talk import Answer, Handler, Talk, ask, beside, look, page_from
from workflows.inspection import commands as c
from workflows.inspection.onsite import OBSTACLES

PAGE = 4


def trouble(talk: Talk, case: str) -> Answer:
    ways = [button(name, case) for name in ("skip", "obstacle", "corrections", "aside", "case")]
    return beside(look(talk, case), block("prompts", "trouble"), *ways)


def skip(talk: Talk, case: str, item: str = "", reason: str = "", page: str = "0") -> Answer:
    if item:
        return c.SkipItem(item, reason) if reason else ask(talk, "skip", case, item)
    view = look(talk, case)
    left = [i for i in view.case.opened.items if i.id not in view.case.skipped]
    number = page_from(page, len(left), PAGE)
    shown = left[number * PAGE : (number + 1) * PAGE]
    choices = [button("skip", case, i.id, label=short(i.name)) for i in shown]
    more = [button("skip.more", case, "", "", str(number + 1))] if len(left) > (number + 1) * PAGE else []
    return beside(view, block("prompts", "skip"), *choices, *more, button("case", case))


def obstacle(talk: Talk, case: str, kind: str = "", note: str = "") -> Answer:
    if kind not in OBSTACLES:
        choices = [button("obstacle", case, k, label=label) for k, label in OBSTACLES.items()]
        return beside(look(talk, case), block("prompts", "obstacle"), *choices, button("case", case))
    return c.ReportObstacle(kind, note) if note else ask(talk, "obstacle", case, kind, kind=OBSTACLES[kind])


VERBS: dict[str, Handler] = {"trouble": trouble, "skip": skip, "obstacle": obstacle}
