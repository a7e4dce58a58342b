"""Loads a mutated raw folder as a run does, and says what became of every row and value of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from orchestration.errors import ProjectError
from orchestration.loading import land
from orchestration.loading.contract import REPORTING_CURRENCY, Table
from orchestration.loading.csv_files import LONGEST_ROW
from orchestration.settings import Settings, load_settings

from .contract_oracle import (
    ABSENT,
    BROKEN,
    DEBATABLE,
    RIGHT,
    Judgement,
    has_other_comma,
    is_same,
    judge,
    respelled,
)
from .mutated_folders import TABLES, MutatedFolder
from .warehouse import Record, Warehouse, build_order

ENDINGS = {".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".xlsm"}
STATUSES = {"accepted", "repeated", "superseded", "quarantined"}
# Reasons that follow from other rows.
OF_OTHER_ROWS = {"unknown_reference", "duplicate_key", "no_exchange_rate"}
REPORTS = ("load_report", "quarantined_rows", "corrected_values")


@dataclass(frozen=True)
class Outcome:
    """What became of a folder: refused with sentences, or its rows by status."""

    refused: str = ""
    rows: Mapping[str, int] | None = None
    values_set_null: int = 0


class Loader:
    """Loads folder after folder into one database in memory, by the project's loader and base models."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = Warehouse(marts=(*REPORTS, *(f"base_{name}" for name in TABLES)))
        # Folder after folder writes other files of the same names, which a run never does.
        self.warehouse.connection.execute("set enable_external_file_cache = false")
        self.has_corrections = any(node["name"] == "corrected_values" for node in self.warehouse.nodes)

    def load(self, mutated: MutatedFolder, *, with_reports: bool = False) -> Outcome:
        """Land the folder and judge its rows; `with_reports` builds the load report and its companions too.

        Raises:
            AssertionError: something was lost, changed, or refused without saying which file it was.
        """
        settings = self._written(mutated)
        try:
            land(settings, self.warehouse.connection, "run")
        except ProjectError as error:
            said = str(error)
            assert mutated.mutations, f"A folder that is right was refused: {said}"
            assert_sentences(said, mutated)
            return Outcome(refused=said)
        landed = self._landed(mutated)
        names = REPORTS if with_reports else (f"base_{mutated.table}",)
        for key in build_order(self.warehouse.manifest, names):
            node = self.warehouse.manifest["nodes"][key]
            if node["resource_type"] == "model":
                self.warehouse.run(node)
        outcome = self._judged(mutated, landed)
        if with_reports:
            self._assert_reports(outcome, mutated.table)
        return outcome

    def _written(self, mutated: MutatedFolder) -> Settings:
        raw = self.folder / "raw"
        shutil.rmtree(raw, ignore_errors=True)
        for name, body in mutated.files.items():
            path = raw / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        return load_settings(
            {
                "CSKPI_RAW_DIR": str(raw),
                "CSKPI_WAREHOUSE_DIR": str(self.folder / "warehouse"),
                "CSKPI_REPORTING_TIMEZONE": mutated.timezone,
                "CSKPI_CSV_ENCODING": mutated.encoding,
                "CSKPI_AS_OF_DATE": "2024-06-30",
            }
        )

    def _landed(self, mutated: MutatedFolder) -> list[Record]:
        """The landed rows of the mutated table, which are those that the files hold."""
        connection = self.warehouse.connection
        found = connection.execute(f"select * from raw.{mutated.table} order by _file_name, _row_number")
        columns = [column[0] for column in found.description]
        landed = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        counted = connection.execute(
            "select rows_read from raw.loaded_tables where table_name = $name", {"name": mutated.table}
        ).fetchall()
        assert counted == [(len(landed),)], f"{counted} rows were counted and {len(landed)} landed"
        by_file = Counter(str(row["_file_name"]) for row in landed)
        for name, body in mutated.files.items():
            if not is_read(name, mutated.table):
                continue
            expected = rows_of(name, body, mutated.encoding, mutated.table)
            rows = [row for row in landed if row["_file_name"] == name]
            by_file.pop(name, None)
            if expected is None:
                # Readers of Parquet differ in which damage to a footer they overlook.
                assert name.endswith(".parquet"), f"{name} was landed and cannot be read otherwise"
                continue
            assert len(rows) == len(expected), f"{name}: {len(rows)} rows landed of {len(expected)}"
            with_commas = commas_that_mark_no_thousands(name, body, expected, TABLES[mutated.table])
            for row, right in zip(rows, expected, strict=True):
                assert_same_texts(row, right, TABLES[mutated.table], with_commas)
        assert not by_file, f"rows of no file: {by_file}"
        return landed

    def _judged(self, mutated: MutatedFolder, landed: list[Record]) -> Outcome:
        """Every landed row has a status, and each value is right, NULL and counted, or quarantined."""
        table = TABLES[mutated.table]
        based = {
            (row["_file_name"], row["_row_number"]): row for row in self.warehouse.rows(f"base_{table.name}")
        }
        total = len(self.warehouse.rows(f"base_{table.name}"))
        assert len(based) == total == len(landed), f"{total} rows were judged of {len(landed)}"
        columns = {column.name: column for column in table.columns}
        nulls = 0
        for row in landed:
            base = based[row["_file_name"], row["_row_number"]]
            assert base["row_status"] in STATUSES, base
            judged = {
                name: judge(row[name], column, mutated.timezone, row) for name, column in columns.items()
            }
            if base["row_status"] == "quarantined":
                assert_reason(base, judged, columns)
                continue
            unknown = set_null = 0
            for name, judgement in judged.items():
                column, found = columns[name], base[name]
                lost = found is None and judgement.verdict != ABSENT
                if judgement.verdict == ABSENT:
                    is_optional = any(
                        base[other] in values for other, values in column.optional_where.items()
                    )
                    assert is_optional or not column.required, f"{name} is missing in an accepted row: {base}"
                    is_default = column.default in (found, REPORTING_CURRENCY)
                    assert found is None or is_default, f"{name} was absent and is {found!r}"
                elif lost and column.references and judgement.verdict == RIGHT:
                    unknown += 1
                elif lost:
                    assert judgement.verdict in (BROKEN, DEBATABLE), (
                        f"{name}: {row[name]!r} is right and became NULL"
                    )
                    set_null += 1
                else:
                    assert judgement.verdict in (RIGHT, DEBATABLE), (
                        f"{name}: {row[name]!r} is broken, became {found!r}"
                    )
                    is_right = judgement.value is None or is_same(found, judgement.value)
                    assert is_right, f"{name}: {row[name]!r} became {found!r}, not {judgement.value!r}"
            assert base["unknown_references"] >= unknown, (
                f"{unknown} references became NULL uncounted: {base}"
            )
            listed = base.get("values_set_null", 0)
            assert listed == set_null, f"{set_null} values became NULL and {listed} are counted: {row}"
            nulls += set_null
        return Outcome(rows=Counter(str(row["row_status"]) for row in based.values()), values_set_null=nulls)

    def _assert_reports(self, outcome: Outcome, table: str) -> None:
        """Rows read = accepted + repeated + superseded + quarantined, and each of the last is listed."""
        connection = self.warehouse.connection
        report = self.warehouse.relation("load_report")
        lost = connection.execute(
            f"select table_name from {report} where rows_read"
            " is distinct from rows_accepted + rows_repeated + rows_superseded + rows_quarantined"
        ).fetchall()
        assert not lost, f"the load report does not add up: {lost}"
        for mart, counted in (
            ("quarantined_rows", "rows_quarantined"),
            ("corrected_values", "values_set_null"),
        ):
            if mart == "corrected_values" and not self.has_corrections:
                continue
            rows = connection.execute(
                f"select (select count(*) from {self.warehouse.relation(mart)} where table_name = $name),"
                f" (select {counted} from {report} where table_name = $name)",
                {"name": table},
            ).fetchall()
            assert rows[0][0] == rows[0][1], (
                f"{mart} lists {rows[0][0]} and the load report says {rows[0][1]}"
            )


def is_read(name: str, table: str) -> bool:
    """Whether a file of the raw folder is one of the table."""
    first, *rest = name.split("/")
    if any(part.startswith((".", "_")) for part in (first, *rest)):
        return False
    return first == table if rest else plain_name(first)[0] == table and plain_name(first)[1] in ENDINGS


def plain_name(name: str) -> tuple[str, str]:
    """A name without the ending of its packing, and the ending of its format."""
    unpacked = re.sub(r"[.](gz|zip)$", "", Path(name).name, flags=re.IGNORECASE)
    return Path(unpacked).stem, Path(unpacked).suffix.casefold()


def rows_of(name: str, body: bytes, encoding: str, table: str) -> list[dict[str, object]] | None:
    """The rows of a file as other readers than DuckDB see them; None where it is none of its format."""
    suffix = plain_name(name)[1]
    try:
        if name.casefold().endswith(".gz"):
            body = gzip.decompress(body)
        if name.casefold().endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                body = archive.read(archive.namelist()[0])
        if suffix in (".csv", ".tsv"):
            return list(_csv_rows(body, encoding, table))
        if suffix == ".jsonl":
            # Any white space may end a line, also that which is none in JSON.
            lines = map(str.strip, body.decode("utf-8-sig").split("\n"))
            return [json.loads(line) for line in lines if line]
        return pq.read_table(io.BytesIO(body)).to_pylist()
    except (ValueError, csv.Error, OSError, KeyError):
        return None


def _csv_rows(body: bytes, encoding: str, table: str) -> Iterator[dict[str, object]]:
    text = _text_of(body, encoding)
    usual = csv.field_size_limit(LONGEST_ROW)
    try:
        separator = _separator(text, table)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
        header = [column.strip() for column in next(reader)]
        for row in reader:
            if row:
                yield dict(zip(header, row, strict=True))
    finally:
        csv.field_size_limit(usual)


def _text_of(body: bytes, encoding: str) -> str:
    if body.startswith(b"\xef\xbb\xbf") or encoding.replace("_", "-").lower() == "utf-8":
        return body.decode("utf-8-sig")
    if encoding != "auto":
        return body.decode(encoding)
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp932")


def _separator(text: str, table: str) -> str:
    """What gives the header most columns of the contract, then most columns, then the first of these."""
    known = set(TABLES[table].column_names)
    counted = []
    for separator in ",;\t":
        try:
            names = next(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator))
        except csv.Error:
            names = []
        counted.append((len({name.strip() for name in names} & known), len(names), separator))
    return max(counted, key=lambda found: found[:2])[2]


def commas_that_mark_no_thousands(
    name: str, body: bytes, rows: list[dict[str, object]], table: Table
) -> set[str]:
    """The columns of numbers of a CSV file in which no comma marks thousands."""
    if plain_name(name)[1] not in (".csv", ".tsv"):
        return set()
    numbers = [column.name for column in table.columns if re.match("bigint|decimal", column.data_type)]
    is_semicolons = not any(b"," in line for line in body.splitlines()[:1]) and b";" in body
    return {
        column
        for column in numbers
        if is_semicolons or any(has_other_comma(str(row.get(column) or "")) for row in rows)
    }


def assert_same_texts(
    landed: Record, expected: Mapping[str, object], table: Table, with_commas: set[str]
) -> None:
    """A landed row holds what the file says, in its plain spelling; an empty text may be NULL."""
    columns = {column.name: column for column in table.columns}
    for name, found in landed.items():
        if name in ("_file_name", "_row_number"):
            continue
        right = expected.get(name)
        if right is None or right == "":
            assert found in (None, ""), f"{name}: {right!r} landed as {found!r}"
        elif isinstance(right, bool):
            assert str(found).lower() == str(right).lower(), f"{name}: {right!r} landed as {found!r}"
        elif isinstance(right, float):
            assert found is not None, f"{name}: {right!r} landed as NULL"
            assert float(str(found)) == right, f"{name}: {right!r} landed as {found!r}"
        elif isinstance(right, str):
            plain = respelled(right, columns[name], are_commas_thousands=name not in with_commas)
            assert found == plain, f"{name}: {right!r} landed as {found!r}, not {plain!r}"
        elif isinstance(right, int):
            assert str(found) == str(right), f"{name}: {right!r} landed as {found!r}"
        else:
            assert found is not None, f"{name}: {right!r} landed as NULL"


def assert_reason(base: Record, judged: Mapping[str, Judgement], columns: Mapping[str, object]) -> None:
    """A quarantined row has a reason that is true."""
    reason, name = base["quarantine_reason"], base["reason_column"]
    if reason in OF_OTHER_ROWS:
        return
    assert name in columns, f"quarantined for {reason!r} in {name!r}"
    verdict = judged[str(name)].verdict
    is_true = verdict in (BROKEN, DEBATABLE) or (verdict == ABSENT and reason == "missing_required_value")
    assert is_true, f"quarantined for {reason} in {name}, which is {verdict}: {base}"


def assert_sentences(said: str, mutated: MutatedFolder) -> None:
    """A refusal names the file, ends each line as a sentence does, and shows nothing of Python."""
    names = [*mutated.files, mutated.table]
    assert any(name in said for name in names), f"no file is named: {said}"
    assert "Traceback" not in said, said
    for line in said.splitlines():
        assert line.strip(), f"a blank line: {said!r}"
