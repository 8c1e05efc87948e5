"""What a person types: a word for a button, a number, a place, or the words a question waits for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from bot.card import Button, Card
from bot.dialogs import ad_hoc, enrolment, help, planning, preferences, risk
from bot.dialogs.case import case_card, may_see
from bot.phrases.answering import freely, nearest, unoffered
from bot.phrases.asking import as_it_is, is_question, leaves
from bot.render import SEPARATOR, block, button, card, words_of
from bot.reply import ASIDE, Reply
from bot.talk import Talk, look
from bot.verbs import run
from storage import awaiting
from storage.awaiting import Awaiting, Focus
from storage.database import reading
from workflows.inspection.guards import TEXT_LIMIT

# Understood at any step, whatever the chat waits for.
COMMAND_WORDS = {
    "任务": "home",
    "我的任务": "home",
    "进度": "progress",
    "帮助": "help",
    "?": "help",
    "抽取": "drawing",
    "/start": "home",
    **planning.WORDS,
    **risk.WORDS,
    **ad_hoc.WORDS,
    **enrolment.WORDS,
    **preferences.WORDS,
}
_PLACE = re.compile(r"(位置|定位|签到)?\s*[:：]?\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，、\s]\s*(-?\d{1,3}(?:\.\d+)?)")
_PLACE_WORDS = ("位置", "定位")


def place_in(said: str, *, asked: bool) -> tuple[float, float] | None:
    """The (latitude, longitude) typed: after the word 位置 or 签到, or two decimals where no words are awaited."""
    found = _PLACE.fullmatch(plain(said))
    if found is None or not (found[1] or (not asked and "." in found[2] and "." in found[3])):
        return None
    return float(found[2]), float(found[3])


def plain(said: str) -> str:
    """Full-width letters, digits and signs as half-width ones."""
    return unicodedata.normalize("NFKC", said).strip()


def said(talk: Talk, text: str) -> Reply:
    """A word of a button before the person comes first, also where a question waits: 取消 must always work."""
    word = plain(text)
    if word in COMMAND_WORDS:
        return run(talk, COMMAND_WORDS[word], "")
    waiting, seen = where(talk)
    offered = _offered(seen.buttons)
    if word in offered:
        return tapped(talk, offered[word].data)
    if word in words_of(button("cancel").label) or (waiting and leaves(word)):
        # What was refused offers its own way out, not this one; the form behind it still waits.
        return run(talk, "cancel", seen.case) if seen.case else run(talk, "home", "")
    if waiting:
        return _asked(talk, waiting, text) or _filled(talk, waiting, as_it_is(text) or text)
    about_codes = enrolment.typed(talk, word)
    if about_codes:
        return Reply("", ASIDE, about_codes)
    explained = risk.typed(talk, word, seen.case)
    if explained:
        return Reply("", ASIDE, explained)
    behind = _on_the_case_card(talk, seen)
    if word in behind:
        return tapped(talk, behind[word].data)
    too_early = unoffered(talk, word, seen.case)
    if too_early:
        return too_early
    if word.startswith(_PLACE_WORDS):
        return Reply("", ASIDE, [card(block("notices", "place-unread"), button("home"), key="unused")])
    free = freely(talk, text, seen.case)
    if free:
        return free
    near = nearest(talk, text, seen.case)
    return Reply("", ASIDE, help.not_understood(talk, word, near | behind | offered))


def where(talk: Talk) -> tuple[Awaiting | None, Focus]:
    """What the case before this person waits for, and what they look at."""
    with reading(talk.house.engine) as tx:
        waiting, seen = awaiting.before(tx, talk.person.id)
    return (waiting if waiting and waiting.case == seen.case else None), seen


def tapped(talk: Talk, data: str) -> Reply:
    verb, *given = data.split(SEPARATOR)
    return run(talk, verb, *(given or [""]))


def _offered(before_them: tuple[tuple[str, str], ...]) -> dict[str, Button]:
    """By the words as they arrive, in half-width signs; 退回修改 alone where it stands there of one department only."""
    found: dict[str, Button] = {}
    short = Counter(_without_name(label) for label, _ in before_them)
    for label, data in before_them:
        alone = _without_name(label)
        also = words_of(alone) if alone != label and short[alone] == 1 else ()
        for word in (*words_of(label), *also):
            found.setdefault(plain(word), Button(label, data))
    return found


def _without_name(label: str) -> str:
    """退回修改 of 退回修改（县公安局）"""
    return label.partition("（")[0] or label


def _on_the_case_card(talk: Talk, seen: Focus) -> dict[str, Button]:
    """The words of the case's own card, which stays on the screen above whatever was said since."""
    if not seen.case or not may_see(look(talk, seen.case).case, talk.person):
        return {}
    return _offered(tuple((b.label, b.data) for b in case_card(look(talk, seen.case)).buttons))


def _asked(talk: Talk, waiting: Awaiting, text: str) -> Reply | None:
    """The answer to a question put in the middle of a form, then what became of the words; None for an account."""
    if as_it_is(text) is not None or not is_question(text):
        return None
    free = freely(talk, text, waiting.case)
    answered = free.cards if free and not free.case else []
    about = look(talk, waiting.case) if waiting.case else None
    return Reply("", ASIDE, [*answered, help.asked_instead(talk, one_line(text), about)])


def _filled(talk: Talk, waiting: Awaiting, text: str) -> Reply:
    """The awaited words. What is too long or does not fit is asked again; nothing given before is lost."""
    if len(text) > TEXT_LIMIT:
        return Reply("", ASIDE, [_too_long(len(text))])
    return run(talk, waiting.verb, waiting.case, *waiting.filled, one_line(text))


def _too_long(length: int) -> Card:
    lines = block("notices", "too-long", length=length, limit=TEXT_LIMIT)
    return card(lines, key="too-long", tone="refusal")


def one_line(text: str) -> str:
    """The words as one line of a card: no line of their own making, no sign that would style it or part a form."""
    line = " ".join(part.strip() for part in text.splitlines()).strip().replace(SEPARATOR, "｜")
    return {"> ": "＞ ", "§ ": "〔§〕"}.get(line[:2], line[:2]) + line[2:]
