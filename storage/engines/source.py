"""Where a directory in the form id, stratum, weight, status lies: a file, or a table of a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from workflows.errors import BadInput

COLUMNS = ("id", "stratum", "weight", "status")
KINDS = {".parquet": "parquet", ".csv": "csv", ".txt": "lines"}


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet or CSV file with the four columns by name, or a .txt of DR-1 lines: id|stratum|weight|status."""

    path: Path

    @property
    def kind(self) -> str:
        kind = KINDS.get(self.path.suffix.lower())
        if kind is None:
            raise BadInput(f"“{self.path.name}”不是 .parquet、.csv 或 .txt 文件，请换成其中一种。")
        if not self.path.is_file():
            raise BadInput(f"找不到文件“{self.path}”，请核对路径。")
        return kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view with the four columns. `url` as for SQLAlchemy, `name` alone or behind its schema and a dot."""

    url: str
    name: str = "directory"

    @property
    def quoted(self) -> str:
        return ".".join('"' + part.replace('"', '""') + '"' for part in self.name.split("."))


Source = File | Table


def file_of(source: Source, engine: str) -> File:
    if isinstance(source, File):
        return source
    raise BadInput(f"{engine} 只读取文件，请给出 Parquet、CSV 或名录行文件。")


def refuse_table(table: Table, error: DBAPIError) -> BadInput:
    said = str(error.orig).strip()
    return BadInput(
        f"从表“{table.name}”读不出 {'、'.join(COLUMNS)} 四列，请核对数据库地址、表名和权限：{said}"
    )


def refuse_id(id: object) -> BadInput:
    return BadInput(f"编号“{id}”不合格式：应为1至55位字母、数字或 . _ : -，请改正后重试。")


def refuse_row(stratum: object, weight: object, status: object) -> BadInput:
    return BadInput(
        f"有一行的分层为“{stratum}”、权重为“{weight}”、状态为“{status}”，不合格式：分层不能为空，"
        "权重为1至1000000的整数，状态为 E 或 X:原因，都不能含竖线和换行。请改正后重试。"
    )


def refuse_twice(id: object) -> BadInput:
    return BadInput(f"编号“{id}”出现了不止一次，请去掉重复的行后重试。")


def refuse_order(id: object) -> BadInput:
    return BadInput(
        f"从编号“{id}”起，行没有按编号（字节序）排列。请排序后重试，或改用 duckdb、postgresql、spark。"
    )
