"""Excel workbooks: one sheet of each is a table, its first row the header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import python_calamine

from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile


def sheet_of(file: RawFile, asked: str | None, table: str) -> str:
    """The sheet to read: the one asked for, the only one with rows, or the one that is named like the table.

    Raises:
        LoadError: the workbook is damaged, the sheet is not there, or several could be meant.
    """
    with _workbook(file) as workbook:
        names = workbook.sheet_names
        filled = [name for name in names if workbook.get_sheet_by_name(name).to_python()]
    if asked is not None:
        if asked not in names:
            raise LoadError(f"{file.name} has no sheet {asked}. Its sheets: {', '.join(names)}.")
        return asked
    if not filled:
        raise LoadError(f"{file.name} is empty: a header line was expected.")
    if len(filled) == 1:
        return filled[0]
    if table in filled:
        return table
    raise LoadError(
        f"{file.name} has {len(filled)} sheets ({', '.join(filled)}): say which is meant under `sheet` of "
        f"{table} in mapping.yml, or save that sheet alone."
    )


def sheet_rows(file: RawFile, sheet: str) -> Iterator[tuple[int, list[str], str]]:
    """Each row from the header on: its number in the sheet, its values (none in a blank row), no text."""
    with _workbook(file) as workbook:
        cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    rows = [[_text(cell) for cell in row] for row in cells]
    first = next((place for place, row in enumerate(rows) if any(row)), len(rows))
    width = (
        max((place + 1 for place, text in enumerate(rows[first]) if text), default=0) if rows[first:] else 0
    )
    for number, row in enumerate(rows[first:], start=first + 1):
        # Values beyond the header belong to no column; their row is as wide as they reach.
        filled = max((place + 1 for place, text in enumerate(row) if text), default=0)
        yield number, row[: max(width, filled)] if any(row) else [], ""


def _workbook(file: RawFile) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.load_workbook(str(file.path))
    except (python_calamine.CalamineError, OSError) as error:
        raise LoadError(
            f"{file.name} cannot be read as an Excel workbook ({error}): it is damaged, or needs a password. "
            "Save it again, or save the sheet as CSV UTF-8."
        ) from None


def _text(cell: object) -> str:
    """A cell as its CSV export would hold it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(sep="T", timespec="auto")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
