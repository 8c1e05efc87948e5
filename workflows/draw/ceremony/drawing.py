"""The beacon, typed by two persons; the draw itself; the signatures under its record."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.draw import beacon, seal
from workflows.draw.announced import canonical
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.outcome import Outcome, outcome
from workflows.draw.ceremony.preparing import objects_tree, out_of_turn
from workflows.draw.ceremony.refusals import deny
from workflows.draw.ceremony.state import Ceremony, Facts, agreed, differing, present
from workflows.draw.lines import first_difference
from workflows.draw.merkle import leaves, tree
from workflows.draw.tickets import digest
from workflows.errors import BadInput
from workflows.inspection.event import Event
from workflows.inspection.refusals import Decision, Refused

FILES = ("objects", "inspectors", "recusals")


def enter_beacon(ceremony: Ceremony, command: c.EnterBeacon, facts: Facts) -> Decision:
    """Two different persons type each source, in any order and not before it was drawn.

    Entries that differ are kept and shown; a third, or a correction, decides. What two agree on stays so.
    """
    person, typed = facts.actor.person, command.sources
    if ceremony.beacon:
        same = ceremony.beacon.sources == typed
        return () if same else deny("by-machine", "stage", stage=ceremony.stage)
    refused = (
        _may_enter(ceremony, facts) or out_of_turn(ceremony, "NONCES") or _readable(ceremony, command, facts)
    )
    if refused:
        return refused
    before = ceremony.entries.get(person, ("",) * len(typed))
    mine = tuple(new or old for new, old in zip(typed, before, strict=True))
    if mine == before:
        return ()
    settled = [agreed(ceremony.entries, at) for at in range(len(typed))]
    if any(new and known and new != known for new, known in zip(typed, settled, strict=True)):
        return deny("by-machine", "stage", stage=ceremony.stage)
    return e.BeaconEntered(person, mine), *_settling({**ceremony.entries, person: mine}, typed)


def _settling(entries: Mapping[str, tuple[str, ...]], typed: tuple[str, ...]) -> tuple[Event, ...]:
    """Fixed once two persons agree on every source; else what differs of the sources just typed."""
    fixed = tuple(agreed(entries, at) for at in range(len(typed)))
    if all(fixed):
        persons = {who for who, told in entries.items() if set(told) & set(fixed)}
        return (e.BeaconFixed(fixed, tuple(sorted(persons))),)
    wrong = [at for at in differing(entries) if typed[at]]
    if not wrong:
        return ()
    shown = ((who, beacon.text([told[at] for at in wrong])) for who, told in sorted(entries.items()))
    return (e.BeaconDiffers(tuple((who, text) for who, text in shown if text)),)


def _may_enter(ceremony: Ceremony, facts: Facts) -> Refused | None:
    witnesses = {person for _, person in ceremony.frozen.witnesses}
    if facts.actor.person in witnesses or {"organiser", "supervisor"} & set(facts.actor.roles):
        return None
    return deny("by-machine", "not-organiser")


def _readable(ceremony: Ceremony, command: c.EnterBeacon, facts: Facts) -> Refused | None:
    announced = ceremony.plan.sources
    typed = [(source, told) for source, told in zip(announced, command.sources, strict=False) if told]
    early = [source.at for source, _ in typed if facts.now < source.at]
    first = min(source.at for source in announced)
    if early or facts.now < first:
        return deny("by-machine", "beacon-early", at=max(early, default=first).isoformat())
    if len(command.sources) != len(announced) or not typed:
        return deny("by-machine", "beacon-shape", source=len(announced))
    for source, told in typed:
        if not beacon.fits(source.kind, told) or (
            source.kind == "drand" and not told.startswith(f"drand:{source.name}:{source.draw}=")
        ):
            return deny("by-machine", "beacon-shape", source=source.name)
    return None


def hold(ceremony: Ceremony, command: c.Hold, facts: Facts) -> Decision:
    if ceremony.held:
        same = ceremony.held.result == command.result
        return () if same else deny("by-machine", "stage", stage=ceremony.stage)
    if ceremony.entries and not ceremony.beacon:
        return _disagreement(ceremony)
    refused = (
        out_of_turn(ceremony, "BEACON")
        or _edited(ceremony, command, facts)
        or secret_differs(ceremony, command)
    )
    if refused:
        return refused
    if not seal.is_hash(command.result):
        raise BadInput("密封结果的摘要应为64位小写十六进制数。")
    result = outcome(ceremony, command.objects, command.secret_objects, command.secret_inspectors)
    return (_held(ceremony, result, command.result),)


def _held(ceremony: Ceremony, result: Outcome, sealed: str) -> e.Held:
    counts = tuple((name, one.n, len(one.selected)) for name, one in result.selections.items())
    return e.Held(
        counts,
        result.thresholds_root,
        sealed,
        record_digest(ceremony, counts, result.thresholds_root, sealed),
    )


def record_digest(
    ceremony: Ceremony, counts: tuple[tuple[str, int, int], ...], thresholds_root: str, sealed: str
) -> str:
    """What those present sign: the commitment, the witnesses' text, the beacon, the counts and what was sealed."""
    assert ceremony.committed and ceremony.nonces and ceremony.beacon
    said = [
        ceremony.committed.commitment,
        ceremony.nonces.witnesses,
        ceremony.beacon.sources,
        counts,
        thresholds_root,
        sealed,
    ]
    return digest(canonical(said))


def _disagreement(ceremony: Ceremony) -> Refused:
    shown = "；".join(f"{who}：{beacon.text(typed)}" for who, typed in sorted(ceremony.entries.items()))
    differs = bool(differing(ceremony.entries))
    return deny("by-machine", "beacon-differs" if differs else "beacon-second-person", shown=shown)


def _edited(ceremony: Ceremony, command: c.Hold, facts: Facts) -> Refused | None:
    """A file that is no longer the frozen one, with the first line that differs; or, where what was kept is itself no
    longer what was frozen, with both roots. BadInput where nothing was kept.
    """
    for name in FILES:
        kept, now = facts.files.get(name), getattr(command, name)
        if kept is None:
            raise BadInput("缺少冻结时保存的名单，不能抽取，请检查数据库。")
        other = first_difference(kept, now)
        if other:
            return deny(
                "by-machine", "list-edited", file=name, line=other.number, before=other.before, now=other.now
            )
    frozen = ceremony.frozen
    now_are = (
        objects_tree(command.objects, command.list_secret),
        tree(leaves(command.inspectors)),
        tree(leaves(command.recusals)),
    )
    for name, was, is_ in zip(
        FILES, (frozen.objects, frozen.inspectors, frozen.recusals), now_are, strict=True
    ):
        if was != is_:
            return deny("by-machine", "list-edited", file=name, line="", before=was.root, now=is_.root)
    return None


def secret_differs(ceremony: Ceremony, command: c.Hold | c.Open) -> Refused | None:
    assert ceremony.committed
    sealed = ceremony.committed.com_objects, ceremony.committed.com_inspectors
    told = seal.com(command.secret_objects), seal.com(command.secret_inspectors)
    return None if told == sealed else deny("by-machine", "secret-differs")


def sign(ceremony: Ceremony, command: c.Sign, facts: Facts) -> Decision:
    person = facts.actor.person
    if person in ceremony.signatures:
        return ()
    refused = out_of_turn(ceremony, "DRAWN")
    if refused or ceremony.held is None:
        return refused or ()
    if person not in present(ceremony):
        return deny("draw-record", "not-present", name=facts.actor.name)
    if command.record != ceremony.held.record:
        return deny("draw-record", "changed")
    return (e.Signed(person, command.record),)
