"""Two independent checkers agree on every transcript, and no changed byte escapes either of them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator

from tests.draw.world import Hall, secret
from workflows.draw.lines import read
from workflows.draw.merkle import leaves, proof
from workflows.draw.seal import salt
from workflows.draw.transcript import sealed
from workflows.draw.verify import Lists, verify, verify_line

SCRIPT = Path(__file__).resolve().parents[2] / "docs/verify_draw.py"


def stranger() -> ModuleType:
    spec = util.spec_from_file_location("verify_draw", SCRIPT)
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OTHER = stranger()


def ours(text: str, lists: Lists) -> bool:
    return all(check.ok for check in verify(text, lists))


def theirs(text: str, lists: Lists) -> bool:
    found = OTHER.verify(text, [list(lists.objects), list(lists.inspectors), list(lists.recusals)])
    return bool(found) and all(ok for _, ok in found)


def opened(name: str = "x", **facts: str) -> Hall:
    hall = Hall(name, **facts)
    hall.open()
    return hall


def test_both_accept_two_hundred_draws() -> None:
    for number in range(200):
        hall = opened(f"h{number}", list_secret=secret("list") if number % 4 == 0 else "")
        text = hall.transcript()
        assert ours(text, hall.lists), [check for check in verify(text, hall.lists) if not check.ok]
        assert theirs(text, hall.lists), OTHER.verify(text, [hall.objects, hall.inspectors, hall.recusals])


def test_a_thousand_changed_bytes_are_all_noticed_by_both() -> None:
    hall, dice = opened(), random.Random(3797)
    text = hall.transcript()
    for _ in range(500):
        at = dice.randrange(len(text))
        other = dice.choice([one for one in '0123456789abcdefXYZ|"{}[]:, \n' if one != text[at]])
        changed = text[:at] + other + text[at + 1 :]
        assert not ours(changed, hall.lists), (at, other)
        assert not theirs(changed, hall.lists), (at, other)
    for _ in range(500):
        files = [list(hall.objects), list(hall.inspectors), list(hall.recusals)]
        file = dice.choice(files)
        row = dice.randrange(len(file))
        at = dice.randrange(len(file[row]))
        other = dice.choice([one for one in "0123456789AEX|: " if one != file[row][at]])
        file[row] = file[row][:at] + other + file[row][at + 1 :]
        assert not ours(text, Lists(*files)), (row, at, other)
        assert not theirs(text, Lists(*files)), (row, at, other)


@pytest.mark.parametrize(
    "field", ["commit", "witnesses", "beacon", "counts", "thresholds_root", "result", "selected", "secrets"]
)
def test_a_forger_who_mends_the_digest_is_caught_by_the_other_checks(field: str) -> None:
    hall = opened()
    said = json.loads(hall.transcript())
    other = json.loads(opened("another").transcript())
    said[field] = "cd" * 32 if field == "result" else other[field]
    if field in ("witnesses", "counts"):
        said[field] = list(reversed(other[field]))
    forged = sealed(said)
    assert not ours(forged, hall.lists)
    assert not theirs(forged, hall.lists)


def test_before_the_release_nothing_is_told_and_what_is_public_holds() -> None:
    hall = Hall()
    hall.sealed()
    text = hall.transcript()
    assert all(check.ok for check in verify(text))
    assert not [line.id for line in read(hall.objects) if line.id in text]
    assert hall.secrets[0] not in text


@pytest.mark.parametrize("list_secret", ["", secret("list")])
def test_a_target_checks_its_own_line(list_secret: str) -> None:
    hall = opened(list_secret=list_secret)
    salts = [salt(list_secret, line.id) for line in read(hall.objects)] if list_secret else None
    for index, line in enumerate(hall.objects):
        path = proof(leaves(hall.objects, salts), index, len(hall.objects))
        own = salts[index] if salts else ""
        assert verify_line(hall.transcript(), line, index, path, own).ok
        assert not verify_line(hall.transcript(), line.replace("|E", "|X:DEREG"), index, path[:-1], own).ok


def test_a_text_nested_without_end_is_wrong_like_any_other() -> None:
    """Anybody may paste anything: what cannot be read is told, not raised."""
    deep = "[" * 100_000
    for text in (deep, sealed({"plan": deep, "format": "DR1-transcript/1"})):
        assert not all(check.ok for check in verify(text))
        assert not all(ok for _, ok in OTHER.verify(text))
    assert not verify_line(deep, "A|x|1|E", 0, ()).ok


def test_the_matching_is_compared_where_somebody_computes_it() -> None:
    hall = opened()
    text = hall.transcript()
    right = verify(text, hall.lists, lambda said, lists: "ab" * 32)
    wrong = verify(text, hall.lists, lambda said, lists: "00" * 32)
    assert all(check.ok for check in right)
    assert [check.what for check in wrong if not check.ok] == ["matching"]


def test_the_script_runs_by_itself(tmp_path: Path) -> None:
    hall = opened()
    (tmp_path / "t.json").write_text(hall.transcript() + "\n", encoding="utf-8")
    for name in ("objects", "inspectors", "recusals"):
        lines = getattr(hall, name)
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    command = [sys.executable, "-I", str(SCRIPT), "t.json", "objects", "inspectors", "recusals"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok   replay A" in done.stdout
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 150


def test_the_schema_describes_a_transcript_at_every_stage() -> None:
    schema = json.loads((SCRIPT.parent / "schema/draw-transcript.schema.json").read_text("utf-8"))
    checker = Draft202012Validator(schema)
    hall = Hall()
    hall.sealed()
    for text in (hall.transcript(), opened().transcript()):
        assert list(checker.iter_errors(json.loads(text))) == []
    assert not checker.is_valid({**json.loads(hall.transcript()), "seed": "11"})
