"""Freeze, commit, the witnesses' digits: everything that has to stand before the beacon exists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from workflows.draw import seal, witness
from workflows.draw.announced import Announced, announced, plan_hash
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.refusals import deny
from workflows.draw.ceremony.state import Ceremony, Facts
from workflows.draw.lines import read
from workflows.draw.merkle import Tree, leaves, tree
from workflows.draw.quota import take
from workflows.draw.strata import count
from workflows.draw.tickets import ID
from workflows.errors import BadInput
from workflows.inspection.event import Event
from workflows.inspection.refusals import Refused

Decision = Refused | tuple[Event, ...]
# How far the clocks of two machines of one house may differ.
CLOCKS_APART = timedelta(minutes=1)


def out_of_turn(ceremony: Ceremony, *stages: str) -> Refused | None:
    return None if ceremony.stage in stages else deny("by-machine", "stage", stage=ceremony.stage)


def freeze(ceremony: Ceremony | None, command: c.Freeze, facts: Facts) -> Decision:
    """Both files are frozen in full; a plan id is used for one ceremony only."""
    plan, entries = announced(command.plan), tuple(read(command.objects))
    trees = objects_tree(command.objects, command.list_secret), *_others(command)
    frozen = e.Frozen(
        command.plan,
        plan_hash(command.plan),
        *trees,
        command.witnesses,
        command.approval,
        bool(command.list_secret),
    )
    if ceremony is not None:
        return () if ceremony.frozen == frozen else deny("by-machine", "id-taken", plan=plan.id)
    refused = _may_freeze(plan, command, facts)
    if refused:
        return refused
    counted = count(entries, plan.strata)
    for name, number in (plan.batches or {}).items():
        if name not in plan.strata or type(number) is not int or number < 1:
            raise BadInput(f"分批检查的分层“{name}”不在方案中，或批数不是正整数，请改正。")
        if take(plan.strata[name], counted[name]) < counted[name]:
            return deny("key-batches", "not-everyone", stratum=name)
    return (frozen,)


def _may_freeze(plan: Announced, command: c.Freeze, facts: Facts) -> Refused | None:
    if not facts.published:
        return deny("plan-public", "not-published", plan=plan.id)
    if plan.id in facts.taken:
        return deny("by-machine", "id-taken", plan=plan.id)
    if len(plan.sides) < 2 and not seal.is_hash(command.approval):
        return deny("both-random", "approval-missing")
    if not plan.witnesses and facts.profile.blocks("witnesses"):
        return deny("witnesses", "none")
    if not plan.sources and facts.profile.blocks("witnesses"):
        return deny("witnesses", "no-beacon")
    people = [person for _, person in command.witnesses]
    ids = sorted(one for one, _ in command.witnesses)
    if ids != sorted(set(plan.witnesses)):
        return deny("witnesses", "unknown", witnesses="、".join(ids))
    if len(set(people)) < len(people) or not {facts.actor.person, *facts.organisers}.isdisjoint(people):
        return deny("witnesses", "twice")
    return None


def objects_tree(lines: Sequence[str], list_secret: str) -> Tree:
    """Of a file that was read before; with the secret each line has a salt of its own."""
    if not list_secret:
        return tree(leaves(lines))
    return tree(leaves(lines, (seal.salt(list_secret, line.partition("|")[0]) for line in lines)))


def _others(command: c.Freeze) -> tuple[Tree, Tree]:
    for _ in read(command.inspectors):
        pass
    return tree(leaves(command.inspectors)), recusals_tree(command.recusals)


def recusals_tree(recusals: Sequence[str]) -> Tree:
    """`inspector id|target id`, sorted by bytes, each once."""
    for number, line in enumerate(recusals, start=1):
        if len(line.split("|")) != 2 or not all(ID.fullmatch(one) for one in line.split("|")):
            raise BadInput(f"回避名单第{number}行应为“检查人员编号|检查对象编号”，请改正后重新冻结。")
    if list(recusals) != sorted(set(recusals), key=str.encode):
        raise BadInput("回避名单没有排序或有重复，请由系统重新生成。")
    return tree(leaves(recusals))


def commit(ceremony: Ceremony, command: c.Commit, facts: Facts) -> Decision:
    """The first commit of a plan id counts. A second one is refused, and both stay public."""
    frozen, seals = ceremony.frozen, (command.com_objects, command.com_inspectors)
    made = seal.commit(frozen.plan_hash, frozen.objects, frozen.inspectors, frozen.recusals, *seals)
    if ceremony.committed:
        first = ceremony.committed.commitment
        return () if made == first else deny("by-machine", "first-commit", first=first, second=made)
    if exists(ceremony, facts):
        return deny("witnesses", "after-beacon")
    if not facts.organisers.isdisjoint(person for _, person in frozen.witnesses):
        return deny("witnesses", "twice")
    return clock_back(ceremony, facts) or out_of_turn(ceremony, "FROZEN") or (e.Committed(*seals, made),)


def exists(ceremony: Ceremony, facts: Facts) -> bool:
    """Whether the earliest announced source may have been drawn by now."""
    return any(facts.now >= source.at for source in ceremony.plan.sources)


def clock_back(ceremony: Ceremony, facts: Facts) -> Refused | None:
    """A clock behind what is recorded already would let the numbers be known before what has to stand before them."""
    if not ceremony.plan.sources or facts.latest is None or facts.latest - facts.now <= CLOCKS_APART:
        return None
    return deny("by-machine", "clock-back", at=facts.latest.isoformat())


def contribute(ceremony: Ceremony, command: c.Contribute, facts: Facts) -> Decision:
    witness.check(command.witness, command.digits)
    people = dict(ceremony.frozen.witnesses)
    if command.witness not in people:
        return deny("witnesses", "unknown", witnesses=command.witness)
    if people[command.witness] != facts.actor.person:
        return deny("witnesses", "not-you", witness=command.witness)
    if ceremony.given.get(command.witness) == command.digits:
        return ()
    if command.witness in ceremony.given:
        return deny("witnesses", "given", digits=ceremony.given[command.witness])
    if exists(ceremony, facts) or ceremony.beacon or ceremony.entries:
        return deny("witnesses", "after-beacon")
    if ceremony.nonces:
        return deny("witnesses", "late")
    refused = clock_back(ceremony, facts) or out_of_turn(ceremony, "COMMITTED")
    return refused or (e.Contributed(command.witness, command.digits),)


def close_nonces(ceremony: Ceremony, command: c.CloseNonces, facts: Facts) -> Decision:
    """One who refuses is ABSENT and the draw goes on: nobody stops it by staying silent.

    Where no public random event was announced there is none to wait for.
    """
    if ceremony.nonces:
        return ()
    expected = ceremony.plan.witnesses
    absent = tuple(sorted((one for one in expected if one not in ceremony.given), key=str.encode))
    if expected and len(absent) == len(expected) and facts.profile.blocks("witnesses"):
        return deny("witnesses", "none")
    closed = e.NoncesClosed(witness.text(expected, ceremony.given), absent)
    awaited = () if ceremony.plan.sources else (e.BeaconFixed((), ()),)
    return out_of_turn(ceremony, "COMMITTED") or (closed, *awaited)
