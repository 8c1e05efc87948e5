"""suijian plan, suijian draw: the plan made public, a task drawn, the assignments released."""

from __future__ import annotations

import click

from bot.bootstrap import open_house
from bot.render import line
from storage import draws, planning, plans
from storage.database import reading, writing
from workflows.draw.impossible import DrawImpossible
from workflows.errors import BadInput
from workflows.inspection.facts import Actor
from workflows.inspection.refusals import Refused

OPERATOR = Actor("", "", "", ("organiser",), "cli")


@click.group("plan", help=line("cli", "plan"))
def plan_command() -> None:
    pass


@plan_command.command("list", help=line("cli", "plan-list"))
def plan_list() -> None:
    with reading(open_house().engine) as tx:
        for kept in plans.current(tx):
            click.echo(line("cli", "plan-row", kept=kept))
            for task in kept.plan.tasks:
                click.echo(line("cli", "task-row", task=task))


@plan_command.command("publish", help=line("cli", "plan-publish"))
@click.argument("plan")
@click.option("--reason", default="", help=line("planning/cli", "option-reason"))
def plan_publish(plan: str, reason: str) -> None:
    house = open_house()
    with writing(house.engine) as tx:
        kept = planning.publish(tx, house.lawbook, plan, OPERATOR, house.clock(), reason)
    if isinstance(kept, Refused):
        raise BadInput(line(f"refusals/{kept.rule}", kept.reason, **kept.detail))
    click.echo(line("cli", "plan-row", kept=kept))


@click.command("draw", help=line("cli", "draw"))
@click.argument("plan")
@click.argument("task")
@click.option("--release", is_flag=True, help=line("cli", "option-release"))
def draw_command(plan: str, task: str, release: bool) -> None:
    """Draws once; drawing again shows what was drawn. There is no way to name a target or an inspector (by-machine)."""
    house = open_house()
    seeds = house.draw_seed(), house.draw_seed()
    held = draws.hold_draw(house.engine, house.lawbook, plan, task, *seeds, OPERATOR, house.clock())
    if isinstance(held, DrawImpossible):
        raise BadInput(held.reason)
    if isinstance(held, Refused):
        raise BadInput(line(f"refusals/{held.rule}", held.reason, **held.detail))
    click.echo(line("cli", "drawn", held=held))
    if release:
        opened = draws.release(house.engine, house.lawbook, held.id, OPERATOR, house.clock())
        click.echo(line("cli", "released", opened=opened))
