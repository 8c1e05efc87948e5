"""The transcript (抽取记录) of a ceremony: one canonical JSON object, schema in docs/schema/draw-transcript.schema.json.

It grows with the stages: counts and roots while sealed, winners, thresholds and secrets after opening. Before anything is
drawn there is the announcement (抽取公告): what was committed to, and what witnesses and the beacon have said so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.draw.announced import canonical
from workflows.draw.ceremony.outcome import Outcome
from workflows.draw.ceremony.state import Ceremony
from workflows.draw.merkle import Tree
from workflows.draw.strata import Place, Selection
from workflows.draw.tickets import digest

FORMAT = "DR1-transcript/1"
ANNOUNCED = "DR1-announced/1"


def transcript(ceremony: Ceremony, outcome: Outcome, list_secret: str = "") -> str:
    """Public now, and no more than that: `outcome` is told with the secrets, when nobody is warned by it any more."""
    nonces, beacon, held, opened = ceremony.nonces, ceremony.beacon, ceremony.held, ceremony.opened
    assert nonces and beacon and held
    said = {
        **_committed(ceremony),
        "format": FORMAT,
        "witnesses": nonces.witnesses,
        "beacon": beacon.sources,
        "counts": [list(one) for one in held.counts],
        "thresholds_root": held.thresholds_root,
        "result": held.result,
        "record": held.record,
        "signatures": sorted(ceremony.signatures),
        "selected": _places(outcome.selections, "selected") if opened else None,
        "reserve": _places(outcome.selections, "reserve") if opened else None,
        "secrets": [opened.secret_objects, opened.secret_inspectors, list_secret] if opened else None,
    }
    return sealed(said)


def announcement(ceremony: Ceremony) -> str:
    """Public from the commitment on; `witnesses` who has spoken so far, with who was absent once that is closed."""
    given = [f"{one}={ceremony.given[one]}" for one in sorted(ceremony.given, key=str.encode)]
    said = {
        **_committed(ceremony),
        "format": ANNOUNCED,
        "witnesses": ceremony.nonces.witnesses if ceremony.nonces else given,
        "beacon": ceremony.beacon.sources if ceremony.beacon else [],
    }
    return sealed(said)


def _committed(ceremony: Ceremony) -> dict[str, Any]:
    """What nobody can change any more once it is public."""
    frozen, committed = ceremony.frozen, ceremony.committed
    assert committed
    return {
        "plan": frozen.plan,
        "objects": {**_tree(frozen.objects), "com": committed.com_objects, "salted": frozen.salted},
        "inspectors": {**_tree(frozen.inspectors), "com": committed.com_inspectors},
        "recusals": _tree(frozen.recusals),
        "commit": committed.commitment,
    }


def sealed(said: Mapping[str, Any]) -> str:
    """The canonical text with its own digest in it, which names a slip of the pen; against forgery stand the other checks."""
    rest = {name: value for name, value in said.items() if name != "digest"}
    return canonical({**rest, "digest": digest(canonical(rest))})


def _tree(tree: Tree) -> dict[str, Any]:
    return {"n": tree.n, "root": tree.root}


def _places(selections: Mapping[str, Selection], which: str) -> dict[str, list[list[Any]]]:
    def row(place: Place) -> list[Any]:
        return [place.rank, place.ticket, place.id]

    return {name: [row(place) for place in getattr(one, which)] for name, one in selections.items()}
