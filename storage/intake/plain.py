"""Rows of targets whose every cell is plain: written as canonical JSON at once, without an entry in between.

A whole directory has millions of these and a few odd ones. Whatever needs a second look (a space, a quote, a full-width
digit, a word never met, an old number) is left to `targets`, whose answer is the only one; tests hold the two together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from operator import itemgetter

from storage.documents import encode
from storage.intake.cells import NAME, NOTHING, half_width
from storage.intake.headings import columns_of
from workflows.directory import Target
from workflows.errors import BadInput
from workflows.identity import sound_code, usual_kind

Quick = Callable[[Sequence[str]], tuple[str, str] | None]
Parse = Callable[[str], object]

_TEXTS = frozenset({"id", "name", "address", "credit", "contact", "industry"})
# Half-width where they go in: plain only where they are ASCII already.
_NARROW = frozenset({"region", "phone"})


class Words(dict[str, str | None]):
    """What each word of a column is in JSON; None for one that needs a second look. Each is read once."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, word: str) -> str | None:
        try:
            found: str | None = encode(self.parse(word))
        except BadInput:
            found = None
        # Days differ in every row of some files.
        if len(self) < 100_000:
            self[word] = found
        return found


def quick(headers: Iterable[str], words: Mapping[str, Parse]) -> Quick:
    """(id, canonical JSON) of a raw row, or None for one that is not plain. `words` reads the fields that are words;
    it raises BadInput for what it does not understand."""
    names = tuple(headers)
    places = columns_of(names, "targets")
    if not {"id", "name"} <= set(places):
        return lambda cells: None
    columns = {field: at for field, (at, *_) in places.items()}
    known = {field: Words(parse) for field, parse in words.items()}
    taken = {*_TEXTS, *_NARROW, *words, "number"}
    odd = [at for field, several in places.items() for at in (several[1:] if field in taken else several)]
    slots = _slots(columns, words)
    pick = itemgetter(*(columns.get(field, columns["id"]) for field in slots))
    worded = [(slots.index(field), columns[field], one) for field, one in known.items() if field in columns]
    template, kind_slot = _template(columns, words), slots.index("kind")
    at_id, at_name, at_kind, width = columns["id"], columns["name"], columns.get("kind"), len(names)
    narrow = [columns[field] for field in _NARROW if field in columns]
    kinds = Words(usual_kind)

    def read(cells: Sequence[str]) -> tuple[str, str] | None:
        if len(cells) != width or not _plain(cells):
            return None
        code, name = cells[at_id], cells[at_name]
        if not sound_code(code) or not name or (len(name) < 6 and half_width(name).lower() in NOTHING):
            return None
        if odd and any(cells[at] for at in odd):
            return None
        if narrow and not all(cells[at].isascii() for at in narrow):
            return None
        values: list[str | None] = [*pick(cells)]
        for slot, at, words in worded:
            values[slot] = words[cells[at]]
        if at_kind is None or not cells[at_kind]:
            values[kind_slot] = kinds[code[:2]]
        return None if None in values else (code, template % tuple(values))

    return read


def _plain(cells: Sequence[str]) -> bool:
    """Nothing to clean, nothing to shorten, and nothing that JSON writes in another way."""
    text = "".join(cells)
    if len(text) > NAME or not text.isprintable() or '"' in text or "\\" in text or "'" in text:
        return False
    if " " in text and any(cell[:1] == " " or cell[-1:] == " " for cell in cells):
        return False
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def _slots(columns: Mapping[str, int], words: Mapping[str, Parse]) -> list[str]:
    """The fields filled in from a row, in the order of the class; the kind always, since the number tells it."""
    read = {*_TEXTS, *_NARROW, *words} & {*columns, "kind"}
    return [field.name for field in fields(Target) if field.name in read]


def _template(columns: Mapping[str, int], words: Mapping[str, Parse]) -> str:
    slots = _slots(columns, words)
    parts = []
    for field in fields(Target):
        value = encode(field.default).replace("%", "%%") if field.name not in slots else "%s"
        quoted = field.name in slots and field.name not in words
        parts.append(f'"{field.name}":"{value}"' if quoted else f'"{field.name}":{value}')
    return "{" + ",".join(parts) + "}"
