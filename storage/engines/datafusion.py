"""The draw by Apache DataFusion and numpy, the quickest here: SHA-256 by the processor's own instructions, on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Any, overload

import numpy as np
import pyarrow as pa
from datafusion import SessionConfig, SessionContext
from pyarrow import compute, parquet

from storage.engines.contract import Drawn, check_key
from storage.engines.cutting import Cut, cuts
from storage.engines.reading import fold
from storage.engines.source import COLUMNS, File, Source, file_of, refuse_id, refuse_order, refuse_twice
from storage.engines.sql import DIGITS, ID_LETTERS, Cutting, Dialect, by_cuts, survey_text
from workflows.draw.quota import Quota
from workflows.draw.strata import Place
from workflows.draw.tickets import ID
from workflows.errors import BadInput

Piece = tuple[Any, Any, Any, Any]  # slots, ids, tickets, scores of the same rows
BATCH = 65_536
LONGEST = 55
DIALECT = Dialect(directory="directory", cuts="cuts", raw="sha256('{key}' || id)")
NEAR = f"""
SELECT arrow_cast(id, 'Utf8') AS id, weight, slot, highest, raw FROM (
  SELECT id, weight, slot, highest, mark, sha256('{{key}}' || id) AS raw
  FROM (SELECT *, {DIGITS} AS digits FROM directory WHERE status = 'E') AS d
  JOIN cuts ON d.stratum = cuts.stratum AND d.digits = cuts.digits
) AS hashed WHERE raw <= mark"""


class Columns(Sequence[Place]):
    """Places kept as columns: half a million of them are 40 MB so, and 150 MB as Python's objects."""

    def __init__(self, ids: Any, tickets: Any, scores: Any) -> None:
        self.ids, self.tickets, self.scores = ids, tickets, scores

    def at(self, rows: Any) -> Columns:
        return Columns(self.ids.take(rows), self.tickets[rows], self.scores[rows])

    def __len__(self) -> int:
        return len(self.scores)

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> Columns: ...
    def __getitem__(self, at: int | slice) -> Place | Columns:
        if isinstance(at, slice):
            return Columns(self.ids[at], self.tickets[at], self.scores[at])
        return Place(int(self.scores[at]), bytes(self.tickets[at]).hex(), self.ids[at].as_py())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def draw(
    source: Source, key: str, quotas: Mapping[str, Quota], *, cutting: Cutting = cuts
) -> dict[str, Drawn]:
    """As `storage.engines.python.draw`, for a Parquet file whose rows lie in the order of their ids."""
    check_key(key)
    file = file_of(source, "DataFusion")
    if file.kind != "parquet":
        raise BadInput("datafusion 只读取 Parquet 文件，请换用 python 或 duckdb。")
    check_ids(file)
    pa.default_memory_pool().release_unused()
    base = SessionContext(SessionConfig().with_target_partitions(cpu_count() or 1).with_batch_size(2048))
    base.register_parquet("directory", str(file.path))
    groups = base.sql(survey_text(DIALECT)).execute_stream()
    bands = fold(row for batch in groups for row in _rows(batch.to_pyarrow()))
    return by_cuts(lambda kept: _lowest(base, key, kept), bands, quotas, cutting)


def _rows(batch: Any) -> Iterator[Any]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _lowest(base: Any, key: str, kept: list[Cut]) -> dict[str, Columns]:
    """The rows below the cuts leave DataFusion as they come; numpy puts them in order."""
    strata = sorted({cut.stratum for cut in kept})
    if not strata:
        return {}
    needs = {cut.stratum: cut.need for cut in kept}
    _register(base, kept, {stratum: slot for slot, stratum in enumerate(strata)})
    near = base.sql(NEAR.format(key=key)).execute_stream()
    slots, columns = _joined([_within(batch.to_pyarrow()) for batch in near])
    order = _order(slots, columns.scores, columns.tickets.view(">u8").reshape(-1, 4))
    starts = np.searchsorted(slots[order], np.arange(len(strata) + 1))
    return {
        stratum: columns.at(order[start : min(end, start + needs[stratum])])
        for stratum, start, end in zip(strata, starts[:-1], starts[1:], strict=True)
    }


def _within(batch: Any) -> Piece:
    """Of a batch those up to the highest rank, in memory of their own: the batch itself may be let go."""
    hashes = batch["raw"].cast(pa.binary(32))
    tickets = np.frombuffer(hashes.buffers()[1], "V32")[hashes.offset :][: len(hashes)]
    firsts = tickets.view(">u8")[::4]
    scores = (firsts >> 12).astype(np.int64) // batch["weight"].to_numpy()
    rows = np.flatnonzero(scores <= batch["highest"].to_numpy())
    slots = batch["slot"].to_numpy()[rows].astype(np.int32)
    return slots, batch["id"].take(pa.array(rows)), tickets[rows], scores[rows]


def _joined(pieces: list[Piece]) -> tuple[Any, Columns]:
    slots, ids, tickets, scores = zip(*pieces, strict=True) if pieces else ((), (), (), ())
    return _array(slots, np.int32), Columns(
        pa.chunked_array(ids, pa.string()).combine_chunks(), _array(tickets, "V32"), _array(scores, np.int64)
    )


def _array(pieces: Sequence[Any], kind: Any) -> Any:
    return np.concatenate(pieces) if pieces else np.empty(0, kind)


def _order(slots: Any, scores: Any, words: Any) -> Any:
    """Row numbers by slot, score, ticket. One ticket belongs to one id, so the id is never asked."""
    order = np.lexsort((words[:, 0].astype(np.uint64), scores, slots))
    firsts = words[order, 0]
    if (firsts[1:] != firsts[:-1]).all():
        return order
    return np.lexsort((*(words[:, at] for at in (3, 2, 1, 0)), scores, slots))


def _register(base: Any, kept: list[Cut], slots: Mapping[str, int]) -> None:
    table = {
        "stratum": [cut.stratum for cut in kept],
        "digits": [cut.digits for cut in kept],
        "slot": [slots[cut.stratum] for cut in kept],
        "highest": [cut.rank for cut in kept],
        "mark": [bytes.fromhex(cut.mark) for cut in kept],
    }
    base.deregister_table("cuts")
    base.register_record_batches("cuts", [[pa.RecordBatch.from_pydict(table)]])


def check_ids(file: File) -> None:
    """Every id well formed and after the one before it, by bytes, so that none occurs twice."""
    try:
        count = parquet.read_metadata(file.path).num_row_groups
        with ThreadPoolExecutor(cpu_count()) as threads:
            ends = list(threads.map(lambda group: _check_group(file, group), range(count)))
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise BadInput(f"“{file.path.name}”不是含 {'、'.join(COLUMNS)} 四列的 Parquet 文件。") from error
    last = ""
    for first, final in (one for one in ends if one):
        _check_rises(last, first)
        last = final


def _check_rises(before: str, after: str) -> None:
    if after <= before:
        raise refuse_twice(after) if after == before else refuse_order(after)


def _check_group(file: File, group: int) -> tuple[str, str] | None:
    """First and last id of a row group; None for an empty one."""
    first, last = None, ""
    with parquet.ParquetFile(file.path, pre_buffer=False) as opened:
        for batch in opened.iter_batches(BATCH, row_groups=[group], columns=["id"], use_threads=False):
            ids = batch.column(0)
            _check_form(ids)
            rising = compute.less(ids[:-1], ids[1:])
            if compute.all(rising).as_py() is False:
                at = compute.index(rising, False).as_py()
                _check_rises(ids[at].as_py(), ids[at + 1].as_py())
            head = ids[0].as_py()
            _check_rises(last, head)
            first, last = first or head, ids[-1].as_py()
    return (first, last) if first else None


def _check_form(ids: Any) -> None:
    letters = np.zeros(256, bool)
    letters[list(ID_LETTERS.encode())] = True
    ends = np.frombuffer(ids.buffers()[1], np.int32)[ids.offset : ids.offset + len(ids) + 1]
    lengths = np.diff(ends)
    text = np.frombuffer(ids.buffers()[2] or b"", np.uint8)[ends[0] : ends[-1]]
    if ids.null_count or lengths.min() < 1 or lengths.max() > LONGEST or not letters[text].all():
        raise refuse_id(next(id for id in ids.to_pylist() if not ID.fullmatch(id or "")))
