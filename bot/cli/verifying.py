"""suijian transcript, suijian verify: what is public of a draw written out, and checked by whoever has it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.bootstrap import open_house
from bot.render import line
from storage import ceremonies, handed, transcripts
from storage.ceremonies import Kept
from storage.database import reading
from workflows.draw import own_line
from workflows.draw.matching import matching
from workflows.draw.verify import Check, Lists, verify, verify_line
from workflows.errors import BadFile, NotFound

FILE = click.Path(path_type=Path, exists=False, dir_okay=False)


@click.command("transcript", help=line("ceremony/cli", "transcript"))
@click.argument("plan")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--files", is_flag=True, help=line("ceremony/cli", "option-files"))
@click.option("--own-line", "target", help=line("ceremony/cli", "option-own-line"))
def transcript_command(plan: str, out: Path, files: bool, target: str | None) -> None:
    """Every draw of a plan, or the one of that id; of one not drawn yet its announcement."""
    out.mkdir(parents=True, exist_ok=True)
    with reading(open_house().engine) as tx:
        every = ceremonies.everywhere(tx)
        found = [one for one in every if plan in (one.id, one.closet.plan.id) and one.ceremony.committed]
        if not found:
            raise NotFound(line("ceremony/cli", "no-draw", plan=plan))
        made = [_proved(tx, kept, target) if target else _told(tx, kept, files) for kept in found]
    if not any(made):
        raise NotFound(line("ceremony/cli", "no-line", plan=plan, target=target))
    for name, said in (one for each in made for one in each.items()):
        (out / name).write_bytes(said.encode())
        click.echo(line("ceremony/cli", "written", path=out / name))


def _told(tx: Connection, kept: Kept, files: bool) -> dict[str, str]:
    """File name -> text."""
    if kept.ceremony.held is None:
        return {file_name(kept.id, "announced", ".json"): transcripts.announced(tx, kept.id)}
    lists = transcripts.files(tx, kept) if files else {}
    return {
        file_name(kept.id, "", ".json"): transcripts.of_kept(tx, kept),
        **{file_name(kept.id, name): said for name, said in lists.items()},
    }


def _proved(tx: Connection, kept: Kept, target: str) -> dict[str, str]:
    """Nothing for a target that is not in the draw's list."""
    own = transcripts.own_line(tx, kept, target)
    if own is None:
        return {}
    id = own.line.split("|")[0]
    return {file_name(f"{kept.id}_{id}", "own-line"): own_line.written(own)}


def file_name(draw_id: str, name: str = "", suffix: str = ".txt") -> str:
    """抽取记录_2026-01_T1.json, 抽取记录_2026-01_T1_检查对象名单.txt, 名录证明_2026-01_T1_91530102000000001N.txt"""
    kind = line("ceremony/cli", f"file-{name}") if name else ""
    alone = name in ("announced", "own-line")
    parts = [
        kind if alone else line("ceremony/cli", "file"),
        draw_id.replace("/", "_"),
        "" if alone else kind,
    ]
    return handed.tidy("_".join(one for one in parts if one) + suffix)


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
    said = _record(file)
    lists = None
    if objects or inspectors or recusals or inputs:
        if objects is None or inspectors is None:
            raise BadFile(line("ceremony/cli", "both-lists"))
        lists = Lists(*(_lines(one) for one in (objects, inspectors, recusals)))
    checks = verify(said, lists, matching(_lines(inputs)) if inputs else None)
    for check, count in Counter(checks).items():
        click.echo(sentence(check, count))
    good = all(check.ok for check in checks)
    click.echo(line("ceremony/cli", "good" if good else "bad", checks=checks, replayed=bool(lists)))
    if not good:
        raise SystemExit(1)


@verify_command.command("line", help=line("ceremony/cli", "verify-line"))
@click.argument("own", type=FILE)
@click.argument("file", type=FILE)
def verify_own_line(own: Path, file: Path) -> None:
    """Against a transcript or an announcement that itself holds; exit code 1 where either does not."""
    said, slip = _record(file), own_line.read_own_line(_read(own))
    wrong = [check for check in verify(said) if not check.ok]
    proved = verify_line(said, slip.line, slip.index, slip.path, slip.salt)
    for check in (*wrong, proved):
        click.echo(sentence(check))
    good = proved.ok and not wrong
    click.echo(line("ceremony/cli", "line-good" if good else "line-bad", own=slip, wrong=wrong))
    if not good:
        raise SystemExit(1)


def sentence(check: Check, count: int = 1) -> str:
    """`count` is how often it was checked: for each stratum, or for either side of the draw."""
    what = line("ceremony/cli", f"check-{check.what}")
    return line("ceremony/cli", "check", check=check, what=what, count=count)


def _record(file: Path) -> str:
    said = _read(file)
    try:
        known = isinstance(json.loads(said), dict)
    except (ValueError, RecursionError):
        known = False
    if not known:
        raise BadFile(line("ceremony/cli", "no-record", file=file.name))
    return said


def _lines(file: Path | None) -> tuple[str, ...]:
    return tuple(_read(file).removesuffix("\n").split("\n")) if file and _read(file) else ()


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(line("cli", "unreadable", file=file.name)) from error
