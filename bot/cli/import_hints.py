"""What an import tells about rows: the same sentence once, with the rows it is true of; and whether it is the right file."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import click

from bot.render import line
from storage.intake.headings import columns_of
from storage.intake.table import Intake, Rejected, Table

# So many different sentences are told; of each so many rows are named.
SENTENCES, ROWS = 10, 5


def tell_warnings(table: Table, intake: Intake[object], everything: bool) -> None:
    known = {one.text for one in intake.warnings}
    for sentence in table.warnings:
        if sentence not in known:
            click.echo(f"  {sentence}")
    _tell(((one.row, one.text) for one in intake.warnings), "more-warnings", everything)


def tell_reasons(rejected: Collection[Rejected], everything: bool) -> None:
    if rejected:
        click.echo(line("cli", "reasons-head"))
    _tell(((one.row, one.reason) for one in rejected), "more-reasons", everything)


def _tell(told: Iterable[tuple[int, str]], more: str, everything: bool) -> None:
    grouped: dict[str, list[int]] = {}
    for row, text in told:
        grouped.setdefault(text, []).append(row)
    shown = len(grouped) if everything else SENTENCES
    for text, rows in list(grouped.items())[:shown]:
        named = rows if everything else rows[:ROWS]
        click.echo(line("cli", "warning", row=rows[0], rows=named, count=len(rows), text=text))
    if len(grouped) > shown:
        click.echo(line("cli", more, count=len(grouped) - shown))


def tell_if_wrong(kind: str, table: Table, intake: Intake[object], taken: int, kinds: Iterable[str]) -> None:
    """Where nothing went in: the file holds no row, or its headings are those of another kind."""
    if taken:
        return
    if not intake.rejected:
        click.echo(line("cli", "no-rows"))
        return
    fits = {one: len(columns_of(table.headers, one)) for one in kinds}
    likelier = max(fits, key=lambda one: fits[one])
    if fits[likelier] > fits[kind]:
        click.echo(line("cli", "other-kind", kind=line("cli", f"kind-{likelier}"), word=likelier))
