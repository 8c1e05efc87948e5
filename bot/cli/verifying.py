"""suijian transcript, suijian verify: a draw's transcript written out, and checked by whoever has it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.bootstrap import open_house
from bot.render import line
from storage import ceremonies, handed, transcripts
from storage.database import reading
from workflows.draw.matching import matching
from workflows.draw.verify import Check, Lists, verify
from workflows.errors import BadFile, NotFound

FILE = click.Path(path_type=Path, exists=False, dir_okay=False)


@click.command("transcript", help=line("ceremony/cli", "transcript"))
@click.argument("plan")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--files", is_flag=True, help=line("ceremony/cli", "option-files"))
def transcript_command(plan: str, out: Path, files: bool) -> None:
    """Every draw of a plan, or the one of that id."""
    out.mkdir(parents=True, exist_ok=True)
    with reading(open_house().engine) as tx:
        every = ceremonies.everywhere(tx)
        found = [one for one in every if plan in (one.id, one.closet.plan.id) and one.ceremony.held]
        if not found:
            raise NotFound(line("ceremony/cli", "no-draw", plan=plan))
        for kept in found:
            made = {"": transcripts.of_kept(tx, kept)} | (transcripts.files(tx, kept) if files else {})
            for name, said in made.items():
                path = out / file_name(kept.id, name)
                path.write_bytes(said.encode())
                click.echo(line("ceremony/cli", "written", path=path))


def file_name(draw_id: str, name: str = "") -> str:
    """抽取记录_2026-01_T1.json, 抽取记录_2026-01_T1_检查对象.txt"""
    kind = f"_{line('ceremony/cli', f'file-{name}')}.txt" if name else ".json"
    return handed.tidy(f"{line('ceremony/cli', 'file')}_{draw_id.replace('/', '_')}{kind}")


@click.group("verify", help=line("ceremony/cli", "verify"))
def verify_command() -> None:
    pass


@verify_command.command("draw", help=line("ceremony/cli", "verify-draw"))
@click.argument("file", type=FILE)
@click.option("--objects", type=FILE)
@click.option("--inspectors", type=FILE)
@click.option("--recusals", type=FILE)
@click.option("--inputs", type=FILE)
def verify_draw(
    file: Path, objects: Path | None, inspectors: Path | None, recusals: Path | None, inputs: Path | None
) -> None:
    """Each check on a line of its own; exit code 1 where one does not hold."""
    said = _read(file)
    lists = None
    if objects or inspectors or recusals or inputs:
        if objects is None or inspectors is None:
            raise BadFile(line("ceremony/cli", "both-lists"))
        lists = Lists(*(_lines(one) for one in (objects, inspectors, recusals)))
    checks = verify(said, lists, matching(_lines(inputs)) if inputs else None)
    for check in checks:
        click.echo(sentence(check))
    good = all(check.ok for check in checks)
    click.echo(line("ceremony/cli", "good" if good else "bad", checks=checks, replayed=bool(lists)))
    if not good:
        raise SystemExit(1)


def sentence(check: Check) -> str:
    what = line("ceremony/cli", f"check-{check.what}")
    return line("ceremony/cli", "check", check=check, what=what)


def _lines(file: Path | None) -> tuple[str, ...]:
    return tuple(_read(file).removesuffix("\n").split("\n")) if file and _read(file) else ()


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(line("cli", "unreadable", file=file.name)) from error
