"""③ 情况汇总: formed from the answers, shown whole, signed by each, then the party."""

from __future__ import annotations

from bot.card import Button, Card
from bot.dialogs.onsite import current_question, question_card
from bot.render import block, button, card, text
from bot.talk import Answer, Handler, Talk, View, ask, look
from workflows.checklist import VERDICTS, Question
from workflows.inspection import commands as c
from workflows.inspection.case import Answer as Given
from workflows.inspection.case import evidence_of, findings
from workflows.inspection.events import CaseItem
from workflows.inspection.guards import asked, find_question
from workflows.inspection.onsite import OBSTACLES
from workflows.inspection.summary import party_absent, unsigned

SHOWN_DIGEST = 12


def step_card(view: View) -> Card:
    case = view.case
    if case.summary is None:
        waiting = current_question(view)
        if waiting and not case.obstacle and view.me in case.present:
            return question_card(view, *waiting)
        lines = text("summary/unformed", case=case, facts=view.facts)
        ways = (button("form", case.id), button("corrections", case.id)) if view.me in case.present else ()
        return card(lines, *ways, button("home"), key=f"case:{case.id}", step=3)
    lines = sheet(view)
    return card(lines, *_ways(view), key=f"case:{case.id}", step=3, photos=tuple(case.evidence)[:6])


def found(view: View, department: str = "") -> list[tuple[CaseItem, Question, Given, int]]:
    """Every finding, of one department or of all: where it belongs, what was asked and seen, how much evidence."""
    case = view.case
    every = []
    for key in findings(case, department):
        which = find_question(case, key, view.facts)
        assert which is not None
        every.append((*which, case.answers[key], len(evidence_of(case, key))))
    return every


def sheet(view: View) -> list[str]:
    """The 检查情况汇总表 as it is signed: counts per item, every finding, what was skipped, who was there."""
    case = view.case
    counts = []
    for item in case.opened.items:
        values = [case.answers[q.key].value for q in asked(case, item, view.facts) if q.key in case.answers]
        tally = {label: values.count(v) for v, label in VERDICTS.items()}
        tally["其他记录"] = len(values) - sum(tally.values())
        counts.append((item, tally))
    return text(
        "summary/sheet",
        case=case,
        facts=view.facts,
        found=found(view),
        counts=counts,
        unsigned=unsigned(case),
        obstacles=OBSTACLES,
        absent=party_absent(case),
    )


def _ways(view: View) -> tuple[Button, ...]:
    case = view.case
    assert case.summary is not None
    if view.me not in case.present:
        return (button("remind", case.id), button("home"))
    ways: list[Button] = []
    # Also who is not waited for any more may still sign.
    if view.me not in case.summary.signatures:
        ways.append(button("sign", case.id, case.summary.digest[:SHOWN_DIGEST]))
    if case.summary.party is None and not party_absent(case):
        ways += [button("party", case.id), button("party-refuses", case.id)]
    if unsigned(case) and view.me not in unsigned(case):
        ways.append(button("remind", case.id))
    return (*ways, button("corrections", case.id), button("home"))


def form(talk: Talk, case: str) -> Answer:
    return c.FormSummary()


def sign(talk: Talk, case: str, digest: str = "") -> Answer:
    return c.SignSummary(digest)


def party(talk: Talk, case: str, opinion: str = "", signer: str = "") -> Answer:
    if not opinion:
        agrees = button("party.agrees", case, "none")
        return ask(talk, "party", case, buttons=(agrees,), target=look(talk, case).case.opened.target)
    said = block("summary/opinion", "none")[0] if opinion == "none" else opinion
    if not signer:
        return ask(talk, "party", case, opinion)
    return c.RecordPartySignature(said, signer)


def party_refuses(talk: Talk, case: str, reason: str = "", witness: str = "") -> Answer:
    if not reason:
        return ask(talk, "party-refuses", case)
    return c.RecordPartyRefusal(reason, witness) if witness else ask(talk, "party-refuses", case, reason)


VERBS: dict[str, Handler] = {"form": form, "sign": sign, "party": party, "party-refuses": party_refuses}
