"""One draw, whichever engine draws it (DR-1, "Bytes" and "SQL shape")."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from storage.engines import datafusion, duckdb, postgresql, python
from storage.engines.contract import Band, Drawn
from storage.engines.cutting import Cut, cuts, whole
from storage.engines.source import File, Source, Table
from tests.databases import server
from tests.engines.directories import (
    FILES,
    KEY,
    Row,
    csv_file,
    directories,
    lines_file,
    parquet_file,
    plainly,
    postgresql_tables,
    quotas,
    sqlite_table,
)
from workflows.draw.quota import Quota
from workflows.errors import BadInput

HERE = Path(__file__).parent
Write = Callable[[Sequence[Row]], Table]
HALF = {"S": Quota(1, 2, "ceil", reserve=2)}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Write]:
    with postgresql_tables(tmp_path_factory.mktemp("pg")) as write:
        yield write


def everywhere(
    rows: Sequence[Row], wanted: Mapping[str, Quota], table: Write
) -> dict[str, dict[str, Drawn] | str]:
    """Engine and form -> what it drew, or the sentence with which it refused."""

    def tried(draw: Callable[..., dict[str, Drawn]], source: Source) -> dict[str, Drawn] | str:
        try:
            return draw(source, KEY, wanted)
        except BadInput as error:
            return str(error)

    with TemporaryDirectory() as name:
        folder = Path(name)
        files = [write(rows, folder) for write in FILES]
        result = {f"python {file.kind}": tried(python.draw, file) for file in files}
        result |= {f"duckdb {file.kind}": tried(duckdb.draw, file) for file in files}
        result["datafusion"] = tried(datafusion.draw, files[0])
        result["python sqlite"] = tried(python.draw, sqlite_table(rows, folder))
    result["python postgresql"] = tried(python.draw, table(rows))
    result["postgresql"] = tried(postgresql.draw, table(rows))
    return result


def agree(rows: Sequence[Row], wanted: Mapping[str, Quota], table: Write) -> dict[str, Drawn]:
    expected = plainly(rows, wanted)
    for engine, found in everywhere(rows, wanted, table).items():
        assert found == expected, engine
    return expected


def many(n: int, weight: int = 1) -> list[Row]:
    return [(f"{i:07}", "S", weight, "E") for i in range(n)]


def test_the_forty_lines_are_drawn_as_published(table: Write) -> None:
    published = json.loads((HERE / "dr1_result.json").read_text())
    lines = (HERE / "dr1_lines.txt").read_text().splitlines()
    rows = [(id, s, int(w), status) for id, s, w, status in (line.split("|") for line in lines)]
    percent = {"A": 1, "B": 3, "C": 10, "D": 50}
    wanted = {f"FOOD:5301:{name}": Quota(one, 100, "ceil", reserve=2) for name, one in percent.items()}
    assert published["key"] == KEY
    for engine, found in everywhere(rows, wanted, table).items():
        assert isinstance(found, dict), (engine, found)
        shown = {
            stratum: {
                "n": one.n,
                "k": one.k,
                "selected": [place.id for place in one.selected],
                "threshold": one.threshold and one.threshold.ticket,
                "substitutes": [place.id for place in one.reserve],
            }
            for stratum, one in found.items()
        }
        assert shown == published["result"], engine


def test_any_directory_is_drawn_alike_by_all(table: Write) -> None:
    @settings(max_examples=25)
    @given(directories(), quotas)
    def check(rows: list[Row], wanted: dict[str, Quota]) -> None:
        agree(rows, wanted, table)

    check()


@pytest.mark.parametrize(
    ("quota", "k"),
    [
        (Quota(0, 1, "ceil"), 0),
        (Quota(0, 1, "ceil", reserve=3), 0),
        (Quota(1, 1, "floor", reserve=3), 30),
        (Quota(1, 7, "floor"), 4),
        (Quota(1, 7, "ceil"), 5),
        (Quota(1, 7, "ceil", least=9), 9),
        (Quota(1, 2, "ceil", most=3), 3),
        (Quota(1, 2, "ceil", least=5, most=3), 3),
        (Quota(0, 1, "ceil", least=99), 30),
    ],
)
def test_how_many(quota: Quota, k: int, table: Write) -> None:
    drawn = agree(many(30), {"S": quota}, table)["S"]
    assert (drawn.n, drawn.k) == (30, k)
    assert drawn.threshold == (drawn.selected[-1] if k else None)


def test_nothing_to_draw_from(table: Write) -> None:
    excluded: list[Row] = [("1", "S", 1, "X:DEREG"), ("2", "S", 5, "X:INSPECTED-2026")]
    for rows in ([], excluded):
        drawn = agree(rows, HALF, table)["S"]
        assert (drawn.n, drawn.k, drawn.threshold, len(drawn.reserve)) == (0, 0, None, 0)


def test_risk_weights_over_their_whole_range(table: Write) -> None:
    rows: list[Row] = [(f"{i:04}", "S", 10 ** (i % 7), "E") for i in range(1500)]
    drawn = agree(rows, {"S": Quota(1, 20, "ceil", reserve=5)}, table)["S"]
    assert drawn.k == 75


def test_the_cut_leaves_only_few_rows_to_sort() -> None:
    bands = [Band("S", 1, n=100_000, total=300_000, lightest=1, heaviest=5)]
    (cut,) = cuts(bands, {"S": 1000})
    # Of rows with weight w the share (rank + 1) w / 2^52 lies below: 1,000 wanted, six deviations of 32 more.
    expected = 300_000 * (cut.rank + 1) / 2**52
    assert 1000 < expected < 1250
    assert cut.mark == f"{(cut.rank + 1) * 5 - 1:013x}" + "f" * 51


def test_too_few_below_the_cut_are_made_up_for(tmp_path: Path, table: Write) -> None:
    rows = [*many(300), *((f"T{i:03}", "T", 1 + i % 40, "E") for i in range(300))]
    wanted = {name: Quota(1, 10, "ceil", reserve=2) for name in "ST"}
    expected = plainly(rows, wanted)
    asked: list[list[str]] = []

    def mean(bands: Iterable[Band], needs: Mapping[str, int]) -> list[Cut]:
        """Hardly anything of S passes, all of T does."""
        kept = [*cuts([b for b in bands if b.stratum == "S"], {"S": 3}), *whole(bands, {**needs, "S": 0})]
        asked.append(sorted({cut.stratum for cut in kept}))
        return kept

    assert duckdb.draw(parquet_file(rows, tmp_path), KEY, wanted, cutting=mean) == expected
    assert datafusion.draw(parquet_file(rows, tmp_path), KEY, wanted, cutting=mean) == expected
    assert postgresql.draw(table(rows), KEY, wanted, cutting=mean) == expected
    assert asked == [["S", "T"]] * 3


def test_more_rows_than_python_keeps(tmp_path: Path) -> None:
    rows = many(5000, weight=3)
    wanted = {"S": Quota(1, 100, "ceil", reserve=4)}
    assert python.draw(lines_file(rows, tmp_path), KEY, wanted) == plainly(rows, wanted)


BAD = {
    "twice": ([("1", "S", 1, "E"), ("1", "S", 1, "E")], "“1”出现了不止一次"),
    "twice in two strata": ([("1", "S", 1, "E"), ("1", "S", 2, "X:A")], "“1”出现了不止一次"),
    "id too long": ([("1" * 56, "S", 1, "E")], "应为1至55位"),
    "id empty": ([("", "S", 1, "E")], "应为1至55位"),
    "id full-width": ([("９１", "S", 1, "E")], "应为1至55位"),
    "weight nought": ([("1", "S", 0, "E")], "权重为1至1000000的整数"),
    "weight too great": ([("1", "S", 1_000_001, "E")], "权重为1至1000000的整数"),
    "status unknown": ([("1", "S", 1, "e")], "状态为 E 或 X:原因"),
    "status without reason": ([("1", "S", 1, "X:")], "状态为 E 或 X:原因"),
    "stratum without quota": ([("1", "T", 1, "E")], "“T”没有抽取比例"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_stops_every_engine(name: str, table: Write) -> None:
    rows, sentence = BAD[name]
    for engine, found in everywhere(rows, HALF, table).items():
        assert isinstance(found, str) and sentence in found, (engine, found)


def test_what_streams_wants_the_order_of_the_ids(tmp_path: Path) -> None:
    rows: list[Row] = [*many(9), ("0", "S", 1, "E")]
    for draw in (python.draw, datafusion.draw):
        with pytest.raises(BadInput, match="从编号“0”起，行没有按编号"):
            draw(parquet_file(rows, tmp_path), KEY, HALF)
    assert duckdb.draw(parquet_file(rows, tmp_path), KEY, HALF) == plainly(rows, HALF)


def test_a_row_group_does_not_begin_with_the_id_the_last_one_ended_with(tmp_path: Path) -> None:
    rows = many(7)
    with pytest.raises(BadInput, match="出现了不止一次"):
        datafusion.draw(parquet_file([*rows, rows[-1]], tmp_path), KEY, HALF)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("id,stratum,status\n1,S,E\n")
    (tmp_path / "d.parquet").write_bytes(b"none")
    (tmp_path / "d.xlsx").touch()
    for name in ("d.csv", "d.parquet", "d.xlsx", "gone.csv"):
        for draw in (python.draw, duckdb.draw):
            with pytest.raises(BadInput, match=r"四列|换成其中一种|找不到文件"):
                draw(File(tmp_path / name), KEY, HALF)
    with pytest.raises(BadInput, match="四列"):
        datafusion.draw(File(tmp_path / "d.parquet"), KEY, HALF)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_bytes("id,stratum,weight,status\n1,甲,1,E\n".encode("gbk"))
    (tmp_path / "d.txt").write_bytes("1|甲|1|E\n".encode("gbk"))
    for name in ("d.csv", "d.txt"):
        for draw in (python.draw, duckdb.draw):
            with pytest.raises(BadInput, match=f"{name}.*(UTF-8|四列)"):
                draw(File(tmp_path / name), KEY, HALF)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="“nowhere”"):
        python.draw(Table(f"sqlite:///{tmp_path / 'd.db'}", "nowhere"), KEY, HALF)
    with pytest.raises(BadInput, match="“nowhere”"):
        postgresql.draw(Table(server().render_as_string(hide_password=False), "nowhere"), KEY, HALF)


def test_the_key_is_checked_first(tmp_path: Path) -> None:
    file = csv_file(many(3), tmp_path)
    for draw in (python.draw, duckdb.draw):
        with pytest.raises(BadInput, match="64位小写"):
            draw(file, KEY.upper(), HALF)
