"""How a word sounds, so that 预期 is heard as 逾期. GB 2312 lists its 3,755 common characters by sound."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path

_STARTS = Path(__file__).with_name("syllables.txt")
_FIRST_RARE = 0xD8A1
# Heard alike in the south: 知 and 资, 生 and 身.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@cache
def _table() -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where in GB 2312 each sound begins: the code of its first character, and the sound."""
    entries = _STARTS.read_text(encoding="utf-8").split()
    return tuple(_code(entry[-1]) for entry in entries), tuple(entry[:-1] for entry in entries)


def _code(character: str) -> int:
    return int.from_bytes(character.encode("gb2312", errors="ignore"), "big")


@lru_cache(maxsize=8192)
def sound(character: str) -> str:
    """The syllable without its tone; a rare character, a letter or a sign stands for itself."""
    starts, syllables = _table()
    code = _code(character)
    if not starts[0] <= code < _FIRST_RARE:
        return character
    return alike(syllables[bisect_right(starts, code) - 1])


def alike(letters: str) -> str:
    """Pinyin letters with what sounds alike written alike."""
    for heard, written in _ALIKE:
        letters = letters.replace(heard, written)
    return letters


def sounds(text: str) -> tuple[str, ...]:
    return tuple(sound(character) for character in text)
