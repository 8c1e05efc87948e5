"""Every verb a button or a form can carry, and the one way each is done: handler, commands, the case as it then stands."""

from __future__ import annotations

import inspect
from functools import cache
from math import inf

from bot.card import Card
from bot.dialogs import (
    ad_hoc,
    answers,
    approvals,
    assignments,
    bindings,
    case,
    ceremony,
    ceremony_beacon,
    ceremony_draft,
    ceremony_shares,
    drawing,
    enrolment,
    entry,
    handling,
    help,
    onsite,
    oversight,
    own_lines,
    planning,
    precheck,
    preferences,
    progress,
    reports,
    risk,
    steering,
    summary,
    trouble,
)
from bot.nudge import remind
from bot.render import block, button, card
from bot.reply import ASIDE, MAIN, Reply, form_text
from bot.talk import Handler, Talk, do, look, refusal_card
from storage import awaiting
from storage.database import reading
from workflows.inspection.commands import AcknowledgeAssignment, Command

VERBS: dict[str, Handler] = {
    **assignments.VERBS,
    **precheck.VERBS,
    **onsite.VERBS,
    **answers.VERBS,
    **trouble.VERBS,
    **summary.VERBS,
    **entry.VERBS,
    **handling.VERBS,
    **approvals.VERBS,
    **steering.VERBS,
    **drawing.VERBS,
    **ceremony.VERBS,
    **ceremony_beacon.VERBS,
    **ceremony_draft.VERBS,
    **ceremony_shares.VERBS,
    **own_lines.VERBS,
    **planning.VERBS,
    **risk.VERBS,
    **ad_hoc.VERBS,
    **progress.VERBS,
    **oversight.VERBS,
    **reports.VERBS,
    **enrolment.VERBS,
    **bindings.VERBS,
    **preferences.VERBS,
    **help.VERBS,
    "remind": remind,
}
NO_CASE = (
    *("home", "help", "drawing", "publish-plan", "draw", "release"),
    *ceremony.VERBS,
    *ceremony_beacon.VERBS,
    *ceremony_draft.VERBS,
    *ceremony_shares.VERBS,
    *own_lines.NO_CASE,
    *planning.VERBS,
    *risk.VERBS,
    *ad_hoc.VERBS,
    *progress.NO_CASE,
    *enrolment.VERBS,
    *bindings.VERBS,
    *oversight.NO_CASE,
    *reports.NO_CASE,
    *preferences.VERBS,
)


def run(talk: Talk, verb: str, case_id: str, *given: str) -> Reply:
    """Calls a verb's handler; executes what it answers; shows the case."""
    handler = VERBS.get(verb)
    if handler is None or not _takes(handler, given):
        said = card(block("notices", "forged"), button("home"), key="forged")
        return Reply("", ASIDE, [said])
    if verb not in NO_CASE and not case_id:
        return Reply("", ASIDE, [card(block("notices", "forged"), button("home"), key="forged")])
    if verb in NO_CASE:
        return Reply("", ASIDE, handler(talk, case_id, *given))  # type: ignore[arg-type]
    stranger = keep_out(talk, case_id)
    if stranger:
        return Reply("", ASIDE, [stranger])
    if verb == "open":
        return _reopened(talk, case_id)
    answered = handler(talk, case_id, *given)
    if isinstance(answered, list):
        return Reply(case_id, ASIDE, answered)
    return act(talk, case_id, *((answered,) if isinstance(answered, Command) else answered))


def _takes(handler: Handler, given: tuple[str, ...]) -> bool:
    """Whether the verb takes so many words; a button with more was drawn by nobody here."""
    return len(given) <= _most(handler)


@cache
def _most(handler: Handler) -> float:
    """How many words a handler takes beside the talk and the case."""
    parameters = inspect.signature(handler).parameters.values()
    return inf if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(parameters) - 2


def act(talk: Talk, case_id: str, *commands: Command) -> Reply:
    """Does one after the other and shows the case as it then stands; stops at a refusal and shows that."""
    for command in commands:
        refused = do(talk, case_id, command)
        if refused:
            return Reply(case_id, ASIDE, [refusal_card(refused, look(talk, case_id).facts, case_id)])
    view = look(talk, case_id)
    if not case.may_see(view.case, talk.person):
        return Reply("", ASIDE, assignments.home(talk), left=case_id)
    overtaken = answers.overtaken(view, commands)
    if overtaken:
        return Reply(case_id, ASIDE, overtaken)
    return Reply(case_id, MAIN, [case.case_card(view)])


def keep_out(talk: Talk, case_id: str) -> Card | None:
    """Somebody else's case: not shown, not touched, and the attempt stands on the case's trail."""
    view = look(talk, case_id)
    if case.may_see(view.case, talk.person):
        return None
    refused = do(talk, case_id, AcknowledgeAssignment())
    assert refused is not None
    return refusal_card(refused, view.facts, "")


def _reopened(talk: Talk, case_id: str) -> Reply:
    """The case's own card; or, where a question beside it was left half answered, that question again."""
    with reading(talk.house.engine) as tx:
        waiting = awaiting.asked(tx, talk.person.id)
    shown = case.case_card(look(talk, case_id))
    if waiting and waiting.case == case_id and form_text(waiting) != shown.form:
        # A question may have been put by an older version of this program.
        handler = VERBS.get(waiting.verb)
        if handler and _takes(handler, waiting.filled):
            again = handler(talk, case_id, *waiting.filled)
            if isinstance(again, list) and again[-1].form:
                return Reply(case_id, ASIDE, again)
    return Reply(case_id, MAIN, [shown])
