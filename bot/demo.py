"""The demo: the files of demo/ imported as an operator would, two tasks drawn in a ceremony and released, a link for each person."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from bot.accounts import issue_link, role_line, web_account
from bot.cli.importing import import_file
from bot.demo_draw import VIA, draw_for_show
from bot.house import House
from bot.render import line
from storage import people, planning, plans, projection
from storage.database import reading, writing
from storage.importing import Wish
from workflows.errors import BadInput
from workflows.inspection.facts import Actor, local_day
from workflows.inspection.refusals import Refused

FILES = Path(__file__).resolve().parent.parent / "demo"
PROFILE = "menghai"
DRAWN_TASKS = 2
PLAN_YEAR = "2026"


@dataclass(frozen=True)
class Link:
    who: str
    token: str


def load(house: House, say: Callable[[str], None]) -> None:
    """Loads the demo once; a second call finds it there and changes nothing."""
    with reading(house.engine) as tx:
        if plans.current(tx):
            return
    say(line("cli", "demo-loading"))
    import_file(house, "items", FILES / "items.csv", hints="none")
    for checklist in sorted((FILES / "checklists").glob("*.csv")):
        import_file(house, "checklist", checklist, hints="none")
    import_file(house, "targets", FILES / "targets.csv", hints="none")
    import_file(house, "inspectors", FILES / "inspectors.csv", hints="none")
    _load_people(house)
    approval = line("cli", "demo-approval")
    with TemporaryDirectory() as folder:
        plan = plan_of(local_day(house.clock()).year, Path(folder))
        import_file(house, "plan", plan, Wish(PROFILE, approval), hints="none")
    _draw(house)


def plan_of(year: int, folder: Path) -> Path:
    """The demo's plan moved to that year, as a file: whoever tries the demo finds tasks that are still open."""
    plan = folder / "plan.csv"
    written = (FILES / "plan.csv").read_text(encoding="utf-8")
    plan.write_text(written.replace(PLAN_YEAR, str(year)), encoding="utf-8")
    return plan


def _load_people(house: House) -> None:
    with (FILES / "people.csv").open(encoding="utf-8") as file, writing(house.engine) as tx:
        for row in csv.DictReader(file):
            roles = tuple(row["角色"].split("；"))
            people.save(tx, people.Person(f"P:{row['编号']}", row["姓名"], row["部门"], roles))


def _draw(house: House) -> None:
    now = house.clock()
    with writing(house.engine) as tx:
        organiser = people.get(tx, people.holding(tx, "organiser")[0])
        assert organiser is not None
        actor = Actor(organiser.id, organiser.name, organiser.department, organiser.roles, VIA)
        kept = planning.publish(tx, house.lawbook, plans.current(tx)[0].plan.id, actor, now)
    if isinstance(kept, Refused):
        raise BadInput(line(f"refusals/{kept.rule}", kept.reason, **kept.detail))
    for task in kept.plan.tasks[:DRAWN_TASKS]:
        draw_for_show(house, kept.plan, task)


def links(house: House, file: Path) -> Sequence[Link]:
    """One link per demo person, the same at every start: the tokens are kept in a file only its owner can read."""
    known = json.loads(file.read_text()) if file.exists() else {}
    found = []
    with writing(house.engine) as tx:
        for who, person in _cast(tx):
            token = known.get(person.id)
            if not token or people.behind(tx, "web", web_account(token)) is None:
                token = known[person.id] = issue_link(tx, person.id, house.clock())
            found.append(Link(who, token))
    file.touch(mode=0o600)
    file.write_text(json.dumps(known))
    return found


def _cast(tx: Connection) -> list[tuple[str, people.Person]]:
    """The teams of the open cases first, then the office."""
    cast: dict[str, tuple[str, people.Person]] = {}
    for number, case in enumerate(projection.all_cases(tx), start=1):
        for member in case.members.values():
            person = people.get(tx, member.person)
            if person and person.id not in cast:
                role = "leader" if member.leader else member.role
                cast[person.id] = (
                    line("cli", f"cast-{role}", number=number, person=person, case=case),
                    person,
                )
    for person in people.everybody(tx):
        if {"supervisor", "legal", "organiser", "witness"} & set(person.roles):
            cast[person.id] = (f"{person.name}（{role_line(person)}）", person)
    return list(cast.values())
