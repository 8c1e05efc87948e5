"""Words sent while an account is awaited: what rather asks the bot something is not written into the record."""

from __future__ import annotations

import re
import unicodedata

from bot.phrases.phrasebook import phrasebook

_AS_IT_IS = re.compile(r"\s*填\s*[:：]\s*")
_CLAUSES = re.compile(r"[,，。;；、\n]")


def is_question(said: str) -> bool:
    """One short clause that asks. An account that tells of a question, or of what nobody knows, is none."""
    asking = phrasebook().asking
    plain = unicodedata.normalize("NFKC", said).strip().rstrip("。!！")
    if not plain or len(plain) > asking.most or _CLAUSES.search(plain):
        return False
    if any(word in plain for word in asking.accounts):
        return False
    return plain.endswith(asking.ends) or any(word in plain for word in asking.words)


def as_it_is(said: str) -> str | None:
    """The words behind 填：, which are taken whatever they look like; None where they are not marked so."""
    marked = _AS_IT_IS.match(said)
    return said[marked.end() :] if marked else None
