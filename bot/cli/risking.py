"""suijian risk assess | explain, suijian adhoc: classes from results, why a ratio is what it is, tasks beside the plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.cli.operator import OPERATOR
from bot.cli.plan_views import OUT, say, write_sheet
from bot.dialogs.risk import explained, moved_sheet, profile_for, search
from bot.render import block, line
from storage import ad_hoc, directories, risk
from storage.database import reading, writing
from workflows.ad_hoc import KINDS, AdHoc
from workflows.draw.impossible import DrawImpossible
from workflows.errors import BadInput
from workflows.inspection.refusals import Refused


@click.group("risk", help=line("planning/cli", "risk"))
def risk_command() -> None:
    pass


@risk_command.command("assess", help=line("planning/cli", "risk-assess"))
@OUT
def risk_assess(out: Path | None) -> None:
    house = open_house()
    profile = profile_for(house)
    with writing(house.engine) as tx:
        moved = risk.reclassify(tx, profile, OPERATOR, house.clock())
    say(block("planning/office", "assessed", moved=moved, typed=not out))
    write_sheet(house, out, moved_sheet(moved))


@risk_command.command("explain", help=line("planning/cli", "risk-explain"))
@click.argument("target")
def risk_explain(target: str) -> None:
    house = open_house()
    with reading(house.engine) as tx:
        found = search(directories.all_targets(tx), target)
    if len(found) != 1:
        raise BadInput(line("planning/cli", "not-one", target=target, count=len(found)))
    say(explained(house, found[0], house.clock(), profile_for(house)))


@click.command("adhoc", help=line("planning/cli", "adhoc"))
@click.argument("kind", type=click.Choice(list(KINDS.values())))
@click.option("--target", "targets", multiple=True, required=True, help=line("planning/cli", "option-target"))
@click.option("--item", "items", multiple=True, required=True, help=line("planning/cli", "option-item"))
@click.option("--source", required=True, help=line("planning/cli", "option-source"))
@click.option("--reason", required=True, help=line("planning/cli", "option-why"))
@click.option(
    "--ends", type=click.DateTime(["%Y-%m-%d"]), required=True, help=line("planning/cli", "option-ends")
)
def adhoc_command(
    kind: str, targets: tuple[str, ...], items: tuple[str, ...], source: str, reason: str, ends: datetime
) -> None:
    """Nobody can be named for the team: it is drawn (by-machine)."""
    house = open_house()
    own = next(key for key, name in KINDS.items() if name == kind)
    seeds, profile = (house.draw_seed(), house.draw_seed()), profile_for(house).id
    # One transaction: what is refused leaves no draft behind.
    with writing(house.engine) as tx:
        kept = ad_hoc.begin(tx, own, OPERATOR, house.clock())
        ad_hoc.put(tx, kept.id, AdHoc(own, targets, items, source, reason, ends.date()))
        opened = ad_hoc.open_task(
            house.engine, house.lawbook, kept.id, profile, seeds, OPERATOR, house.clock()
        )
        if isinstance(opened, Refused):
            raise BadInput(line(f"refusals/{opened.rule}", opened.reason, **opened.detail))
        if isinstance(opened, DrawImpossible):
            raise BadInput(opened.reason)
    click.echo(line("planning/cli", "opened", opened=opened))
