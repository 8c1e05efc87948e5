"""The same draw by Spark. Run by `make test-spark`, apart from `make test`: it wants Java 17 and half a gigabyte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pyspark.sql import SparkSession

from storage.engines import spark
from storage.engines.contract import Band
from storage.engines.cutting import Cut, cuts
from storage.engines.source import File
from tests.engines.directories import FILES, KEY, Row, directories, parquet_file, plainly, quotas
from workflows.draw.quota import Quota
from workflows.errors import BadInput


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    started = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield started
    started.stop()


def test_the_forty_lines(session: Any) -> None:
    file = Path(__file__).parent / "dr1_lines.txt"
    rows = [(id, s, int(w), x) for id, s, w, x in (one.split("|") for one in file.read_text().splitlines())]
    wanted = {f"FOOD:5301:{name}": Quota(1, 10, "ceil", reserve=2) for name in "ABCD"}
    assert spark.draw(File(file), KEY, wanted, session=session) == plainly(rows, wanted)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(directories(), quotas)
def test_any_directory(tmp_path: Path, session: Any, rows: list[Row], wanted: dict[str, Quota]) -> None:
    for write in FILES:
        assert spark.draw(write(rows, tmp_path), KEY, wanted, session=session) == plainly(rows, wanted)


def test_too_few_below_the_cut_are_made_up_for(tmp_path: Path, session: Any) -> None:
    rows: list[Row] = [(f"{i:04}", "S", 1 + i % 40, "E") for i in range(300)]
    wanted = {"S": Quota(1, 10, "ceil", reserve=2)}

    def mean(bands: Iterable[Band], needs: Mapping[str, int]) -> list[Cut]:
        return cuts(bands, dict.fromkeys(needs, 2))

    file = parquet_file(rows, tmp_path)
    assert spark.draw(file, KEY, wanted, cutting=mean, session=session) == plainly(rows, wanted)


def test_bad_rows_are_refused(tmp_path: Path, session: Any) -> None:
    bad: list[list[Row]] = [[("1", "S", 1, "E")] * 2, [("1", "S", 0, "E")], [("1" * 56, "S", 1, "E")]]
    for rows in bad:
        with pytest.raises(BadInput):
            spark.draw(parquet_file(rows, tmp_path), KEY, {"S": Quota(1, 2, "ceil")}, session=session)
