"""Rows of a Parquet file, a batch in memory at a time. Imported only where there is such a file."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from storage.engines.source import File
from workflows.errors import BadInput

BATCH = 20_000


def rows(file: File, columns: Sequence[str]) -> Generator[Any, None, None]:
    try:
        with parquet.ParquetFile(file.path, pre_buffer=False) as opened:
            for batch in opened.iter_batches(BATCH, columns=list(columns), use_threads=False):
                yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
    except (pa.ArrowException, KeyError) as error:
        raise BadInput(f"“{file.path.name}”不是含 {'、'.join(columns)} 四列的 Parquet 文件。") from error
