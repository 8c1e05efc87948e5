"""Rows of targets whose every cell is plain: written as canonical JSON at once, without an entry in between.

A whole directory has millions of these and a few odd ones. Whatever needs a second look (a space, a quote, a full-width
digit, a word never met, an old number) is left to `targets`, whose answer is the only one; tests hold the two together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields

from storage.documents import encode
from storage.intake.cells import NAME, NOTHING, half_width
from storage.intake.headings import columns_of
from workflows.directory import Target
from workflows.errors import BadInput
from workflows.identity import sound_code, usual_kind

Quick = Callable[[Sequence[Sequence[str]]], list[tuple[str, str] | None]]
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
    """(id, canonical JSON) of each raw row, None for one that is not plain. `words` reads the fields that are words;
    it raises BadInput for what it does not understand."""
    names = tuple(headers)
    places = columns_of(names, "targets")
    if not {"id", "name"} <= set(places):
        return lambda rows: [None] * len(rows)
    columns = {field: at for field, (at, *_) in places.items()}
    fits, written = _fits(len(names), places, words), _written(columns, words)

    def read(rows: Sequence[Sequence[str]]) -> list[tuple[str, str] | None]:
        found: list[tuple[str, str] | None] = [None] * len(rows)
        at = [number for number, cells in enumerate(rows) if fits(cells)]
        if at:
            # Column by column: what is the same for all rows is then done once.
            for number, entry in zip(
                at, written([*zip(*(rows[number] for number in at), strict=True)]), strict=True
            ):
                found[number] = entry
        return found

    return read


def _fits(
    width: int, places: Mapping[str, tuple[int, ...]], words: Mapping[str, Parse]
) -> Callable[[Sequence[str]], bool]:
    """Whether a row says who it is and needs no cleaning."""
    at_id, at_name = places["id"][0], places["name"][0]
    taken = {*_TEXTS, *_NARROW, *words, "number"}
    odd = [at for field, several in places.items() for at in (several[1:] if field in taken else several)]
    narrow = [places[field][0] for field in _NARROW if field in places]

    def fits(cells: Sequence[str]) -> bool:
        if len(cells) != width or not _plain(cells) or not sound_code(cells[at_id]):
            return False
        name = cells[at_name]
        if not name or (len(name) < 6 and half_width(name).lower() in NOTHING):
            return False
        if odd and any(cells[at] for at in odd):
            return False
        return not narrow or all(cells[at].isascii() for at in narrow)

    return fits


def _written(
    columns: Mapping[str, int], words: Mapping[str, Parse]
) -> Callable[[Sequence[tuple[str, ...]]], list[tuple[str, str] | None]]:
    """From the columns of rows that fit to their ids and JSON; None where a word is not understood."""
    slots, template = _slots(columns, words), _template(columns, words)
    known = {field: Words(parse) for field, parse in words.items()}
    kinds = Words(usual_kind)

    def values(field: str, cells: Sequence[tuple[str, ...]]) -> Sequence[str | None]:
        codes = cells[columns["id"]]
        if field not in columns:
            return [kinds[code[:2]] for code in codes]
        said = cells[columns[field]]
        if field not in known:
            return said
        read = list(map(known[field].__getitem__, said))
        if field != "kind" or all(said):
            return read
        return [word if cell else kinds[code[:2]] for word, cell, code in zip(read, said, codes, strict=True)]

    def written(cells: Sequence[tuple[str, ...]]) -> list[tuple[str, str] | None]:
        filled = [values(field, cells) for field in slots]
        entries = zip(cells[columns["id"]], map(template.__mod__, zip(*filled, strict=True)), strict=True)
        if not any(None in column for column in filled):
            return list(entries)
        rows = zip(*filled, strict=True)
        return [None if None in row else entry for entry, row in zip(entries, rows, strict=True)]

    return written


def _plain(cells: Sequence[str]) -> bool:
    """Nothing to clean, nothing to shorten, and nothing that JSON writes in another way."""
    text = "".join(cells)
    if len(text) > NAME or not text.isprintable() or '"' in text or "\\" in text:
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
