"""The one way every kind of table is taken in: row by row, a reason for each row refused, one entry per identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from storage.intake.cells import NOTHING, half_width
from storage.intake.headings import KINDS, REJECTED, columns_of, plain
from storage.intake.table import Entry, Intake, Progress, Rejected, Row, Table, Warned
from workflows.errors import BadInput

Fields = Mapping[str, str]
Warn = Callable[[str], None]
Read = Callable[[Fields, Warn], Entry]

# Several columns may carry these, and all of them count.
_GATHERED = frozenset({"tags", "expertise", "qualifications", "recusals"})
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
    warnings = on_the_whole(table, kind, silent)
    done, spot = 0, culprit(table.headers, kind)
    for done, (row, fields) in enumerate(each_row(table, kind), 1):
        said: list[str] = []
        watched = Watched(fields)
        try:
            accepted.append((row.number, read(watched, said.append)))
            warnings += [Warned(row.number, text) for text in said]
        except BadInput as reason:
            rejected.append(Rejected(row.number, str(reason), row.cells, *spot(watched)))
        if done % _STEP == 0:
            progress(done)
    progress(done)
    taken = Intake(tuple(accepted), tuple(rejected), tuple(warnings), spoken(table, kind))
    return _later_stands(table, taken, key)


class Watched(dict[str, str]):
    """Fields that remember in what order they were asked for: of a row refused, the last one is what is wrong."""

    asked: tuple[str, ...] = ()

    def __getitem__(self, field: str) -> str:
        self.asked = (*self.asked, field)
        return super().__getitem__(field)


def culprit(headers: Sequence[str], kind: str) -> Callable[[Watched], tuple[str, str]]:
    """The heading over what is wrong, and what stands there; of a column the file lacks, the heading it should have."""
    columns = columns_of(headers, kind)

    def spot(fields: Watched) -> tuple[str, str]:
        asked = fields.asked
        there = [field for field in asked if field in columns]
        if not asked:
            return "", ""
        # 注册号 is asked for only where 统一社会信用代码 says nothing.
        if asked[-1] in columns or (asked[-1] == "number" and there):
            return headers[columns[there[-1]][0]], fields.get(there[-1], "")
        return KINDS[kind][asked[-1]][0], ""

    return spot


def on_the_whole(table: Table, kind: str, silent: Mapping[str, str]) -> list[Warned]:
    """What is to be said about the file and not about a row of it."""
    columns = columns_of(table.headers, kind)
    missing = [text for field, text in silent.items() if field not in columns]
    return [Warned(0, text) for text in (*table.warnings, *_unused(table, kind), *missing)]


def spoken(table: Table, kind: str) -> frozenset[str]:
    """The fields of the entry that the file says something about."""
    return frozenset(_STANDS_FOR.get(field, field) for field in columns_of(table.headers, kind))


def each_row(table: Table, kind: str) -> Iterable[tuple[Row, dict[str, str]]]:
    """Every row with its fields by name; a field the table has no column for is ""."""
    read = fields_of(table.headers, kind)
    return ((row, read(row.cells)) for row in table.rows)


def fields_of(headers: Iterable[str], kind: str) -> Callable[[Sequence[str]], dict[str, str]]:
    """What takes the cells of a row apart, its columns looked up once."""
    columns = columns_of(headers, kind)
    blank = dict.fromkeys(KINDS[kind], "")
    single = [(field, at) for field, (at, *more) in columns.items() if not more]
    several = [(field, places) for field, places in columns.items() if len(places) > 1]

    def read(cells: Sequence[str]) -> dict[str, str]:
        found = blank.copy()
        for field, at in single:
            found[field] = cells[at]
        for field, places in several:
            found[field] = _field(field, cells, places)
        return found

    return read


def refuse(
    table: Table, intake: Intake[Entry], reasons: Mapping[int, str], heading: str = ""
) -> Intake[Entry]:
    """The intake without the rows named, which are refused for the reason given (row number -> reason).

    `heading` is the column at fault, where it is one.
    """
    cells = {row.number: row.cells for row in table.rows if row.number in reasons}
    at = table.headers.index(heading) if heading in table.headers else None
    refused = [
        Rejected(number, reason, cells[number], heading, "" if at is None else cells[number][at])
        for number, reason in reasons.items()
    ]
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


def _field(field: str, cells: Sequence[str], columns: tuple[int, ...]) -> str:
    texts = [cells[at] for at in columns if cells[at]]
    return "；".join(texts) if field in _GATHERED else next(iter(texts), "")


def _unused(table: Table, kind: str) -> tuple[str, ...]:
    used = {at for places in columns_of(table.headers, kind).values() for at in places}
    names = [
        h
        for at, h in enumerate(table.headers)
        if at not in used and h not in ("", *REJECTED) and plain(h) != "序号"
    ]
    return (f"没有用到的列：{'、'.join(names)}",) if names else ()
