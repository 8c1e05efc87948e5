"""What a ceremony draws once its beacon is fixed: both seeds and, of every stratum, who is selected. Sealed until release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.draw import beacon, seal
from workflows.draw.ceremony.state import Ceremony
from workflows.draw.lines import read
from workflows.draw.merkle import leaves, tree
from workflows.draw.strata import Selection, count, select, threshold_lines
from workflows.draw.tickets import key
from workflows.draw.watch import UNWATCHED, Watch, watched


@dataclass(frozen=True, slots=True)
class Outcome:
    """`seed_objects` and `seed_inspectors` are what `hold.DrawRequest` takes."""

    seed_objects: str
    seed_inspectors: str
    selections: dict[str, Selection]

    @property
    def thresholds_root(self) -> str:
        return tree(leaves(threshold_lines(self.selections))).root


def outcome(
    ceremony: Ceremony,
    objects: Sequence[str],
    secret_objects: str,
    secret_inspectors: str,
    watch: Watch = UNWATCHED,
) -> Outcome:
    """`objects` is the frozen file. The ceremony must have reached BEACON."""
    assert ceremony.committed and ceremony.nonces and ceremony.beacon
    told = beacon.text(ceremony.beacon.sources)
    seeds = [
        seal.seed(ceremony.committed.commitment, ceremony.nonces.witnesses, told, secret)
        for secret in (secret_objects, secret_inspectors)
    ]
    plan = ceremony.plan
    counted = count(read(objects), plan.strata)
    lines = read(watched(objects, "tickets", watch))
    drawn = select(lines, key(seeds[0], f"object/{plan.id}"), plan.strata, counted)
    return Outcome(seeds[0], seeds[1], drawn)
