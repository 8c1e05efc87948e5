"""Which intent a sentence means: the one that explains most of it. A question about an act is never the act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.phrases.meaning import Known, Slots, Understood, Unsure
from bot.phrases.phrasebook import PADDING, Intent, Phrasebook, phrasebook
from bot.phrases.reading import MARKS, Read, read
from bot.phrases.segment import Word, written

# Longer than any question is an account of something, and is not read.
LONGEST = 60
_WITH_SIGNS = 4 * LONGEST
_USUAL = ("home", "progress", "help")
_LISTS = (
    "home",
    "progress",
    "overdue",
    "due",
    "unsigned",
    "unarrived",
    "unentered",
    "warnings",
    "inspecting",
)
_TOLD = frozenset({"later", "reported"})
_ABOUT = frozenset({"how", "when", "whether"})
# 可以公示了 is a statement; a favour may be asked with these and is still asked for.
_NO_QUESTION, _OF_A_FAVOUR = frozenset({"can"}), frozenset({"maybe", "whether"})
_UNEXPLAINED, _UNANSWERED, _CLOSER = 0.6, 0.3, 0.2


@dataclass(frozen=True)
class Fit:
    """How well an intent explains a sentence, in characters. `whole`: one of its says is there in full."""

    intent: Intent
    need: frozenset[str]
    explained: int
    unexplained: int
    unanswered: int
    whole: bool

    @property
    def score(self) -> float:
        missed = _UNEXPLAINED * self.unexplained + _UNANSWERED * self.unanswered
        return self.explained - missed + _CLOSER * len(self.need)


def understand(text: str, today: date, known: Known) -> Understood | Unsure:
    """What `text` asks for, or the three nearest things. Never raises, executes nothing, reads no clock."""
    plain = written(text) if len(text) <= _WITH_SIGNS else ""
    if not 0 < len(plain) <= LONGEST:
        return Unsure(_USUAL)
    book = phrasebook()
    sentence = read(plain, today, known, book)
    fits = _fits(sentence.words, book)
    exported = _exported(sentence, book)
    if exported:
        return exported
    best = _best(fits)
    said = _settled(best, fits, sentence, book) if best else None
    return said or Unsure(_nearest(fits))


def _fits(words: Iterable[Word], book: Phrasebook) -> list[Fit]:
    """The best fit of every intent that has something in the sentence, the best intent first."""
    said = tuple(words)
    meanings = frozenset[str]().union(*(word.meanings for word in said))
    fits = []
    for intent in book.intents:
        whole = [need for need in intent.says if need <= meanings]
        near = whole or [need for need in intent.says if need & meanings]
        if near:
            fits.append(max((_fit(said, intent, need, book, bool(whole)) for need in near), key=_worth))
    return sorted(fits, key=_worth, reverse=True)


def _worth(fit: Fit) -> tuple[bool, float]:
    return fit.whole, fit.score


def _fit(words: tuple[Word, ...], intent: Intent, need: frozenset[str], book: Phrasebook, whole: bool) -> Fit:
    held = need | intent.room | {MARKS[slot] for slot in intent.takes}
    explained = unexplained = unanswered = 0
    for word in words:
        if word.meanings & held:
            explained += word.weight
        elif word.meanings & book.asks:
            unanswered += word.weight
        elif PADDING not in word.meanings:
            unexplained += word.weight
    return Fit(intent, need, explained, unexplained, unanswered, whole)


def _best(fits: list[Fit]) -> Fit | None:
    """The best fit, if it explains at least as much of the sentence as it leaves unexplained."""
    return next((f for f in fits[:1] if f.whole and f.explained >= f.unexplained), None)


def _settled(fit: Fit, fits: list[Fit], sentence: Read, book: Phrasebook) -> Understood | None:
    """The intent as it stands in this sentence; None for an act that is denied, put off or only told of."""
    intent, asked = fit.intent, _asked(fit, sentence, book)
    act = next((one.intent for one in fits if one.whole and one.intent.acts), None)
    if act and not asked & _TOLD and (intent.name == "help" or "how" in asked):
        return Understood("help", Slots(topic=act.name))
    if intent.tells and asked & book.questions:
        return None
    if not intent.acts:
        return Understood(intent.name, _taken(intent, sentence.slots))
    if asked & _TOLD or ("not" in asked and not asked & _ABOUT):
        return None
    if "already" in asked and "can" not in asked:
        return Understood("open", Slots(targets=sentence.slots.targets))
    if asked - _NO_QUESTION and not (sentence.kindly and asked - _NO_QUESTION <= _OF_A_FAVOUR):
        return Understood("help", Slots(topic=intent.name))
    return Understood(intent.name, _taken(intent, sentence.slots), acts=True)


def _asked(fit: Fit, sentence: Read, book: Phrasebook) -> frozenset[str]:
    """What the sentence asks or doubts beside what makes the intent."""
    beside = (word.meanings & book.asks for word in sentence.words if not word.meanings & fit.need)
    return frozenset[str]().union(*beside)


def _taken(intent: Intent, slots: Slots) -> Slots:
    return replace(Slots(), **{name: getattr(slots, name) for name in intent.takes})


def _exported(sentence: Read, book: Phrasebook) -> Understood | None:
    """A list as a file: which list is what the other words say."""
    others = [word for word in sentence.words if "export" not in word.meanings]
    if len(others) == len(sentence.words):
        return None
    best = _best(_fits(others, book))
    if best is None or best.intent.name not in _LISTS:
        return None
    slots = _taken(best.intent, sentence.slots)
    return Understood("export", replace(slots, what=best.intent.name))


def _nearest(fits: list[Fit]) -> tuple[str, str, str]:
    near = [fit.intent.name for fit in fits if fit.explained]
    first, second, third, *_ = dict.fromkeys((*near, *_USUAL))
    return first, second, third
