"""The draw as SQL: one text, and per engine the few words in which they differ (DR-1, "SQL shape")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from storage.engines.contract import Band, Drawn, drawn, eligible, wanted
from storage.engines.cutting import Cut, cuts, whole
from storage.engines.reading import fold
from storage.engines.source import refuse_id, refuse_twice
from workflows.draw.quota import Quota
from workflows.draw.strata import Place

ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:-"
GOOD_ID = f"length(id) BETWEEN 1 AND 55 AND translate(id, '{ID_LETTERS}', '') = ''"
DIGITS = "CASE " + " ".join(f"WHEN weight < {10**n} THEN {n}" for n in range(1, 7)) + " ELSE 7 END"

Ask = Callable[[str, list[Cut]], Iterable[Any]]
Cutting = Callable[[Iterable[Band], Mapping[str, int]], list[Cut]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """SQL expressions. `raw` hashes `{key}` and id to what `mark` compares with; `ticket` makes it hex, `u` a number."""

    directory: str
    cuts: str
    raw: str
    ticket: str = "raw"
    mark: str = "mark"
    u: str = ""
    over: str = "{u} / weight"
    bytewise: str = "{column}"


def survey_text(d: Dialect) -> str:
    stratum, status = d.bytewise.format(column="stratum"), d.bytewise.format(column="status")
    return (
        f"SELECT {stratum} AS layer, weight, {status} AS standing, count(*) AS n FROM {d.directory}"
        f" GROUP BY {stratum}, weight, {status}"
    )


def bad_id_text(d: Dialect) -> str:
    return f"SELECT coalesce(id, '') FROM {d.directory} WHERE id IS NULL OR NOT ({GOOD_ID}) LIMIT 1"


def twice_text(d: Dialect) -> str:
    id = d.bytewise.format(column="id")
    return f"SELECT {id} FROM {d.directory} GROUP BY {id} HAVING count(*) > 1 LIMIT 1"


def draw_text(d: Dialect, key: str) -> str:
    column = d.bytewise.format
    over = d.over.format(u=d.u)
    return f"""
WITH hashed AS (
  SELECT id, d.stratum, weight, highest, need, mark, {d.raw.format(key=key)} AS raw
  FROM (SELECT *, {DIGITS} AS digits FROM {d.directory} WHERE status = 'E') AS d
  JOIN {d.cuts} ON {column(column="d.stratum")} = {column(column="cuts.stratum")} AND d.digits = cuts.digits
), near AS (
  SELECT id, stratum, weight, highest, need, {d.ticket} AS ticket FROM hashed WHERE raw <= {d.mark}
), ranked AS (
  SELECT id, stratum, highest, need, ticket, {over} AS score FROM near
), ordered AS (
  SELECT stratum, score, ticket, id, need, row_number() OVER (
    PARTITION BY stratum ORDER BY score, {column(column="ticket")}, {column(column="id")}) AS place
  FROM ranked WHERE score <= highest
)
SELECT stratum, score, ticket, id FROM ordered WHERE place <= need ORDER BY stratum, place"""


def draw_by(
    ask: Ask, dialect: Dialect, key: str, quotas: Mapping[str, Quota], cutting: Cutting = cuts
) -> dict[str, Drawn]:
    """The draw through `ask`, which runs a text with the cuts at hand as a table; what it yields is read to the end."""
    bands = fold(list(ask(survey_text(dialect), [])))
    for (id,) in list(ask(bad_id_text(dialect), [])):
        raise refuse_id(id)
    for (id,) in list(ask(twice_text(dialect), [])):
        raise refuse_twice(id)
    text = draw_text(dialect, key)
    return by_cuts(lambda kept: places(ask(text, kept)), bands, quotas, cutting)


def by_cuts(
    lowest: Callable[[list[Cut]], Mapping[str, Sequence[Place]]],
    bands: list[Band],
    quotas: Mapping[str, Quota],
    cutting: Cutting,
) -> dict[str, Drawn]:
    """First what lies below the cuts; then, whole, each stratum in which that was too little."""
    counted = eligible(bands, quotas)
    needs = wanted(quotas, counted)
    found = dict(lowest(cutting(bands, needs)))
    short = {stratum for stratum, need in needs.items() if len(found.get(stratum, ())) < need}
    if short:
        found |= lowest(whole([band for band in bands if band.stratum in short], needs))
    return drawn(quotas, counted, found)


def places(found: Iterable[Any]) -> dict[str, tuple[Place, ...]]:
    return {
        stratum: tuple(Place(score, ticket, id) for _, score, ticket, id in several)
        for stratum, several in groupby(found, key=itemgetter(0))
    }
