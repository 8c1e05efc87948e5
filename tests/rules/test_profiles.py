"""The six profiles say what their documents say, and a bureau's own file is checked in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.policies import load_profiles, read_profile
from workflows.errors import BadFile, BadProfile
from workflows.plan import PLAN_FIELDS
from workflows.policy import Profile, Rule, parse_profile
from workflows.policy.parse import edition_of
from workflows.policy.vocabulary import CHOICES, EFFECTS, LAW

PROFILES = load_profiles()
RULE_BOOK = Path(__file__).resolve().parents[2] / "../shared/design/rules.md"

NOTICE = "河南省公安厅通知（2019年12月）"


def profile_text(*lines: str, base: str = "national") -> str:
    head = ['id = "demo-county"', 'name = "示范县"', 'document = "示市监发〔2026〕1号"', f'base = "{base}"']
    return "\n".join([*head, *lines])


def refused(text: str) -> str:
    with pytest.raises(BadProfile) as caught:
        parse_profile(text, "示范县.toml", PROFILES)
    return str(caught.value)


def test_the_six_load_on_their_bases() -> None:
    assert {name: profile.base for name, profile in PROFILES.items()} == {
        "national": "",
        "yunnan": "national",
        "ankang": "national",
        "menghai": "yunnan",
        "henan-police": "national",
        "shanxi": "national",
    }
    assert all(profile.rules.keys() == PROFILES["national"].rules.keys() for profile in PROFILES.values())


@pytest.mark.skipif(
    not RULE_BOOK.exists(), reason="the rule book is no part of the checkout: put it at ../shared/design"
)
def test_national_has_every_rule_of_the_rule_book_and_no_other() -> None:
    book = re.findall(r"^\| ([a-z-]+) \|", RULE_BOOK.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(PROFILES["national"].rules) == sorted(set(book) - {"id", "profile"})


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.id)
def test_a_person_reads_a_title_and_a_clause_and_never_a_file_number(profile: Profile) -> None:
    shown = [*(rule.source for rule in profile.rules.values()), profile.places_source, profile.document]
    assert all(text.strip() and not re.search(r"(?<!\d)00[0-4](?!\d)|annex", text) for text in shown)
    assert all(rule.title and rule.effect in EFFECTS for rule in profile.rules.values())


@pytest.mark.parametrize(
    ("name", "rule", "source"),
    [
        ("menghai", "entry-deadline", "海市监发〔2019〕52号 二（四）4"),
        ("menghai", "two-on-site", "海市监发〔2019〕52号 二（四）2；《行政处罚法》第四十二条"),
        ("menghai", "mutual-blind", "云政办发〔2016〕105号 一（二）、三（三）"),
        ("national", "show-certificate", "《行政处罚法》第五十五条"),
        ("henan-police", "entry-clock", "豫政〔2019〕22号 二（六）"),
        ("henan-police", "witnesses", "豫政办〔2015〕140号 三（二）3"),
        ("ankang", "joint-approval", "安政办发〔2019〕2号 三（四）"),
        ("shanxi", "general-cap", "晋政发〔2019〕15号 二（三）1"),
    ],
)
def test_the_clause_shown_is_the_documents_own(name: str, rule: str, source: str) -> None:
    assert PROFILES[name].clause(rule) == source


def changes(one: Profile, other: Profile) -> dict[str, tuple[object, object]]:
    """What two profiles make the software do differently; the clause is not part of it."""

    def said(rule: Rule) -> object:
        return rule.effect, rule.value, dict(rule.parameters)

    pairs = ((said(one.rules[name]), said(other.rules[name]), name) for name in one.rules)
    return {name: (mine, theirs) for mine, theirs, name in pairs if mine != theirs}


@pytest.mark.rule("entry-clock", "legal-review", "witnesses", "secrecy", "item-coverage")
def test_menghai_and_henan_police_differ_exactly_where_their_documents_do() -> None:
    reasons = {
        "entry-clock": "52号: 当次检查任务完成后; 22号: 结果产生之日起",
        "legal-review": "the police notice 三（二） names a legal reviewer; Menghai has none",
        "witnesses": "140号 三（二）3: drawn together with discipline inspection; 105号 一（三） only may invite others",
        "secrecy": "the police notice 二（三） adds police work secrets",
        "item-coverage": "105号 一（一） asks for 70 and 50 percent; Henan's documents do not",
        "risk-ratio": "105号 一（四） names what raises the ratio, complaints and special industries among them",
    }
    menghai, police = PROFILES["menghai"], PROFILES["henan-police"]
    assert changes(menghai, police).keys() == reasons.keys()
    assert (menghai.text("entry-clock"), police.text("entry-clock")) == (
        "inspection-completed",
        "result-arises",
    )
    assert (menghai.effect("legal-review"), police.effect("legal-review")) == ("offer", "block")
    assert (menghai.effect("witnesses"), police.effect("witnesses")) == ("offer", "block")
    assert set(police.words("secrecy")) - set(menghai.words("secrecy")) == {"police-secret"}
    assert (menghai.effect("item-coverage"), police.effect("item-coverage")) == ("warn", "none")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("yunnan", {"item-coverage", "risk-ratio"}),
        ("ankang", {"joint-approval", "risk-ratio"}),
        ("menghai", {"item-coverage", "risk-ratio", "entry-clock"}),
        ("henan-police", {"entry-clock", "legal-review", "witnesses", "secrecy"}),
        ("shanxi", {"general-cap"}),
    ],
)
def test_each_profile_changes_only_what_its_document_changes(name: str, rules: set[str]) -> None:
    assert changes(PROFILES[name], PROFILES["national"]).keys() == rules


@pytest.mark.rule(
    "joint-approval", "general-cap", "team-size", "two-on-site", "entry-deadline", "re-check", "criminal"
)
def test_the_numbers_and_effects_of_the_rule_book() -> None:
    national = PROFILES["national"]
    assert [p.number("entry-deadline") for p in PROFILES.values()] == [20] * 6
    assert (national.number("team-size"), national.number("two-on-site"), national.number("re-check")) == (
        2,
        2,
        10,
    )
    assert (national.number("two-on-site", "metres"), national.number("two-on-site", "hours")) == (500, 8)
    assert (national.number("criminal", "days"), national.number("criminal", "hours")) == (3, 24)
    assert national.number("scan-on-entry", "days") == 10
    assert (national.number("item-coverage", "market"), national.number("item-coverage", "other")) == (70, 50)
    assert national.numbers("entry-deadline", "reminders") == (10, 5, 3, 1, 0)
    assert national.text("entry-clock") == "check-ends"
    assert {p.id for p in PROFILES.values() if p.blocks("joint-approval")} == {"ankang"}
    assert PROFILES["shanxi"].words("general-cap") == ("ratio", "frequency")
    assert set(national.words("plan-fields")) == set(PLAN_FIELDS)


@pytest.mark.rule("secrecy", "entry-clock")
def test_every_choice_has_its_words_and_every_law_is_cited() -> None:
    for profile in PROFILES.values():
        assert profile.text("entry-clock") in CHOICES["entry-clock"]
        assert set(profile.words("secrecy")) <= CHOICES["secrecy"].keys()
        assert all(law.partition("第")[0] in profile.clause(rule) for rule, law in LAW.items())


def test_results_are_made_public_where_the_document_says() -> None:
    assert PROFILES["menghai"].places == ("国家企业信用信息公示系统（云南）", "信用中国（云南）")
    assert PROFILES["national"].places == ("国家企业信用信息公示系统", "全国信用信息共享平台")
    assert len({profile.places for profile in PROFILES.values()}) == 6


def test_asking_for_what_is_not_there_is_a_mistake_of_the_program() -> None:
    national = PROFILES["national"]
    with pytest.raises(KeyError):
        national.clause("no-such-rule")
    for ask in (
        lambda: national.number("entry-clock"),
        lambda: national.text("team-size"),
        lambda: national.words("leader"),
    ):
        with pytest.raises(TypeError):
            ask()


def test_a_bureaus_own_file_changes_what_it_says_and_inherits_the_rest() -> None:
    own = parse_profile(
        profile_text(
            "[rules.entry-deadline]", "value = 15", 'source = "示市监发〔2026〕1号 三"', base="menghai"
        ),
        "示范县.toml",
        PROFILES,
    )
    assert own.number("entry-deadline") == 15
    assert own.clause("entry-deadline") == "示市监发〔2026〕1号 三"
    assert own.numbers("entry-deadline", "reminders") == (10, 5, 3, 1, 0)
    assert own.effect("entry-deadline") == "reason"
    assert changes(own, PROFILES["menghai"]).keys() == {"entry-deadline"}
    assert own.places == PROFILES["menghai"].places


def rule_lines(rule: str, *lines: str) -> str:
    return profile_text(f"[rules.{rule}]", *lines, 'source = "示市监发〔2026〕1号 三"')


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (rule_lines("entry-dedline", "value = 15"), "rules.entry-dedline：没有这条规则，是不是想写 entry-deadline？"),
        (rule_lines("entry-deadline", 'value = "15"'), "rules.entry-deadline.value：要写整数，例如 20"),
        (rule_lines("entry-deadline", "value = true"), "rules.entry-deadline.value：要写整数"),
        (rule_lines("entry-deadline", "value = -1"), "rules.entry-deadline.value：不能小于 0"),
        (rule_lines("entry-deadline", "vlaue = 15"), "rules.entry-deadline.vlaue：没有这个键，是不是想写 value？"),
        (rule_lines("entry-deadline", 'effect = "blok"'), "没有“blok”这种效力，是不是想写 block？"),
        (rule_lines("entry-clock", 'value = "result-arise"'), "没有“result-arise”这个选项，是不是想写 result-arises？"),
        (rule_lines("secrecy", "value = []"), "rules.secrecy.value：要写列表（方括号），里面至少一项"),
        (rule_lines("secrecy", 'value = ["whim"]'), "没有“whim”这个选项，可以写：police-secret"),
        (rule_lines("secrecy", "value = [[1]]"), "rules.secrecy.value：要写列表"),
        (rule_lines("leader", "value = [1]"), "rules.leader.value：要写整数"),
        (rule_lines("mutual-blind", "value = 3"), "这条规则没有数值可改"),
        (rule_lines("two-on-site", "value = 1"), "《行政处罚法》第四十二条规定不少于 2，不能写 1"),
        (rule_lines("show-certificate", 'effect = "warn"'), "《行政处罚法》第五十五条规定的要求不能放宽"),
        (profile_text("[rules.entry-deadline]", "value = 15"), "改了规则却没写 source"),
        (profile_text("[rules.leader]", 'source = " "'), "rules.leader.source：要写文字"),
        (profile_text("rules = 3"), "rules：要写成一节一节"),
        (profile_text("[rules]", "leader = 1"), "rules.leader：要写成一节：[rules.leader]"),
        (profile_text("publication = 3"), "publication：要写成一节"),
        (profile_text("[publication]", 'place = "网站"', 'places = ["网站"]', 'source = "三"'),
         "publication.place：没有这个键，是不是想写 places？"),
        (profile_text("[publication]", "places = []", 'source = "三"'), "publication.places：要写公示渠道的列表"),
        (profile_text("[publication]", 'places = ["网站"]'), "publication.source：缺 source"),
        (profile_text("documents = 1"), "documents：没有这个键，是不是想写 document？"),
        (profile_text(base="menghia"), "base：没有“menghia”这个方案，是不是想写 menghai？"),
        (profile_text(base=""), '缺 base，请写 base = "national"'),
        (profile_text().replace("demo-county", "menghai"), "id：“menghai”已经有了"),
        (profile_text().replace("demo-county", "示范县"), "id：“示范县”只能用小写字母"),
        (profile_text().replace('name = "示范县"\n', ""), "name：缺 name"),
        (profile_text("[rules.leader", "value = 1"), "第 5 行第 14 列附近不合 TOML 写法"),
        ('id = "demo', "不合 TOML 写法"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_where_and_what_to_write(text: str, sentence: str) -> None:
    message = refused(text)
    assert message.startswith("示范县.toml 有 1 处要改：\n1. ")
    assert sentence in message


def test_all_that_is_wrong_is_told_at_once() -> None:
    message = refused(
        'id = "x"\n[rules.leader]\nvalue = "a"\nefect = "block"\n[rules.nothing-alike-here]\nvalue = 1'
    )
    assert message.startswith("示范县.toml 有 7 处要改：")
    for key in (
        "name：",
        "document：",
        "base：",
        "leader：",
        "leader.value",
        "leader.efect",
        "rules.nothing-alike-here",
    ):
        assert key in message


def test_a_base_has_to_say_everything_of_each_rule() -> None:
    text = 'id = "national"\nname = "n"\ndocument = "d"\n[publication]\nplaces = ["p"]\nsource = "s"\n[rules.leader]\nvalue = 1.5'
    with pytest.raises(BadProfile) as caught:
        parse_profile(text, "national.toml", {})
    for sentence in ("缺 title", "缺 source", "缺 effect", "rules.leader.value：只能写整数"):
        assert sentence in str(caught.value)


@given(st.text(max_size=120), st.sampled_from(["entry-deadline", "secrecy", "two-on-site", "legal-review"]))
def test_no_file_does_worse_than_a_refusal(text: str, rule: str) -> None:
    for candidate in (text, profile_text(text), rule_lines(rule, text)):
        try:
            parse_profile(candidate, "示范县.toml", PROFILES)
        except BadProfile as error:
            assert str(error).startswith("示范县.toml 有 ")


@given(st.sampled_from(sorted(PROFILES["national"].rules)), st.sampled_from(["title", "source", "effect"]))
def test_any_change_of_a_rule_is_another_edition(rule_id: str, field: str) -> None:
    national = PROFILES["national"]
    changed: Mapping[str, Rule] = {
        **national.rules,
        rule_id: replace(national.rules[rule_id], **{field: "x"}),
    }
    assert edition_of(replace(national, rules=changed)) != national.edition == edition_of(national)
    assert re.fullmatch("[0-9a-f]{64}", national.edition)


@pytest.mark.parametrize("field", ["id", "name", "document", "base", "places_source"])
def test_any_change_of_a_profile_is_another_edition(field: str) -> None:
    national = PROFILES["national"]
    assert edition_of(replace(national, **{field: "x"})) != national.edition
    nearer = replace(national.rules["two-on-site"], parameters={"metres": 300, "hours": 8})
    assert edition_of(replace(national, rules={**national.rules, "two-on-site": nearer})) != national.edition
    assert edition_of(replace(national, places=national.places[:1])) != national.edition


def test_a_folder_of_a_bureaus_files_is_resolved_in_whatever_order(tmp_path: Path) -> None:
    text = profile_text("[rules.entry-deadline]", "value = 15", 'source = "示市监发〔2026〕1号 三"')
    (tmp_path / "b.toml").write_text(text, encoding="utf-8-sig")
    child = (
        text.replace("demo-county", "demo-town").replace('"national"', '"demo-county"').replace("15", "10")
    )
    (tmp_path / "a.toml").write_text(child, encoding="utf-8")
    profiles = load_profiles(tmp_path)
    assert profiles.keys() - PROFILES.keys() == {"demo-county", "demo-town"}
    assert profiles["demo-town"].base == "demo-county"
    assert read_profile(tmp_path / "b.toml", PROFILES).number("entry-deadline") == 15


def test_bases_that_chase_each_other_are_refused(tmp_path: Path) -> None:
    for own, base in (("demo-county", "demo-town"), ("demo-town", "demo-county")):
        text = profile_text(base=base).replace('id = "demo-county"', f'id = "{own}"')
        (tmp_path / f"{own}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadProfile, match=r"demo-county\.toml、demo-town\.toml 的 base 绕成了圈"):
        load_profiles(tmp_path)


@pytest.mark.parametrize("name", ["gb.toml", "gone.toml"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "gb.toml").write_bytes(profile_text().encode("gb18030"))
    with pytest.raises(BadFile, match=name):
        read_profile(tmp_path / name, PROFILES)


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"没有 .*这个文件夹"):
        load_profiles(tmp_path / "gone")


def test_the_police_notice_is_named_as_a_person_knows_it() -> None:
    assert PROFILES["henan-police"].clause("legal-review") == f"{NOTICE}三（二）"


def test_the_operators_page_lists_every_rule_effect_and_choice() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/profiles.md").read_text(encoding="utf-8")
    words = [
        *PROFILES["national"].rules,
        *PROFILES,
        *EFFECTS,
        *(word for choice in CHOICES.values() for word in choice),
    ]
    assert [word for word in words if f"`{word}`" not in page] == []


def test_the_example_of_the_operators_page_is_a_profile() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/profiles.md").read_text(encoding="utf-8")
    example = parse_profile(page.partition("```toml\n")[2].partition("```")[0], "示例", PROFILES)
    assert (example.number("entry-deadline"), example.number("two-on-site", "metres")) == (15, 300)
    assert example.blocks("legal-review")
