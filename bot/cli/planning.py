"""suijian plan, suijian draw: the plan made public, a task drawn, the assignments released."""

from __future__ import annotations

import click

from bot.bootstrap import open_house
from bot.cli import plan_views
from bot.cli.operator import OPERATOR
from bot.dialogs.ceremony_cards import refusal_lines
from bot.render import block, line
from storage import ceremonies, draws, planning, plans
from storage import ceremony_steps as steps
from storage.ceremonies import Outcome
from storage.ceremony_steps import Answer, Hand, Wish, at_once
from storage.database import reading, writing
from workflows.draw.ceremony.commands import Sign
from workflows.draw.impossible import DrawImpossible
from workflows.errors import BadInput
from workflows.inspection.refusals import Refused


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
        raise BadInput("\n".join(block(f"refusals/{kept.rule}", kept.reason, **kept.detail)))
    click.echo(line("cli", "plan-row", kept=kept))


for view in plan_views.COMMANDS:
    plan_command.add_command(view)


@click.command("draw", help=line("cli", "draw"))
@click.argument("plan")
@click.argument("task")
@click.option("--release", is_flag=True, help=line("cli", "option-release"))
def draw_command(plan: str, task: str, release: bool) -> None:
    """Draws once, without witnesses; drawing again shows what was drawn. Nobody can be named (by-machine)."""
    house = open_house()
    hand = Hand(OPERATOR, house.clock(), house.draw_seed)
    done = _well(at_once(house.engine, house.lawbook, Wish(plan, task), hand))
    with reading(house.engine) as tx:
        held = draws.of_task(tx, plan, task)
    if held is None or done.ceremony is None or done.ceremony.held is None:
        raise BadInput(line("cli", "under-way"))
    click.echo(line("cli", "drawn", held=held))
    if release and held.released_at is None:
        record = done.ceremony.held.record
        _well(ceremonies.execute(house.engine, house.lawbook, done.id, Sign(record), OPERATOR, house.clock()))
        _well(steps.release(house.engine, house.lawbook, done.id, hand))
        click.echo(line("cli", "released", count=held.teams))


def _well(done: Answer) -> Outcome:
    if isinstance(done, DrawImpossible):
        raise BadInput(done.reason)
    if done.refused:
        raise BadInput("\n".join(refusal_lines(done.refused)))
    return done
