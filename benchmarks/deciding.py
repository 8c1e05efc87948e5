"""Row 5: deciding one answer on a case with 200 events, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.chats import Office, office
from benchmarks.measure import FULL, Row, in_turn, medians, seconds
from storage.case_facts import gather
from storage.database import reading
from workflows.checklist import CONFORMS, Checklist, Question
from workflows.inspection import commands as c
from workflows.inspection import events as e
from workflows.inspection.case import Case
from workflows.inspection.decide import decide
from workflows.inspection.evolve import evolve
from workflows.inspection.facts import Actor, Facts
from workflows.inspection.refusals import Refused

LONG, SHORT = 200, 20  # events
TIMES = 10_000 if FULL else 1_000
FLAT = 1.5  # the most a case ten times as long may cost and still be called flat
# One checklist for both, so that only the length of the case differs; the question asked next is its last.
QUESTIONS = tuple(Question(f"Q{number:03}", "是否公示", "第十条") for number in range(LONG))


def rows() -> Iterator[Row]:
    with office() as at:
        facts = _facts(at)
        short, long = (_answered(at.first, facts, length) for length in (SHORT, LONG))
        shorter, longer, ratio = medians(in_turn(lambda: _once(short, facts), lambda: _once(long, facts)))
    work, size = "decide + evolve of one answer", f"{LONG} events"
    said = ("-", f"{longer * 1e6:.1f} µs", "-")
    yield Row("5", work, size, *said, "≤ 100 µs", longer <= 100e-6)
    said = (f"{shorter * 1e6:.1f} µs", f"{longer * 1e6:.1f} µs", f"{ratio:.2f} × short")
    yield Row(
        "5", "the same, flat in length", f"{LONG} against {SHORT} events", *said, f"≤ {FLAT} ×", ratio <= FLAT
    )


def _facts(at: Office) -> Facts:
    house, case = at.house, at.first
    member = next(m for m in case.opened.members if m.role == "inspector")
    actor = Actor(member.person, member.name, member.department, ("inspector",), "bench")
    with reading(house.engine) as tx:
        facts = gather(tx, house.lawbook, case, actor, house.clock())
    item = case.opened.items[0]
    return replace(
        facts, checklists={**facts.checklists, item.edition: Checklist(item.edition, item.id, QUESTIONS)}
    )


def _answered(case: Case, facts: Facts, length: int) -> Case:
    """The demo's case, its team arrived and one question after the other answered, `length` events long."""
    team = [m for m in case.opened.members if m.role == "inspector"]
    item = case.opened.items[0]
    happened: list[e.Event] = [e.PrecheckCompleted()]
    happened += [e.CheckedIn(m.person, 21.98708, 100.45883) for m in team]
    happened += [e.CertificatesShown(tuple(m.certificate for m in team)), e.RightsTold()]
    happened += [e.CodeScanned(case.opened.visit_code)]
    left = length - case.seq - len(happened)
    happened += [e.AnswerRecorded(q.key, item.id, CONFORMS, "") for q in QUESTIONS[:left]]
    return _folded(case, facts, happened)


def _folded(case: Case, facts: Facts, happened: list[e.Event] | tuple[e.Event, ...]) -> Case:
    for event in happened:
        case = evolve(case, e.Recorded(case.seq + 1, event, facts.actor.person, "bench", facts.now))
    return case


def _once(case: Case, facts: Facts) -> float:
    """Seconds of one decision and its fold."""
    command = c.RecordAnswer(QUESTIONS[-1].key, CONFORMS)

    def work() -> None:
        for _ in range(TIMES):
            decision = decide(case, command, facts)
            if isinstance(decision, Refused) or not decision:
                raise RuntimeError(f"nothing was decided: {decision}")
            _folded(case, facts, decision)

    return seconds(work) / TIMES
