"""Parquet files: what they must be, and the view over them. Their rows are not copied."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb

from orchestration.loading.contract import Column, Table
from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile, parquet_scan, paths_list, require_columns
from orchestration.loading.spelling import spelled


def inspect_parquet(connection: duckdb.DuckDBPyConnection, table: Table, file: RawFile) -> tuple[str, ...]:
    """Read the footer, then every value of the contract's columns, and return all columns.

    Raises:
        LoadError: the file is not whole or damaged, a required column is missing, a decimal is too wide, or a
            text is not UTF-8.
    """
    try:
        rows = connection.execute(f"describe select * from {parquet_scan([file])}").fetchall()
    except duckdb.Error as error:
        raise LoadError(
            f"{file.name} cannot be read as Parquet; is it cut off? Bring it again. "
            f"DuckDB says: {str(error).splitlines()[0]}"
        ) from None
    columns = tuple(row[0] for row in rows)
    require_columns(table, file, columns)
    _refuse_wide_decimals(connection, table, file)
    _refuse_damaged_values(connection, [name for name in columns if name in table.column_names], file)
    return columns


def create_parquet_view(
    connection: duckdb.DuckDBPyConnection, table: Table, files: Sequence[RawFile], columns: Collection[str]
) -> None:
    """Create the view `raw.<table>` over inspected files, which have `columns` between them.

    A column that the files hold with several types has the type that takes them all.
    """
    described = connection.execute(
        f"describe select * from {parquet_scan(files, 'union_by_name = true')}"
    ).fetchall()
    texts = {name for name, data_type, *_ in described if data_type == "VARCHAR"}
    values = [_value(column, columns, texts) for column in table.columns]
    options = ("filename = '_source_path'", "file_row_number = true", "union_by_name = true")
    folder_length = len(str(files[0].path)) - len(files[0].name)
    connection.execute(f"""
        create view raw."{table.name}" as
        select {", ".join(values)}, substr(_source_path, {folder_length + 1}) as _file_name,
            file_row_number + 1 as _row_number
        from {parquet_scan(files, *options)}
    """)


def _value(column: Column, columns: Collection[str], texts: Collection[str]) -> str:
    quoted = f'"{column.name}"'
    if column.name not in columns:
        return f"null::varchar as {quoted}"
    return f"{spelled(quoted, column)} as {quoted}" if column.name in texts else quoted


def count_parquet(connection: duckdb.DuckDBPyConnection, file: RawFile) -> int:
    """The number of rows, as the file's footer states it."""
    counted = connection.execute(
        f"select num_rows from parquet_file_metadata({paths_list([file])})"
    ).fetchone()
    return counted[0] if counted else 0


def _refuse_wide_decimals(connection: duckdb.DuckDBPyConnection, table: Table, file: RawFile) -> None:
    # DuckDB reads decimals of more than 38 digits as other numbers, without an error.
    wide = connection.execute(
        f"select name, precision from parquet_schema({paths_list([file])}) where precision > 38"
    ).fetchall()
    for name, precision in wide:
        if name in table.column_names:
            raise LoadError(
                f"{file.name}: the column {name} is a decimal of {precision} digits, more than the 38 "
                f"that can be read exactly. Write the file again with decimal(38, 8) or fewer digits."
            )


def _refuse_damaged_values(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], file: RawFile
) -> None:
    if not columns:
        return
    # Counting alone would read no value.
    values = ", ".join(f'bit_xor(hash("{name}"))' for name in columns)
    try:
        connection.execute(f"select {values} from {parquet_scan([file])}").fetchall()
    except duckdb.Error as error:
        raise LoadError(
            f"{file.name} has values that cannot be read: it is damaged, or a text in it is not UTF-8. "
            f"Write the file again. DuckDB says: {str(error).splitlines()[0]}"
        ) from None
