"""Checks a request against the published schema (the distilled fixture)."""

from __future__ import annotations

import json
from typing import Any

from tests.telegram.botapi import Call
from tests.telegram.distil import FIXTURE

SCHEMA = json.loads(FIXTURE.read_text(encoding="utf-8"))


def faults(call: Call) -> list[str]:
    """What is wrong with a request as it went over the wire; a field of a form is text, structures are JSON in it."""
    fields = SCHEMA["methods"].get(call.method)
    if fields is None:
        return [f"{call.method}: no such method"]
    files = {name for name, value in call.sent.items() if isinstance(value, bytes)}
    sent = {name: value for name, value in call.sent.items() if name not in files}
    return _object(call.method, sent, fields, wire=True)


def _object(where: str, sent: dict[str, Any], fields: dict[str, Any], *, wire: bool = False) -> list[str]:
    found = [f"{where}.{name}: no such field" for name in sent if name not in fields]
    found += [f"{where}.{name}: missing" for name, f in fields.items() if f["required"] and name not in sent]
    for name, value in sent.items():
        if name in fields and not any(_fits(value, t, wire) for t in fields[name]["types"]):
            found.append(f"{where}.{name}: {value!r} is no {fields[name]['types']}")
    return found


def _fits(value: Any, kind: str, wire: bool) -> bool:
    if wire and kind not in ("String", "InputFile"):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_fits(one, inner, False) for one in value)
    if kind in SCHEMA["types"]:
        return isinstance(value, dict) and not _object(kind, value, SCHEMA["types"][kind])
    kinds: dict[str, Any] = {"Integer": int, "Boolean": bool, "Float": (int, float)}
    if kind == "Integer" and isinstance(value, bool):
        return False
    return isinstance(value, kinds.get(kind, str))
