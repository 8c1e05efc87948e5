"""What goes into the matcher beside the sentence, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from bot.phrases.sounds import sounds

# First day and last day, both meant.
Period = tuple[date, date]
_BETWEEN = "\n"


@dataclass(frozen=True)
class Names:
    """The names of one kind, ready to be searched by a part of them and by the sound of a part."""

    names: tuple[str, ...]

    @cached_property
    def written(self) -> str:
        return _BETWEEN.join(self.names).lower()

    @cached_property
    def sounding(self) -> str:
        return _BETWEEN.join(" ".join(("", *sounds(name.lower()), "")) for name in self.names)

    def with_part(self, part: str) -> tuple[str, ...]:
        return tuple(name for name in self.names if part in name.lower())

    def sounding_like(self, part: str) -> tuple[str, ...]:
        heard = zip(self.names, self.sounding.split(_BETWEEN), strict=True)
        return tuple(name for name, sound in heard if part in sound)


@dataclass(frozen=True)
class Known:
    """The names a person may mention: those they may see, nobody else's. Keep one and use it again: it holds an index."""

    persons: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @cached_property
    def by_kind(self) -> dict[str, Names]:
        kinds = {
            "person": self.persons,
            "department": self.departments,
            "region": self.regions,
            "item": self.items,
            "plan": self.plans,
            "targets": self.targets,
        }
        return {kind: Names(names) for kind, names in kinds.items() if names}


@dataclass(frozen=True)
class Slots:
    """What the sentence names. `targets` are all whose name holds the part typed; `by` is how a table is split
    (department, region, person, item, plan, month); `what` is the list to export; `topic` the act asked about."""

    person: str = ""
    department: str = ""
    region: str = ""
    item: str = ""
    plan: str = ""
    targets: tuple[str, ...] = ()
    period: Period | None = None
    by: str = ""
    what: str = ""
    topic: str = ""


@dataclass(frozen=True)
class Understood:
    """`acts`: the intent changes something; show its button to be confirmed, never do it."""

    intent: str
    slots: Slots = field(default_factory=Slots)
    acts: bool = False


@dataclass(frozen=True)
class Unsure:
    """The three nearest intents, the likeliest first."""

    nearest: tuple[str, str, str]
