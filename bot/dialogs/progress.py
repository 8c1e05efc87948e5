"""进度: how many cases stand where, for those who oversee them; an inspector sees their own."""

from __future__ import annotations

from collections import Counter

from bot.render import button, card, short, text
from bot.talk import Answer, Handler, Talk, page_from
from storage import projection
from storage.database import reading
from workflows.inspection.case import CLOSED, STEPS, published, step
from workflows.inspection.facts import local_day

PAGE = 4
LABELS = dict(
    zip([*STEPS, CLOSED], ("预查对比", "现场检查", "情况汇总", "结果录入", "问题处理", "已办结"), strict=True)
)


def progress(talk: Talk, case: str = "", page: str = "0") -> Answer:
    with reading(talk.house.engine) as tx:
        if {"supervisor", "organiser", "legal"} & set(talk.person.roles):
            cases = projection.all_cases(tx)
        else:
            cases = projection.cases_of(tx, talk.person.id)
    today = local_day(talk.now)
    counts = Counter(step(one) for one in cases)
    late = [c for c in cases if any(k.due < today and not published(c, d) for d, k in c.clocks.items())]
    lines = text("progress/overview", counts=counts, labels=LABELS, total=len(cases), late=late)
    number = page_from(page, len(cases), PAGE)
    opens = [
        button("open", c.id, label=short(f"{LABELS[step(c)]}｜{c.opened.target.name}"))
        for c in cases[number * PAGE : (number + 1) * PAGE]
    ]
    following = str(page_from(str(number + 1), len(cases), PAGE))
    more = [button("progress.more", "", following)] if len(cases) > PAGE else []
    return [card(lines, *opens, *more, button("oversight.open"), key="progress")]


VERBS: dict[str, Handler] = {"progress": progress}
