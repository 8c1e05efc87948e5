"""Anybody's check of a draw, from its transcript alone or with the files (draw.md, "Levels of checking").

1 `verify_line`: a target's own line. 2 `verify(text, None)`: what is public. 3 with `Lists`: a full replay.
4 with `matching`: who goes where. Nothing here raises for a transcript that is wrong: a check that fails says where.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.draw import beacon, seal
from workflows.draw.announced import Announced, announced, canonical, plan_hash
from workflows.draw.lines import read
from workflows.draw.merkle import Tree, leaf, leaves, proved, tree
from workflows.draw.quota import take
from workflows.draw.strata import Place, Selection, count, select, threshold_lines
from workflows.draw.tickets import digest, key, ticket
from workflows.draw.transcript import ANNOUNCED, sealed
from workflows.errors import BadInput

Transcript = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """`what` was checked, `where` in the transcript or a file it failed ("" where it holds)."""

    ok: bool
    what: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    objects: Sequence[str]
    inspectors: Sequence[str]
    recusals: Sequence[str] = ()


Matching = Callable[[Transcript, Lists], str]


def verify(text: str, lists: Lists | None = None, matching: Matching | None = None) -> list[Check]:
    """`matching` computes `result`, the SHA-256 of the sealed teams, from transcript and files (`hold` and `teams`).

    An announcement is checked as far as it goes: nothing was drawn yet.
    """
    try:
        said = json.loads(text)
        whole = isinstance(said, dict) and sealed(said) == text
    except (ValueError, TypeError, RecursionError) as error:
        return [Check(False, "form", f"$ {error}")]
    checks = [_check(whole, "form", "$.digest")]
    if whole and said.get("format") == ANNOUNCED:
        return checks + _guarded(_committed, said)
    for one in (_committed, _public, _drawn, _opened):
        checks += _guarded(one, said)
    if lists is not None:
        checks += _guarded(lambda known: _replayed(known, lists), said)
        if matching is not None:
            checks += _guarded(
                lambda known: [_check(matching(known, lists) == known["result"], "matching", "$.result")],
                said,
            )
    return checks


def verify_line(text: str, line: str, index: int, path: Sequence[str], salt: str = "") -> Check:
    """A target's own line: at place `index` (from 0) of the frozen file, by the proof handed out with it."""
    try:
        objects = json.loads(text)["objects"]
        own = leaf(f"{line}|{salt}".encode() if salt else line.encode())
        ok = proved(own, index, Tree(objects["n"], objects["root"]), path)
    except (ValueError, KeyError, TypeError, RecursionError):
        ok = False
    return _check(ok, "line", "$.objects.root")


def _check(ok: bool, what: str, where: str) -> Check:
    return Check(ok, what, "" if ok else where)


def _guarded(checks: Callable[[Transcript], Any], said: Transcript) -> list[Check]:
    done: list[Check] = []
    try:
        done.extend(checks(said))
    except (BadInput, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        done.append(Check(False, "form", f"{type(error).__name__}: {error}"))
    return done


def _committed(said: Transcript) -> Iterator[Check]:
    announced(said["plan"])
    objects, inspectors = said["objects"], said["inspectors"]
    o, i, r = (Tree(one["n"], one["root"]) for one in (objects, inspectors, said["recusals"]))
    made = seal.commit(plan_hash(said["plan"]), o, i, r, objects["com"], inspectors["com"])
    yield _check(made == said["commit"], "commit", "$.commit")


def _public(said: Transcript) -> Iterator[Check]:
    plan, objects = announced(said["plan"]), said["objects"]
    heard = [one.split("=") for one in said["witnesses"]]
    ids = sorted(plan.witnesses, key=str.encode)
    spoken = all(
        value == "ABSENT" or (value.isdigit() and value.isascii() and len(value) >= 20) for _, value in heard
    )
    yield _check(spoken and [one for one, _ in heard] == ids, "witnesses", "$.witnesses")
    fits = [beacon.fits(s.kind, told) for s, told in zip(plan.sources, said["beacon"], strict=True)]
    yield _check(all(fits), "beacon", "$.beacon")
    sizes = {name: (n, k) for name, n, k in said["counts"]}
    due = {name: (n, take(plan.strata[name], n)) for name, (n, _) in sizes.items()}
    whole = sizes.keys() == plan.strata.keys() and sum(n for n, _ in sizes.values()) <= objects["n"]
    yield _check(due == sizes and whole and len(sizes) == len(said["counts"]), "counts", "$.counts")
    parts = ["commit", "witnesses", "beacon", "counts", "thresholds_root", "result"]
    made = digest(canonical([said[part] for part in parts]))
    yield _check(made == said["record"], "record", "$.record")


def _selections(said: Transcript) -> dict[str, Selection]:
    rows = {
        which: {name: tuple(Place(*row) for row in places) for name, places in said[which].items()}
        for which in ("selected", "reserve")
    }
    counted = {name: n for name, n, _ in said["counts"]}
    return {name: Selection(counted[name], rows["selected"][name], rows["reserve"][name]) for name in counted}


def _drawn(said: Transcript) -> Iterator[Check]:
    if said["selected"] is None and said["reserve"] is None:
        yield _check(said["secrets"] is None, "selected", "$.selected")
        return
    drawn, plan = _selections(said), announced(said["plan"])
    root = tree(leaves(threshold_lines(drawn))).root
    yield _check(root == said["thresholds_root"], "thresholds", "$.thresholds_root")
    for name, n, k in said["counts"]:
        one, where = drawn[name], f"$.selected[{name}]"
        order = [*one.selected, *one.reserve]
        spare = min(plan.strata[name].reserve, n - k)
        fits = len(one.selected) == k and len(one.reserve) == spare and order == sorted(set(order))
        yield _check(fits and all(0 <= p.rank <= int(p.ticket[:13], 16) for p in order), "ranks", where)


def seeds(said: Transcript) -> tuple[str, str]:
    """S_obj and S_insp of an opened draw."""
    told = beacon.text(said["beacon"])
    made = [seal.seed(said["commit"], said["witnesses"], told, secret) for secret in said["secrets"][:2]]
    return made[0], made[1]


def _objects_key(said: Transcript, plan: Announced) -> str:
    return key(seeds(said)[0], f"object/{plan.id}")


def _opened(said: Transcript) -> Iterator[Check]:
    if said["secrets"] is None:
        return
    for number, side in enumerate(("objects", "inspectors")):
        ok = seal.com(said["secrets"][number]) == said[side]["com"]
        yield _check(ok, "secrets", f"$.secrets[{number}]")
    own = _objects_key(said, announced(said["plan"]))
    for name, one in _selections(said).items():
        wrong = [p.id for p in (*one.selected, *one.reserve) if ticket(own, p.id) != p.ticket]
        yield _check(not wrong, "tickets", f"$.selected[{name}] {','.join(wrong)}")


def _replayed(said: Transcript, lists: Lists) -> Iterator[Check]:
    secrets, salts = said["secrets"], None
    if said["objects"]["salted"]:
        if secrets is None:
            yield Check(False, "files", "$.secrets")
            return
        salts = [seal.salt(secrets[2], line.id) for line in read(lists.objects)]
    for name, lines in (
        ("objects", lists.objects),
        ("inspectors", lists.inspectors),
        ("recusals", lists.recusals),
    ):
        now = tree(leaves(lines, salts if name == "objects" else None))
        yield _check((now.n, now.root) == (said[name]["n"], said[name]["root"]), "files", f"$.{name}.root")
    if secrets is None:
        return
    plan = announced(said["plan"])
    counted = count(read(lists.objects), plan.strata)
    drawn = select(read(lists.objects), _objects_key(said, plan), plan.strata, counted)
    told = _selections(said)
    for name, one in drawn.items():
        yield _check(told[name] == one, "replay", f"$.selected[{name}]")
