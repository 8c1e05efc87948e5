"""The draw in Apache Spark, for a directory that lies on a cluster; here in local mode unless a session is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from storage.engines.contract import Drawn, check_key
from storage.engines.cutting import Cut, cuts
from storage.engines.source import COLUMNS, File, Source, file_of
from storage.engines.sql import Cutting, Dialect, draw_by
from workflows.draw.quota import Quota
from workflows.errors import BadInput

DIALECT = Dialect(
    directory="directory",
    cuts="cuts",
    raw="sha2(concat('{key}', id), 256)",
    u="CAST(conv(substr(ticket, 1, 13), 16, 10) AS BIGINT)",
    over="{u} div weight",
)
FORM = "id STRING, stratum STRING, weight INT, status STRING"
CUTS = "stratum STRING, digits INT, highest BIGINT, mark STRING, need BIGINT"


def draw(
    source: Source, key: str, quotas: Mapping[str, Quota], *, cutting: Cutting = cuts, session: Any = None
) -> dict[str, Drawn]:
    """As `storage.engines.python.draw`; the file's rows may come in any order. Needs Java 17.

    `session` is a SparkSession of the caller's, which stays open.
    """
    check_key(key)
    file = file_of(source, "Spark")
    spark = session or _local()
    try:
        _scan(spark, file).createOrReplaceTempView("directory")

        def ask(text: str, kept: list[Cut]) -> Iterator[Any]:
            spark.createDataFrame([astuple(one) for one in kept], CUTS).createOrReplaceTempView("cuts")
            yield from spark.sql(text).toLocalIterator()

        return draw_by(ask, DIALECT, key, quotas, cutting)
    except PySparkException as error:
        raise BadInput(
            f"“{file.path.name}”不能读成 {'、'.join(COLUMNS)} 四列：{error.getCondition()}"
        ) from error
    finally:
        if session is None:
            spark.stop()


def _local() -> Any:
    builder = SparkSession.builder.master("local[*]").appName("suijian")
    return builder.config("spark.ui.enabled", "false").getOrCreate()


def _scan(spark: Any, file: File) -> Any:
    path = str(file.path)
    if file.kind == "parquet":
        return spark.read.parquet(path)
    if file.kind == "csv":
        return spark.read.csv(
            path, schema=FORM, header=True, escape='"', mode="FAILFAST", enforceSchema=False
        )
    return spark.read.csv(path, schema=FORM, sep="|", quote="", mode="FAILFAST")
