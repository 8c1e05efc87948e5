"""What is asked of the teams besides their number: the qualifications of the task's items and of its targets' libraries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from workflows.catalogue import Item
from workflows.departments import department_for
from workflows.directory import Inspector, Target, conflicts
from workflows.draw.roster import Conditions
from workflows.draw.targets import scope_words
from workflows.plan import Task


def conditions_of(
    task: Task,
    items: Mapping[str, Item],
    targets: Iterable[Target],
    inspectors: Sequence[Inspector],
    people: Mapping[str, Sequence[Inspector]],
) -> Conditions:
    """`targets` are those that can be drawn, `people` is what `standing` gives.

    What an item asks for, the department sends that carries it. What a target's place in a sub-library asks for may come from any
    department of the team: the first of the task's that has somebody who holds it, the lead where none has.
    """
    needed: dict[str, tuple[str, ...]] = {}
    for item in (items[id] for id in task.items if id in items):
        sender = department_for(item.department, task.departments) or task.lead
        words = dict.fromkeys((*needed.get(sender, ()), *item.qualifications))
        needed |= {sender: tuple(words)} if words else {}
    held = {name: {word for one in own for word in one.expertise} for name, own in people.items()}
    asked: dict[tuple[str, str], tuple[str, ...]] = {}
    for target in targets:
        for word in words_of(target, task):
            sender = next((name for name in task.departments if word in held[name]), task.lead)
            there = target.id, sender
            asked[there] = (*asked.get(there, ()), word)
    return Conditions(conflicts=conflicts(inspectors), qualifications=needed, asked=asked)


def words_of(target: Target, task: Task) -> Collection[str]:
    """What those of its sub-libraries ask for that the task draws from."""
    meant = scope_words(target, task.scope)
    libraries = (one for one in target.libraries if not meant.isdisjoint((one.name, *one.tags)))
    return dict.fromkeys(word for one in libraries for word in one.qualifications or ())


def lacking(
    conditions: Conditions, department: str, people: Iterable[Inspector]
) -> tuple[str, tuple[str, ...]]:
    """The first word asked of a department that none of `people` holds, "" for none; and the ids of the targets that
    ask for it, where not every team is asked.
    """
    held = {word for one in people for word in one.expertise}
    for word in conditions.needs(department):
        if word not in held:
            return word, ()
    there = {id: words for (id, name), words in conditions.asked.items() if name == department}
    missing = next((word for id in sorted(there) for word in there[id] if word not in held), "")
    return missing, tuple(id for id in sorted(there) if missing in there[id])
