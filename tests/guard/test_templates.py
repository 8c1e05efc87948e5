"""Every sentence the code asks for is there, can be said, and is Chinese. Read from the source, so that none is forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dialogs import ceremony, ceremony_draft
from bot.dialogs.case import case_card
from bot.render import TEMPLATES, block, environment, words
from bot.talk import View
from tests.rules.cases import AYAN, EXPERT, STEPS, SUPERVISOR
from workflows.checklist import VERDICTS
from workflows.inspection.arrival import SCAN_GROUNDS
from workflows.inspection.precheck import ASPECTS
from workflows.inspection.refusals import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
CHAT = TEMPLATES / "chat"
# The command line speaks of files and options, which are Latin.
OF_THE_COMMAND_LINE = ("cli.j2", "mistakes.j2", "terminal.j2")
APPROVALS = ("recusal", "nondisclosure", "transfer", "review")

# The names the code puts together, with all they can become. A new one has to be listed here.
BUTTONS_PUT_TOGETHER = {
    "f'{verb}.yes'": [f"{verb}.yes" for verb in APPROVALS],
    "f'{verb}.no'": [f"{verb}.no" for verb in APPROVALS],
    "f'background.{aspect}'": [f"background.{aspect}" for aspect in ASPECTS],
    "f'scan-later.{g}'": [f"scan-later.{ground}" for ground in SCAN_GROUNDS],
    "f'reassign.{g}'": ["reassign.leave", "reassign.illness", "reassign.transfer"],
    "f'abandon-draw.{reason}'": [f"abandon-draw.{reason}" for reason in ceremony.REASONS],
    "f'draft-source.{name}'": [
        f"draft-source.{name}" for name in (*ceremony_draft.LOTTERIES, "drand", "none")
    ],
    "f'answer.{v}'": [f"answer.{verdict}" for verdict in VERDICTS],
    "f'{verb}.more'": ["pick.more", "measure.more"],
}
NAMED_BY_VARIABLE = {
    "button": ["skip", "obstacle", "corrections", "aside", "case", "pick", "measure", "reassign", "excuse"],
    "precheck/background": list(ASPECTS),
    "onsite/opening": ["show-certificate", "rights-told", "scan-on-entry"],
    "prompts": ["pick", "measure", "reassign", "excuse"],
}
# Questions whose filled words the code passes on as one: decide asks for the date again.
ASKED_AGAIN = ["decide-2", "decide-3"]
REASON_BY_VARIABLE = {"no-finding-excludes": ("result-not-alone", "measure-not-alone")}


def calls(folder: str, *functions: str) -> Iterator[ast.Call]:
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
                yield node


def constants(node: ast.expr) -> list[str]:
    """The strings an argument may be: a literal, or both sides of a condition."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_card_the_code_shows_has_its_template() -> None:
    named = {name for call in calls("bot", "text") for name in constants(call.args[0])}
    assert len(named) > 20
    assert [name for name in sorted(named) if not (CHAT / f"{name}.j2").exists()] == []


def blocks_named() -> set[tuple[str, str]]:
    found = {
        (template, name)
        for call in calls("bot", "block", "line")
        for template in constants(call.args[0])
        for name in constants(call.args[1])
    }
    listed = {(t, n) for t, names in NAMED_BY_VARIABLE.items() if t != "button" for n in names}
    return found | listed | {("prompts", name) for name in questions_asked()}


def questions_asked() -> set[str]:
    """The verb, and how many words are already given: "method", then "method-1"."""
    found = set(ASKED_AGAIN)
    for call in calls("bot", "ask"):
        filled = call.args[3:]
        if not any(isinstance(word, ast.Starred) for word in filled):
            found |= {verb + (f"-{len(filled)}" if filled else "") for verb in constants(call.args[1])}
    return found


def test_every_sentence_the_code_says_has_its_block() -> None:
    named = blocks_named()
    assert len(named) > 60
    missing = [
        (template, name)
        for template, name in sorted(named)
        if not (CHAT / f"{template}.j2").exists()
        or name.replace("-", "_") not in environment().get_template(f"{template}.j2").blocks
    ]
    assert missing == []


def test_no_prompt_is_written_that_nothing_asks() -> None:
    asked = {name.replace("-", "_") for template, name in blocks_named() if template == "prompts"}
    assert sorted(set(environment().get_template("prompts.j2").blocks) - asked) == []


def test_every_button_the_code_draws_has_its_label() -> None:
    named = set(NAMED_BY_VARIABLE["button"])
    for call in calls("bot", "button"):
        name = call.args[0]
        named.update(
            BUTTONS_PUT_TOGETHER[ast.unparse(name)] if isinstance(name, ast.JoinedStr) else constants(name)
        )
    assert len(named) > 70
    assert sorted(named - words().keys()) == []


def test_every_remedy_of_a_refusal_is_a_button() -> None:
    remedies = {r for call in calls("workflows", "refuse") for arg in call.args[2:3] for r in constants(arg)}
    assert len(remedies) > 12
    assert sorted(remedies - words().keys()) == []


def test_labels_fit_a_phone_and_styles_are_known() -> None:
    for name, entry in words().items():
        assert 1 <= len(entry["label"]) <= 14, name
        assert entry.get("style", "plain") in ("plain", "primary", "danger"), name
        assert set(entry) <= {"label", "words", "style"}, name


# Words that are days, as a refusal keeps them.
DAYS = dict.fromkeys(("value", "before", "due"), "2026-09-21")


@pytest.mark.parametrize(
    ("rule", "reason"), [(rule, r) for rule, reasons in REFUSALS.items() for r in reasons]
)
def test_a_refusal_says_what_is_missing_and_what_to_do(rule: str, reason: str) -> None:
    """Rendered with just the words the rule gives with it: a sentence that asks for another word would not be said."""
    for detail in details(rule, reason):
        title, *lines = block(f"refusals/{rule}", reason, **(dict.fromkeys(detail, "某") | DAYS))
        assert len(title) <= 20
        assert 1 <= len(lines) <= 3
        assert "！" not in "".join([title, *lines])


def details(rule: str, reason: str) -> list[list[str]]:
    """The names of the words each `refuse(...)` of this reason gives; none for a reason given elsewhere."""
    found = []
    for call in calls("workflows", "refuse"):
        reasons = constants(call.args[1]) if len(call.args) > 1 else []
        given = reasons or REASON_BY_VARIABLE.get(rule, ())
        if rule in constants(call.args[0]) and reason in given:
            found.append([word.arg for word in call.keywords if word.arg])
    return found or [[]]


def test_every_notification_has_its_sentence() -> None:
    to_people = [n for n in calls("workflows", "Notification") if constants(n.args[0]) != ["house"]]
    kinds = {kind for notification in to_people for kind in constants(notification.args[1])}
    assert len(kinds) > 12
    blocks = environment().get_template("notices.j2").blocks
    assert sorted(k for k in kinds - {"changed"} if k.replace("-", "_") not in blocks) == []
    assert "nudge" in blocks


@pytest.mark.parametrize("kind", sorted(environment().get_template("notices.j2").blocks))
def test_a_notice_can_be_said_of_a_case_at_any_step(kind: str) -> None:
    more = {
        "sentence": "某",
        "name": "某",
        "label": "",
        "asked": "",
        "movable": True,
        "length": 1,
        "limit": 1,
        "latitude": 21.9,
        "longitude": 100.4,
    }
    for walk in STEPS.values():
        lines = block("notices", kind, case=walk().case, from_name="某", **more)
        assert lines
        assert "None" not in "".join(lines)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", [AYAN, EXPERT, SUPERVISOR], ids=["inspector", "expert", "supervisor"])
def test_the_card_of_a_case_begins_with_its_step_and_target(step: int, who: object) -> None:
    walk = STEPS[step]()
    shown = case_card(View(walk.case, walk.facts(who)))  # type: ignore[arg-type]
    assert shown.title.startswith("①②③④⑤✓"[step - 1])
    assert shown.title.endswith(walk.case.opened.target.name)
    assert "None" not in "".join(shown.lines)


def test_no_refusal_is_written_for_a_rule_that_has_none() -> None:
    for file in (CHAT / "refusals").glob("*.j2"):
        reasons = {reason.replace("-", "_") for reason in REFUSALS[file.stem]}
        assert set(environment().get_template(f"refusals/{file.name}").blocks) == reasons, file.name


def visible(source: str) -> str:
    """What a person can come to read: the text outside the tags, and the strings within them that hold Chinese."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    strings = [
        s for tag in re.findall(r"\{[{%].*?[%}]\}", source, flags=re.S) for s in re.findall(r'"([^"]*)"', tag)
    ]
    outside = re.sub(r"\{[{%].*?[%}]\}", "", source, flags=re.S)
    return outside + "\n".join(
        s for s in strings if re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", s)
    )


def test_no_latin_word_is_shown() -> None:
    shown = {str(f.relative_to(CHAT)): visible(f.read_text(encoding="utf-8")) for f in CHAT.rglob("*.j2")}
    said = {name: text for name, text in shown.items() if name not in OF_THE_COMMAND_LINE}
    said["buttons.toml"] = "\n".join(" ".join([e["label"], *e.get("words", ())]) for e in words().values())
    assert {name: found for name, text in said.items() if (found := re.findall(r"[A-Za-z]+", text))} == {}


def test_the_check_for_latin_words_sees_them() -> None:
    assert re.findall(
        r"[A-Za-z]+", visible('到场{{ "请 check" if here }}{% if x == "no" %}in{% endif %}')
    ) == ["in", "check"]
