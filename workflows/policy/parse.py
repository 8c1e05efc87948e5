"""Reading a profile's TOML file. All its problems are told at once: which file, which key, what to write."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from workflows.policy.problems import Problems, frozen, nearest
from workflows.policy.profile import Profile, Rule
from workflows.policy.reading import read_rule

ROOT = "national"
HEAD = ("id", "name", "document")
KEYS = (*HEAD, "base", "publication", "rules")


def parse_profile(text: str, where: str, bases: Mapping[str, Profile]) -> Profile:
    """The profile a TOML text describes, resolved on its base. `where` is the file's name.

    Raises `BadProfile` with every problem found.
    """
    problems = Problems(where)
    table = _load(text, problems)
    for key in table.keys() - set(KEYS):
        problems.tell(key, f"没有这个键{nearest(key, KEYS)}")
    for key in HEAD:
        if not isinstance(table.get(key), str) or not table[key].strip():
            problems.tell(key, f'缺 {key} 或不是文字，请写 {key} = "…"')
    base = _base(table, bases, problems)
    places, source = _publication(table.get("publication"), base, problems)
    rules = _rules(table.get("rules", {}), base, problems)
    problems.close()
    profile = Profile(
        table["id"], table["name"], table["document"], table.get("base", ""), rules, places, source
    )
    return replace(profile, edition=edition_of(profile))


def edition_of(profile: Profile) -> str:
    """SHA-256 (hex) of a resolved profile's canonical JSON: equal when all they say is equal."""
    rules = [
        [rule.id, rule.title, rule.value, rule.source, rule.effect, sorted(rule.parameters.items())]
        for _, rule in sorted(profile.rules.items())
    ]
    head = [profile.id, profile.name, profile.document, profile.base, profile.places, profile.places_source]
    canonical = json.dumps([head, rules], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _load(text: str, problems: Problems) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        place = f"第 {at[1]} 行第 {at[2]} 列附近" if at else "文件末尾附近"
        problems.tell("", f"{place}不合 TOML 写法，请检查引号、等号和方括号是否成对，有没有重复的键")
        problems.close()
        raise


def _base(table: Mapping[str, Any], bases: Mapping[str, Profile], problems: Problems) -> Profile | None:
    own_id, base_id = table.get("id"), table.get("base", "")
    if isinstance(own_id, str) and own_id.strip():
        if not re.fullmatch(r"[a-z][a-z0-9-]*", own_id):
            problems.tell("id", f"“{own_id}”只能用小写字母、数字和连字符，以字母开头")
        if own_id in bases:
            problems.tell("id", f"“{own_id}”已经有了，请换一个")
    if own_id == ROOT and not base_id:
        return None
    if isinstance(base_id, str) and base_id in bases:
        return bases[base_id]
    if base_id == "":
        problems.tell("base", f'缺 base，请写 base = "{ROOT}" 或别的已有方案')
    else:
        problems.tell("base", f"没有“{base_id}”这个方案{nearest(str(base_id), bases)}")
    return bases.get(ROOT)


def _publication(table: Any, base: Profile | None, problems: Problems) -> tuple[tuple[str, ...], str]:
    if table is None and base is not None:
        return base.places, base.places_source
    if not isinstance(table, dict):
        problems.tell("publication", '要写成一节：[publication]，下面写 places = ["…"] 和 source = "…"')
        return (), ""
    for key in table.keys() - {"places", "source"}:
        problems.tell(f"publication.{key}", f"没有这个键{nearest(key, ('places', 'source'))}")
    places, source = frozen(table.get("places")), table.get("source")
    if (
        not isinstance(places, tuple)
        or not places
        or not all(isinstance(p, str) and p.strip() for p in places)
    ):
        problems.tell("publication.places", '要写公示渠道的列表，例如 ["国家企业信用信息公示系统"]')
        places = ()
    if not isinstance(source, str) or not source.strip():
        problems.tell("publication.source", "缺 source，请写明依据的文号和条款")
        source = ""
    return places, source


def _rules(tables: Any, base: Profile | None, problems: Problems) -> Mapping[str, Rule]:
    if not isinstance(tables, dict):
        problems.tell("rules", "要写成一节一节：[rules.规则编号]")
        return MappingProxyType({})
    inherited = dict(base.rules) if base else {}
    rules = dict(inherited)
    for rule_id, table in tables.items():
        key = f"rules.{rule_id}"
        if base is not None and rule_id not in inherited:
            problems.tell(key, f"没有这条规则{nearest(rule_id, inherited)}")
        elif not isinstance(table, dict):
            problems.tell(key, f"要写成一节：[{key}]，下面写 value、source、effect")
        else:
            rules[rule_id] = read_rule(rule_id, table, inherited.get(rule_id), problems)
    return MappingProxyType(rules)
