"""Words sent while an account is awaited: what rather asks the bot something is not written into the record."""

from __future__ import annotations

import re
import unicodedata

from bot.phrases.phrasebook import phrasebook

_AS_IT_IS = re.compile(r"\s*填\s*[:：]\s*")
# 到没到, 要拍照不, 够不够: asked without a word for it. What was never done stands alone: 从不, 一概不.
_WHETHER = re.compile(r"([一-鿿])[没不]\1[啊呀的了]*$|[要用能行对可][一-鿿]{0,4}不[啊呀]?$")
_CLAUSES = re.compile(r"[,，。;；、\n]")


def is_question(said: str) -> bool:
    """One short clause that asks. An account that tells of a question, or of what nobody knows, is none."""
    asking = phrasebook().asking
    plain = unicodedata.normalize("NFKC", said).strip().rstrip("。!！")
    if not plain or len(plain) > asking.most or _CLAUSES.search(plain):
        return False
    if plain.startswith(asking.starts):
        return True
    if any(word in plain for word in asking.accounts):
        return False
    if plain.endswith(asking.ends) or _WHETHER.search(plain):
        return True
    return any(word in plain for word in asking.words)


def leaves(said: str) -> bool:
    """Whether somebody says they will not fill in now what is awaited."""
    return unicodedata.normalize("NFKC", said).strip().rstrip("。!！吧了") in phrasebook().asking.leaves


def as_it_is(said: str) -> str | None:
    """The words behind 填：, which are taken whatever they look like; None where they are not marked so."""
    marked = _AS_IT_IS.match(said)
    return said[marked.end() :] if marked else None
