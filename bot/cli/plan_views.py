"""suijian plan cost | calendar | diff | approve | phrases | answer | coverage: the plan looked at before it is public."""

from __future__ import annotations

from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.cli.operator import OPERATOR
from bot.dialogs.planning import cost_lines, cost_sheet, told_changes, year_lines, year_sheet
from bot.house import House
from bot.render import block, line
from storage import phrases, planning, plans
from storage.database import reading, writing
from storage.exports.workbook import Sheet, workbook
from storage.plans import Kept
from workflows.errors import BadInput
from workflows.ratio import FIELDS, Unclear, written

OUT = click.option("--out", type=click.Path(path_type=Path), help=line("planning/cli", "option-out"))


def _kept(house: House, plan: str) -> Kept:
    with reading(house.engine) as tx:
        return plans.get(tx, plan)


def say(lines: list[str]) -> None:
    """A card's lines without the signs that style them."""
    for one in lines:
        click.echo(one.removeprefix("§ ").removeprefix("> "))


def write_sheet(house: House, out: Path | None, sheet: Sheet) -> None:
    if out:
        out.write_bytes(workbook([sheet], house.clock()))
        click.echo(line("planning/cli", "written", name=out.name))


@click.command("cost", help=line("planning/cli", "cost"))
@click.argument("plan")
@OUT
def plan_cost(plan: str, out: Path | None) -> None:
    house = open_house()
    kept = _kept(house, plan)
    with reading(house.engine) as tx:
        seen = planning.picture(tx, house.lawbook, kept.plan, house.clock())
    say(cost_lines(house, kept, seen))
    if seen.refused:
        say(block(f"refusals/{seen.refused.rule}", seen.refused.reason, **seen.refused.detail))
    write_sheet(house, out, cost_sheet(kept, seen))


@click.command("calendar", help=line("planning/cli", "calendar"))
@click.argument("plan")
@OUT
def plan_calendar(plan: str, out: Path | None) -> None:
    house = open_house()
    kept = _kept(house, plan)
    say(year_lines(kept))
    write_sheet(house, out, year_sheet(kept))


@click.command("diff", help=line("planning/cli", "diff"))
@click.argument("plan")
@click.argument("versions", nargs=-1, type=int)
def plan_diff(plan: str, versions: tuple[int, ...]) -> None:
    """The two versions named, else the newest against the one before it."""
    house = open_house()
    with reading(house.engine) as tx:
        every = plans.versions(tx, plan)
    chosen = tuple(one for one in every if one.plan.version in versions) if versions else every
    if versions and len(chosen) != len(set(versions)):
        raise BadInput(line("planning/cli", "no-version", count=len(every)))
    say(told_changes(chosen))


@click.command("approve", help=line("planning/cli", "approve"))
@click.argument("plan")
@click.argument("number")
def plan_approve(plan: str, number: str) -> None:
    house = open_house()
    with writing(house.engine) as tx:
        kept = planning.approve(tx, plan, number, OPERATOR, house.clock())
    click.echo(line("cli", "plan-row", kept=kept))


@click.command("phrases", help=line("planning/cli", "phrases"))
@click.option("--all", "whole", is_flag=True, help=line("planning/cli", "option-all"))
def plan_phrases(whole: bool) -> None:
    with reading(open_house().engine) as tx:
        every = phrases.every(tx)
    shown = [one for one in every if whole or one.meaning is None]
    for one in shown:
        click.echo(line("planning/cli", "phrase-row", one=one, field=FIELDS[one.field], said=_said(one)))
    if not shown:
        click.echo(line("planning/cli", "no-phrases"))


def _said(one: phrases.Kept) -> str:
    """What a phrase was read as; "" while it is asked."""
    if one.meaning is None:
        return ""
    stated = one.meaning.ratio or one.meaning.frequencies
    return written(stated) if stated else line("planning/office", "deferred")


@click.command("answer", help=line("planning/cli", "answer"))
@click.argument("item")
@click.argument("column", type=click.Choice(list(FIELDS.values())))
@click.argument("said")
def plan_answer(item: str, column: str, said: str) -> None:
    house = open_house()
    field = next(key for key, name in FIELDS.items() if name == column)
    words = phrases.DEFERRED if said == line("planning/office", "deferred") else said
    with writing(house.engine) as tx:
        kept = phrases.answer(tx, item, field, words, OPERATOR, house.clock())
    if isinstance(kept, Unclear):
        raise BadInput(line("planning/cli", "still-unclear", said=said))
    click.echo(line("planning/cli", "answered", item=item, column=column, said=said))


@click.command("coverage", help=line("planning/cli", "coverage"))
@click.argument("department")
@click.argument("total", type=int)
@click.option("--profile", default="national", show_default=True, help=line("cli", "option-profile"))
@click.option("--market", is_flag=True, help=line("planning/cli", "option-market"))
def plan_coverage(department: str, total: int, profile: str, market: bool) -> None:
    house = open_house()
    known = house.lawbook.profiles
    if profile not in known:
        raise BadInput(line("cli", "unknown-profile", profile=profile, known="、".join(known)))
    own = known[profile]
    with writing(house.engine) as tx:
        found = planning.count_coverage(tx, department, total, market, own, OPERATOR, house.clock())
    warns = own.effect("item-coverage") != "none" and not found.enough
    source = own.clause("item-coverage")
    say(block("planning/cli", "covered", found=found, warns=warns, source=source, share=float(found.share)))


COMMANDS = (
    plan_cost,
    plan_calendar,
    plan_diff,
    plan_approve,
    plan_phrases,
    plan_answer,
    plan_coverage,
)
