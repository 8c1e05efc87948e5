"""What was recorded, put right: an answer corrected, a finding described, a file moved; and two who answer at once."""

from __future__ import annotations

from collections.abc import Iterable

from bot.card import Button, Card
from bot.dialogs.onsite import as_recorded, current_question
from bot.render import SEPARATOR, block, button, card, short
from bot.talk import Answer, Handler, Talk, View, ask, beside, look, page_from
from workflows.checklist import VERDICTS
from workflows.inspection import commands as c
from workflows.inspection.case import step
from workflows.inspection.guards import find_question

DIGEST_CHARS = 12
PAGE = 4


def overtaken(view: View, commands: Iterable[c.Command]) -> list[Card]:
    """Says so where somebody had answered otherwise before: the first answer stands, and nobody may think it is theirs."""
    for command in commands:
        if not isinstance(command, c.RecordAnswer):
            continue
        stands, found = (
            view.case.answers[command.question],
            find_question(view.case, command.question, view.facts),
        )
        if found and stands.value != command.value:
            by = view.case.members[stands.by].name if stands.by in view.case.members else ""
            said = {"value": say_value(stands.value), "given": say_value(command.value)[:20], "by": by}
            lines = block("prompts", "overtaken", question=found[1], **said)
            return beside(
                view, lines, button("correct", view.case.id, command.question), button("case", view.case.id)
            )
    return []


def say_value(value: str) -> str:
    return VERDICTS.get(value, value)


def describe(talk: Talk, case: str, question: str = "", note: str = "") -> Answer:
    return c.DescribeFinding(question, note) if note else ask(talk, "describe", case, question)


def corrections(talk: Talk, case: str, page: str = "0") -> Answer:
    """Answered questions, newest first, each a button that corrects it."""
    view = look(talk, case)
    kinds = {
        key: found[1].kind
        for key in view.case.answers
        if (found := find_question(view.case, key, view.facts))
    }
    answered = [key for key in reversed(view.case.answers) if kinds.get(key, "photo") != "photo"]
    number = page_from(page, len(answered), PAGE)
    choices = []
    for key in answered[number * PAGE : (number + 1) * PAGE]:
        found = find_question(view.case, key, view.facts)
        assert found is not None
        value = say_value(view.case.answers[key].value)
        choices.append(button("correct", case, key, label=f"{short(value, 10)}｜{short(found[1].label, 16)}"))
    more = [button("corrections.more", case, str(number + 1))] if len(answered) > (number + 1) * PAGE else []
    return beside(view, block("prompts", "corrections"), *choices, *more, button("case", case))


def correct(talk: Talk, case: str, question: str = "", value: str = "", reason: str = "") -> Answer:
    """The new value, then why. A photo is corrected by sending another one to its question."""
    view = look(talk, case)
    found = find_question(view.case, question, view.facts)
    if found is None or question not in view.case.answers or found[1].kind == "photo":
        return c.CorrectAnswer(question, value, reason)
    if not value:
        choices = _other_verdicts(view, question) if found[1].kind == "verdict" else ()
        return ask(talk, "correct", case, question, buttons=choices, question=found[1])
    if not reason:
        return ask(talk, "correct", case, question, as_recorded(found[1], value, talk.now))
    return c.CorrectAnswer(question, value, reason)


def _other_verdicts(view: View, question: str) -> tuple[Button, ...]:
    now = view.case.answers[question].value
    given = {v: button(f"answer.{v}", view.case.id, question, v) for v in VERDICTS if v != now}
    return tuple(
        Button(b.label, SEPARATOR.join(("correct", view.case.id, question, v)), b.style)
        for v, b in given.items()
    )


def kept_card(view: View, digest: str, asked: str) -> Card:
    """To what the file just sent was attached, as it stands: the same file sent twice stays where it was.

    `asked` is the question it was sent for, "" for none.
    """
    piece = view.case.evidence[digest]
    found = find_question(view.case, piece.question, view.facts) if piece.question else None
    open_one = find_question(view.case, asked, view.facts) if asked and asked != piece.question else None
    movable = step(view.case) == 2
    lines = block(
        "notices",
        "file-kept",
        label=found[1].label if found else "",
        name=piece.name,
        movable=movable,
        asked=open_one[1].label if open_one else "",
    )
    ways = (button("move", view.case.id, digest[:DIGEST_CHARS]),) if movable else ()
    return card(lines, *ways, key=f"file:{view.case.id}", tone="notice")


def move(talk: Talk, case: str, digest: str = "", question: str = "") -> Answer:
    """The file just sent belongs to another question: the last ones answered, and the open one."""
    view = look(talk, case)
    whole = next((d for d in view.case.evidence if digest and d.startswith(digest)), "")
    if question or not whole:
        return c.MoveEvidence(whole, question)
    waiting = current_question(view)
    keys = dict.fromkeys([*list(reversed(view.case.answers))[:3], *([waiting[1].key] if waiting else [])])
    named = [(key, find_question(view.case, key, view.facts)) for key in keys]
    choices = [
        button("move", case, whole[:DIGEST_CHARS], key, label=short(found[1].label))
        for key, found in named
        if found
    ]
    return beside(view, block("prompts", "move"), *choices, button("case", case))


VERBS: dict[str, Handler] = {
    "describe": describe,
    "corrections": corrections,
    "correct": correct,
    "move": move,
}
