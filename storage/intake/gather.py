"""The one way every kind of table is taken in: row by row, a reason for each row refused, one entry per identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from storage.intake.cells import NOTHING, half_width
from storage.intake.headings import KINDS, columns_of, plain
from storage.intake.table import Entry, Intake, Progress, Rejected, Row, Table, Warned
from workflows.errors import BadInput

Fields = Mapping[str, str]
Warn = Callable[[str], None]
Read = Callable[[Fields, Warn], Entry]

# Several columns may carry these, and all of them count.
_GATHERED = frozenset({"tags", "expertise"})
# Columns that end up in a field of another name.
_STANDS_FOR = {"number": "id", "serial": "id", "part": "name", "skill": "note", "landline": "phone"}
_STEP = 200


def gather(
    table: Table,
    kind: str,
    read: Read[Entry],
    key: Callable[[Entry], str],
    progress: Progress,
    silent: Mapping[str, str],
) -> Intake[Entry]:
    """Read every row with `read`, whose BadInput becomes the row's reason.

    Of two rows with one `key` the later stands, as in an update; the earlier is refused, naming the later.
    `progress` is told the number of rows done. `silent` says, per field, what to warn of when no column carries it.
    """
    accepted: list[tuple[int, Entry]] = []
    rejected: list[Rejected] = []
    columns = columns_of(table.headers, kind)
    missing = [text for field, text in silent.items() if field not in columns]
    warnings = [Warned(0, text) for text in (*table.warnings, *_unused(table, kind), *missing)]
    for done, (row, fields) in enumerate(each_row(table, kind), 1):
        said: list[str] = []
        try:
            accepted.append((row.number, read(fields, said.append)))
            warnings += [Warned(row.number, text) for text in said]
        except BadInput as reason:
            rejected.append(Rejected(row.number, str(reason), row.cells))
        if done % _STEP == 0:
            progress(done)
    progress(len(table.rows))
    spoken = frozenset(_STANDS_FOR.get(field, field) for field in columns)
    return _later_stands(table, Intake(tuple(accepted), tuple(rejected), tuple(warnings), spoken), key)


def each_row(table: Table, kind: str) -> Iterable[tuple[Row, dict[str, str]]]:
    """Every row with its fields by name; a field the table has no column for is ""."""
    columns = columns_of(table.headers, kind)
    blank = dict.fromkeys(KINDS[kind], "")
    for row in table.rows:
        yield row, blank | {field: _field(field, row, places) for field, places in columns.items()}


def refuse(table: Table, intake: Intake[Entry], reasons: Mapping[int, str]) -> Intake[Entry]:
    """The intake without the rows named, which are refused for the reason given (row number -> reason)."""
    cells = {row.number: row.cells for row in table.rows if row.number in reasons}
    refused = [Rejected(number, reason, cells[number]) for number, reason in reasons.items()]
    return replace(
        intake,
        accepted=tuple(pair for pair in intake.accepted if pair[0] not in reasons),
        rejected=tuple(sorted((*intake.rejected, *refused), key=lambda one: one.row)),
        warnings=tuple(one for one in intake.warnings if one.row not in reasons),
    )


def needed(fields: Fields, field: str, what: str, rule: str) -> str:
    """A field that may not be missing; "/" and "无" are missing too. Raises BadInput naming the rule."""
    text = given(fields[field])
    if not text:
        raise BadInput(f"没有{what}：请补填后再导入（规则 {rule}）")
    return text


def given(text: str) -> str:
    """The text, or "" where it is only a sign for nothing."""
    return "" if half_width(text).lower() in NOTHING else text


def _later_stands(table: Table, intake: Intake[Entry], key: Callable[[Entry], str]) -> Intake[Entry]:
    last = {key(entry): number for number, entry in intake.accepted}
    earlier = {
        number: f"与第 {last[key(entry)]} 行是同一个（{key(entry)}），以后一行为准"
        for number, entry in intake.accepted
        if last[key(entry)] != number
    }
    return refuse(table, intake, earlier) if earlier else intake


def _field(field: str, row: Row, columns: tuple[int, ...]) -> str:
    texts = [row.cells[at] for at in columns if row.cells[at]]
    return "；".join(texts) if field in _GATHERED else next(iter(texts), "")


def _unused(table: Table, kind: str) -> tuple[str, ...]:
    used = {at for places in columns_of(table.headers, kind).values() for at in places}
    names = [h for at, h in enumerate(table.headers) if at not in used and h and plain(h) != "序号"]
    return (f"没有用到的列：{'、'.join(names)}",) if names else ()
