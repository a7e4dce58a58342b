"""Raw folders that are right but for one or several mutations, drawn by hypothesis so that a failure shrinks.

A folder holds the required tables and one table that is mutated: its values, header, format, encoding,
separator, quotes, line ends, file names or single bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from orchestration.loading import read_contract
from orchestration.loading.contract import RECORDED_AT, Column, Table

from .raw_folder import REQUIRED

TABLES = {table.name: table for table in read_contract().tables}
# What keys and references are drawn from: few, so that keys repeat and references meet.
IDS = ["a1", "a2", "p1", "i1", "s1", "a3", " a1 "]
REFERENCES = {
    "accounts.account_id": ["a1", "a2", "a1", "a2", "a1 ", "a3"],
    "plans.plan_id": ["p1", "p1", "p1", "p2"],
}
RIGHT_TEXTS = {
    "boolean": ["true", "false", "Yes", "0"],
    "bigint": ["1", "2", "3", "5"],
    "timestamp": [
        *("2024-01-05", "2024-02-29T23:59:59Z", "2024-03-10 02:30:00", "2024-03-10T02:30+09:00"),
        *("2024/1/5 9:05", "2024年1月5日"),
    ],
    "date": ["2024-01-05", "2024-02-29", "2024/2/9"],
    "varchar": ["month", "USD", "enterprise", "東京", "O'Brien", "NULL", "x, y", 'the "one"', "two\nlines"],
    "decimal": ["1", "0.5", "0.25", "10.50", "+1", "１"],  # noqa: RUF001
}
HOSTILE_TEXTS = [
    *("", " ", "\u3000", "\u00a0", "\t", "\n", "\r\n", "NULL", "null", "None", "N/A", "-", "#REF!", "=1+1"),
    *("NaN", "nan", "inf", "-Infinity", "0", "-0", "+5", "-1", "1e5", "1E-3", "1e400", "1.e2", "1.", ".5"),
    *(
        "1,000",
        "¥10,000",
        "10,000円",
        "\\10,000",
        "1,5",
        "1,50",
        "0,123",
        "12,34,567",
        "￥１，０００",  # noqa: RUF001
        "1_000",
        "1 000",
        "1.000,50",
        "\uff11\uff12",
        "\u0663",
        "0x1F",
        "1.5.2",
        "1/2",
        "50%",
        "$5",
        "--5",
    ),
    *(
        "99999999999999999999999999",
        "9223372036854775807",
        "9223372036854775808",
        "0.0000000001",
        "5.0",
        "5.5",
    ),
    *("0." + "9" * 60, "1" * 400, "true ", "TRUE", "wahr", "2", "t"),
    *("2024-02-30", "2023-02-29", "0001-01-01", "1969-12-31", "9999-12-31", "10000-01-01", "-0044-03-15"),
    *(
        "2024-1-5",
        "2024/01/05",
        "2024/1/5 9:00",
        "05/01/2024",
        "2024年1月5日",
        "2024年 1月5日 9:05",
        "２０２４／１／５",  # noqa: RUF001
        "2024/13/1",
        "2024-10-5 9:05",
        "2024/1/5 9:05+09:00",
        "2024/1-5",
        "20240105",
        "2024-W01-1",
        "2024-01",
    ),
    *(
        "2024-01-05T25:00",
        "2024-01-05T24:00:00",
        "2024-01-05T23:59:60",
        "2024-01-05T10",
        "2024-01-05 10:00:00.1234567",
    ),
    *(
        "2024-01-05T10:00:00+15:00",
        "2024-01-05T10:00:00+0900",
        "2024-01-05T10:00 UTC",
        "2024-01-05T10:00 Asia/Tokyo",
    ),
    *("1704412800", "45296", "today", "now", "epoch", "infinity", "2024-03-10T02:30:00-12:00 "),
    *(
        "'; drop table raw.accounts; --",
        '{"a": 1}',
        "[1]",
        "a,b",
        'a"b',
        '"',
        '""',
        "a;b",
        "a\tb",
        "\\",
        '\\"',
    ),
    *(
        "\x01",
        "\x01\x02",
        "\x7f",
        "\u200b",
        "\ufeff",
        "\u202e",
        "\U0001f600",
        "e\u0301",
        "ß",
        "İ",
        "%s",
        "{}",
        "$name",
    ),
    *("~", "①", "髙", "—", "x" * 3_000),
]
SEPARATORS = [";", "\t", "|", ":", " "]
ENCODINGS = ["utf-8-sig", "cp932", "cp1252", "utf-16", "utf-16-le", "utf-32", "shift_jis", "euc-jp"]
TIMEZONES = ["UTC", "Asia/Tokyo", "America/New_York", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo"]
LINE_ENDS = ["\r\n", "\r", "\n\n", "\n\r", "\u2028", "\x0b"]
STRAY_BYTES = [
    b"\x00",
    b'"',
    b"\r",
    b"\n",
    b",",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\x1a",
    b"\\",
    b"'",
    b"{",
    b"\n\n\n",
    b" ",
]

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class MutatedFolder:
    """A raw folder as bytes by file name, and the settings that it is loaded with.

    `mutations` names what was done to it; a folder without any must load.
    """

    table: str
    files: Mapping[str, bytes]
    mutations: tuple[str, ...] = ()
    encoding: str = "utf-8"
    timezone: str = "UTC"


@st.composite
def mutated_folders(draw: st.DrawFn) -> MutatedFolder:
    """A folder with one table that is mutated in up to three ways."""
    table = TABLES[draw(st.sampled_from(sorted(TABLES)))]
    kinds = draw(st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=3, unique=True))
    plan = _Plan(table, draw)
    for kind in sorted(kinds, key=list(MUTATIONS).index):
        MUTATIONS[kind](plan)
    done = tuple(sorted({*kinds, "values"} if plan.has_hostile_values else {*kinds}))
    return MutatedFolder(table.name, plan.written(), done, plan.setting, draw(st.sampled_from(TIMEZONES)))


class _Plan:
    """What is drawn of one table's files, from rows to bytes; mutations change a part of it."""

    def __init__(self, table: Table, draw: st.DrawFn) -> None:
        self.table, self.draw = table, draw
        optional = [column.name for column in table.columns if not column.required]
        chosen = {
            *table.required_columns,
            *draw(st.lists(st.sampled_from(optional), max_size=4, unique=True)),
        }
        chosen |= {RECORDED_AT} if draw(st.booleans()) else set()
        self.columns = [column for column in table.columns if column.name in chosen]
        self.rows = draw(st.lists(st.fixed_dictionaries(self._values()), min_size=1, max_size=5))
        self.header = [column.name for column in self.columns]
        self.format = draw(st.sampled_from([".csv", ".csv", ".csv", ".jsonl", ".parquet"]))
        self.name = f"{table.name}{self.format}"
        self.separator, self.quotes, self.line_ends = ",", "needed", ["\n"]
        self.encoding, self.setting = "utf-8", self.draw(st.sampled_from(["utf-8", "auto"]))
        self.packing = ""
        self.widths: dict[int, int] = {}
        self.has_hostile_values = False
        self.byte_changes: list[Callable[[bytes], bytes]] = []
        self.beside: dict[str, bytes] = {}

    def _values(self) -> dict[str, st.SearchStrategy[str]]:
        return {column.name: st.sampled_from(_right_texts(column, self.table)) for column in self.columns}

    def spoil_values(self) -> None:
        """Put hostile texts into some places."""
        self.has_hostile_values = True
        hostile = st.sampled_from(HOSTILE_TEXTS) | st.text(
            st.characters(exclude_categories=["Cs"]), max_size=12
        )
        for row in self.rows:
            for name in self.draw(
                st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=3, unique=True)
            ):
                row[name] = self.draw(hostile)

    def repeat_rows(self) -> None:
        """Deliver rows again, as they are or with another value."""
        again = [dict(self.draw(st.sampled_from(self.rows))) for _ in range(self.draw(st.integers(1, 3)))]
        if RECORDED_AT in again[0] and self.draw(st.booleans()):
            again[0][RECORDED_AT] = self.draw(
                st.sampled_from(["2024-06-01", "2024-06-02T10:00:00Z", "2023-01-01"])
            )
        else:
            again[0][self.draw(st.sampled_from(sorted(again[0])))] = self.draw(
                st.sampled_from([*HOSTILE_TEXTS, *IDS])
            )
            self.has_hostile_values = True
        self.rows += again

    def change_header(self) -> None:
        """Rename, repeat, shout, pad, drop or add a column."""
        place = self.draw(st.integers(0, len(self.header) - 1))
        name = self.header[place]
        others = [
            name.upper(),
            f" {name} ",
            f"\ufeff{name}",
            "",
            name[:-1],
            f'"{name}"',
            self.header[0],
            "_file_name",
        ]
        self.header[place] = self.draw(
            st.sampled_from([*others, "_row_number", "見出し", "a b", "select", f"{name}\n"])
        )

    def change_widths(self) -> None:
        """Give a row a value too many or too few."""
        self.widths[self.draw(st.integers(0, len(self.rows) - 1))] = self.draw(
            st.sampled_from([-2, -1, 1, 2])
        )

    def change_separator(self) -> None:
        self.separator = self.draw(st.sampled_from(SEPARATORS))

    def change_quotes(self) -> None:
        self.quotes = self.draw(st.sampled_from(["all", "none", "single", "backslash", "spaced"]))

    def change_line_ends(self) -> None:
        self.line_ends = self.draw(st.lists(st.sampled_from(["\n", *LINE_ENDS]), min_size=1, max_size=3))

    def change_encoding(self) -> None:
        self.encoding = self.draw(st.sampled_from(ENCODINGS))
        self.setting = self.draw(st.sampled_from(["utf-8", "auto", "auto", self.encoding, *ENCODINGS]))

    def change_bytes(self) -> None:
        """Cut, insert, repeat, flip or compress at drawn places."""
        change = self.draw(
            st.sampled_from(["cut off", "cut out", "insert", "repeat", "flip", "gzip", "empty"])
        )
        share = self.draw(st.floats(0, 1, width=16))
        stray = self.draw(st.sampled_from(STRAY_BYTES))
        length = self.draw(st.integers(1, 12))
        self.byte_changes.append(lambda body: _changed(body, change, share, length, stray))

    def change_name(self) -> None:
        """Call the file otherwise, put it into a folder, or put another one beside it."""
        name, suffix = self.table.name, self.format
        odd = [
            "a b",
            "a#b",
            "a?b",
            "a*b",
            "a[b]",
            "a'b",
            'a"b',
            "東京",
            "day=2024-01-01",
            "%41",
            "a\\b",
            "-rf",
            "x" * 150,
        ]
        self.name = self.draw(
            st.sampled_from(
                [
                    *(f"{name}/{part}{suffix}" for part in odd),
                    *(f"{name}/{part}/b{suffix}" for part in odd),
                    *(
                        f"{name}{suffix.upper()}",
                        f"{name.upper()}{suffix}",
                        f" {name}{suffix}",
                        f"{name} (1){suffix}",
                    ),
                    *(
                        f"{name}{suffix}.gz",
                        f"{name}.txt",
                        f"_{name}{suffix}",
                        f"{name}.xlsx",
                        f"{name}/.hidden{suffix}",
                    ),
                ]
            )
        )
        more = self.draw(
            st.sampled_from(["", "", f"{name}.jsonl", f"{name}/more{suffix}", "notes.txt", "~$accounts.csv"])
        )
        # A file and a folder of one name cannot be beside each other.
        if more and not more.startswith(f"{self.name}/"):
            self.beside[more] = b"" if more.endswith((".txt", "csv")) else self.body(self.rows[:1])

    def change_format(self) -> None:
        """Write what the name does not say."""
        self.format = self.draw(st.sampled_from([".csv", ".jsonl", ".parquet"]))

    def pack(self) -> None:
        """Compress the file, and let its name say so."""
        self.packing = self.draw(st.sampled_from([".gz", ".zip"]))

    def written(self) -> dict[str, bytes]:
        """The files of the folder."""
        body = self.body(self.rows)
        for change in self.byte_changes:
            body = change(body)
        if self.packing:
            body, self.name = packed(body, self.name, self.packing), f"{self.name}{self.packing}"
        # The required tables are right, unless one is mutated; their mark says UTF-8, whatever the setting.
        files = {
            name: text.encode("utf-8-sig")
            for name, text in REQUIRED.items()
            if not name.startswith(f"{self.table.name}.")
        }
        return {**files, **self.beside, self.name: body}

    def body(self, rows: Sequence[Row]) -> bytes:
        """The rows as a file of the format."""
        if self.format == ".jsonl":
            lines = (json.dumps(self._object(row), ensure_ascii=False) for row in rows)
            return "".join(line + self._line_end(index) for index, line in enumerate(lines)).encode(
                self.encoding, "replace"
            )
        if self.format == ".parquet":
            return self._parquet(rows)
        lines = [self._line(self.header, 0)] + [
            self._line(self._widened(list(row.values()), index), index + 1) for index, row in enumerate(rows)
        ]
        return "".join(lines).encode(self.encoding, "replace")

    def _object(self, row: Row) -> dict[str, object]:
        return {name: _json_value(text) for name, text in zip(self.header, row.values(), strict=True)}

    def _widened(self, values: list[str | None], index: int) -> list[str | None]:
        change = self.widths.get(index, 0)
        return values[:change] if change < 0 else values + ["x"] * change

    def _line_end(self, index: int) -> str:
        return self.line_ends[index % len(self.line_ends)]

    def _line(self, values: Sequence[str | None], index: int) -> str:
        return self.separator.join(map(self._quoted, values)) + self._line_end(index)

    def _quoted(self, value: str | None) -> str:
        text = value or ""
        doubled = text.replace('"', '""')
        match self.quotes:
            case "all":
                return f'"{doubled}"'
            case "none":
                return text
            case "single":
                return f"'{text}'"
            case "backslash":
                return '"' + text.replace('"', '\\"') + '"'
            case "spaced":
                return f' "{doubled}"'
        is_needed = any(sign in text for sign in (self.separator, '"', "\n", "\r")) or text != text.strip()
        return f'"{doubled}"' if is_needed else text

    def _parquet(self, rows: Sequence[Row]) -> bytes:
        arrays, names = [], []
        for place, (column, name) in enumerate(zip(self.columns, self.header, strict=True)):
            texts = [row[column.name] for row in rows]
            arrays.append(
                _typed_array(texts, column) if (place + len(rows)) % 2 else pa.array(texts, pa.string())
            )
            names.append(name)
        target = io.BytesIO()
        pq.write_table(pa.Table.from_arrays(arrays, names), target)
        return target.getvalue()


# In the order in which they are made.
MUTATIONS: dict[str, Callable[[_Plan], None]] = {
    "values": _Plan.spoil_values,
    "rows again": _Plan.repeat_rows,
    "header": _Plan.change_header,
    "width of rows": _Plan.change_widths,
    "separator": _Plan.change_separator,
    "quotes": _Plan.change_quotes,
    "line ends": _Plan.change_line_ends,
    "encoding": _Plan.change_encoding,
    "format": _Plan.change_format,
    "file name": _Plan.change_name,
    "bytes": _Plan.change_bytes,
    "packing": _Plan.pack,
}


def packed(body: bytes, name: str, packing: str) -> bytes:
    """The bytes of a file, compressed as its name will say."""
    if packing == ".gz":
        return gzip.compress(body, mtime=0)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        # Without a time of its own the archive has the same bytes each time.
        archive.writestr(zipfile.ZipInfo(name.rpartition("/")[2]), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _right_texts(column: Column, table: Table) -> list[str]:
    if column.allowed:
        return [*column.allowed, column.allowed[0].title(), column.allowed[-1].upper()]
    if column.references:
        return REFERENCES.get(column.references, IDS)
    if column.name in table.key and column.data_type == "varchar":
        return IDS
    if column.upper_case:
        return ["USD", "eur", "JPY"]
    return RIGHT_TEXTS["decimal" if column.data_type.startswith("decimal") else column.data_type]


def _json_value(text: str | None) -> object:
    """Some texts as numbers, truth values or null, as a writer of JSON would."""
    if text in ("true", "false", "NULL"):
        return {"true": True, "false": False, "NULL": None}[text]
    if text in ("1", "2", "0.5", "-1", "1e5"):
        return json.loads(text)
    return text


def _typed_array(texts: Sequence[str | None], column: Column) -> pa.Array:
    """The texts in the type of the column where all of them have one, else as large strings."""
    if column.data_type == "bigint" and all(text in ("1", "2", "3", "5") for text in texts):
        return pa.array([int(text or 0) for text in texts], pa.int32())
    if column.data_type == "boolean" and all(text in ("true", "false") for text in texts):
        return pa.array([text == "true" for text in texts])
    if column.data_type.startswith("decimal"):
        try:
            return pa.array(
                [Decimal(text or "0").quantize(Decimal("0.0001")) for text in texts], pa.decimal128(38, 4)
            )
        except (InvalidOperation, pa.ArrowInvalid):
            pass
    return pa.array(texts, pa.large_string())


def _changed(body: bytes, change: str, share: float, length: int, stray: bytes) -> bytes:
    at = int(share * len(body))
    before, there, after = body[:at], body[at : at + length], body[at + length :]
    changes = {
        "cut off": before,
        "cut out": before + after,
        "insert": before + stray + there + after,
        "repeat": before + there + there + after,
        "flip": before + bytes(byte ^ 0x55 for byte in there) + after,
        "gzip": gzip.compress(body, mtime=0),
        "empty": b"",
    }
    return changes[change]
