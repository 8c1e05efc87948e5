"""Rules legal-basis and item-fields: what the demo asks on site rests on articles that exist and say so."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import chain
from math import log
from pathlib import Path

import pytest

from workflows.checklist import KINDS, VERDICTS, Question, is_relevant, satisfies

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
LAWS = ROOT / "../shared/reference/laws"
FILES = sorted((DEMO / "checklists").glob("*.csv"))
COLUMNS = [
    "key",
    "label",
    "kind",
    "relevant",
    "constraint",
    "constraint_message",
    "required",
    "basis",
    "guide",
]

NUMERAL = "[一二三四五六七八九十百]+"
CITATION = re.compile(rf"《(?P<law>[^》]+)》(?P<places>第{NUMERAL}条.*)")
PLACE = re.compile(
    rf"(?:第(?P<article>{NUMERAL})条)?(?:第(?P<paragraph>{NUMERAL})款)?(?:第(?P<point>{NUMERAL})项)?"
)
NUMERALS = "一二三四五六七八九十"

Article = list[list[str]]  # its paragraphs (款), each: the sentence, then its points (项)

lawbooks = pytest.mark.skipif(
    not LAWS.is_dir(), reason="put the texts of the regulations into ../shared/reference/laws"
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def checklist(path: Path) -> tuple[Question, ...]:
    return tuple(replace(Question(**row), required=row["required"] == "yes") for row in rows(path))


def questions() -> list[Question]:
    return [question for path in FILES for question in checklist(path)]


@cache
def law(title: str) -> dict[str, Article]:
    """The articles of a regulation by Chinese numeral, read from its published text."""
    (path,) = LAWS.glob(f"{title.removeprefix('中华人民共和国')}(*.md")
    articles: dict[str, Article] = {}
    for line in filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines())):
        if start := re.match(rf"第({NUMERAL})条\s+(.*)", line):
            articles[start[1]] = [[start[2]]]
        elif articles and line.startswith("("):
            list(articles.values())[-1][-1].append(line)
        elif articles and not line.startswith("#"):
            list(articles.values())[-1].append([line])
    return articles


def text(article: Article) -> str:
    return "".join(chain.from_iterable(article))


def passages(basis: str) -> list[str]:
    """The text of every place a basis cites; an article, paragraph or point that is not there is an error."""
    citation = CITATION.fullmatch(basis)
    assert citation, f"not 《法规》第几条: {basis}"
    cited, numeral = [], ""
    for place in citation["places"].split("、"):
        match = PLACE.fullmatch(place)
        assert match and place, f"not 第几条第几款第几项: {place} in {basis}"
        numeral = match["article"] or numeral
        article = law(citation["law"])[numeral]
        if match["paragraph"]:
            article = [article[NUMERALS.index(match["paragraph"])]]
        if match["point"]:
            ((_, *points),) = article
            article = [[next(p for p in points if p.startswith(f"({match['point']})"))]]
        cited.append(text(article))
    return cited


def pairs(sentence: str) -> set[str]:
    return set(re.findall("(?=([一-鿿]{2}))", sentence))


def closest_articles(title: str, sentence: str) -> list[str]:
    """The articles of a regulation, most like the sentence first: rare pairs of characters weigh more."""
    articles = {numeral: pairs(text(article)) for numeral, article in law(title).items()}
    spread = Counter(chain.from_iterable(articles.values()))
    weight = {pair: log(len(articles) / count) for pair, count in spread.items()}

    def likeness(numeral: str) -> float:
        return sum(weight[pair] for pair in pairs(sentence) & articles[numeral])

    return sorted(articles, key=likeness, reverse=True)


@pytest.mark.rule("legal-basis")
def test_every_item_has_a_checklist_and_no_checklist_is_of_an_unlisted_item() -> None:
    assert [path.stem for path in FILES] == sorted(row["编号"] for row in rows(DEMO / "items.csv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_checklist_asks_8_to_20_questions_each_complete(path: Path) -> None:
    for row in rows(path):
        assert list(row) == COLUMNS
        assert row["required"] in ("yes", "no")
        assert row["kind"] in KINDS
        assert row["label"] and row["basis"] and row["guide"].endswith("。")
        assert len(row["label"]) <= 40
        assert bool(row["constraint"]) == bool(row["constraint_message"])
    assert 8 <= len(checklist(path)) <= 20
    numbered = [f"{path.stem}-{number:02}" for number in range(1, len(checklist(path)) + 1)]
    assert [question.key for question in checklist(path)] == numbered


def test_keys_are_unique_over_all_checklists() -> None:
    assert max(Counter(question.key for question in questions()).values()) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_condition_refers_to_an_earlier_answer_that_can_fulfil_it(path: Path) -> None:
    earlier: dict[str, str] = {}
    for question in checklist(path):
        if question.relevant:
            key = question.relevant.split()[0]
            possible = list(VERDICTS) if earlier[key] == "verdict" else ["0", "1"]
            asked = [is_relevant(question, {key: answer}) for answer in possible]
            assert any(asked) and not all(asked), question
            assert not is_relevant(question, {}), question
        earlier[question.key] = question.kind


def test_a_constraint_takes_nought_and_refuses_less() -> None:
    constrained = [question for question in questions() if question.constraint]
    assert all(question.kind == "number" for question in constrained)
    assert {question.kind for question in questions() if not question.constraint}.isdisjoint({"number"})
    assert all(satisfies(question, "0") and not satisfies(question, "-1") for question in constrained)


@lawbooks
@pytest.mark.rule("legal-basis")
@pytest.mark.parametrize("question", questions(), ids=lambda question: question.key)
def test_every_place_cited_exists_and_speaks_of_what_is_asked(question: Question) -> None:
    for passage in passages(question.basis):
        shared = pairs(question.label) & pairs(passage)
        assert len(shared) >= 2, f"{question.basis} shares only {sorted(shared)} with {question.label}"


@lawbooks
@pytest.mark.rule("legal-basis")
@pytest.mark.parametrize("question", questions(), ids=lambda question: question.key)
def test_the_article_cited_is_among_the_three_closest_of_its_law(question: Question) -> None:
    citation = CITATION.fullmatch(question.basis)
    assert citation
    cited = citation["places"][1 : citation["places"].index("条")]
    assert cited in closest_articles(citation["law"], question.label)[:3], question


@pytest.mark.rule("item-fields")
def test_the_catalogue_holds_the_seven_items_each_with_basis_department_and_content() -> None:
    items = rows(DEMO / "items.csv")
    assert len({item["编号"] for item in items}) == len(items) == 7
    for item in items:
        assert all(item[field] for field in ("抽查事项名称", "抽查依据", "抽查主体", "抽查对象", "抽查内容"))
        assert re.match(rf"《[^》]+》(（国务院令第\d+号）)?第{NUMERAL}条", item["抽查依据"])
        assert item["事项类别"] in ("", "一般检查事项", "重点检查事项")


@pytest.mark.rule("item-fields")
def test_ratio_and_frequency_stand_as_the_bureau_wrote_them() -> None:
    items = {item["编号"]: item for item in rows(DEMO / "items.csv")}
    assert items["GA-02"]["抽查频次"] == "一级治安管理场所1次/年、二级和三级治安管理场所每半年1次"
    assert [items[f"GA-0{n}"]["抽查比例"] for n in range(1, 7)] == ["5%", "5%", "3%", "3%", "3%", "50%"]
