"""Files that are something else than their ending says, known by their first bytes."""

from __future__ import annotations

import codecs

from orchestration.loading.errors import LoadError
from orchestration.loading.files import FORMATS, RawFile

_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
# What a format that is no text begins with.
_BEGINNINGS = {".parquet": _PARQUET, ".xlsx": _ZIP}
_KINDS = {
    b"\x1f\x8b": ("compressed with gzip", "Let its name end in .gz."),
    _ZIP: ("a zip archive or an Excel workbook", "Let its name end in .xlsx or .zip."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the sheet as CSV UTF-8."),
    b"BZh": ("compressed with bzip2", "Unpack it (bunzip2)."),
    b"\xfd7zXZ\x00": ("compressed with xz", "Unpack it (unxz)."),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "Unpack it (unzstd)."),
    b"SQLite format 3\x00": ("a database of SQLite", "Export the table as CSV."),
    _PARQUET: ("Parquet", "Let its name end in .parquet."),
}
_WEB_PAGE = ("a web page", "Was a login page saved instead of the export? Export the table again.")
# What a text begins with, in small letters.
_TEXT_KINDS = {
    b"<!doctype html": _WEB_PAGE,
    b"<html": _WEB_PAGE,
    b"<?xml": ("XML", "Export the table as CSV."),
    b'{"': ("JSON", "With an object per line, let its name end in .jsonl."),
    b"[{": ("JSON", "Write an object per line, and let its name end in .jsonl."),
}
_UTF16 = {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_HEAD_BYTES = 64


def refuse_other_kind(file: RawFile) -> None:
    """Stop where the first bytes show that the file is of another kind, or in an encoding that is not read.

    Raises:
        LoadError: what the file is, and what to do.
        OSError: it cannot be opened.
    """
    head = _head(file)
    for magic, (kind, advice) in _KINDS.items():
        if head.startswith(magic) and magic != _BEGINNINGS.get(file.format):
            raise LoadError(f"{file.name} is not {FORMATS[file.format]}: it is {kind}. {advice}")
    if file.format == ".xlsx" and not head.startswith(_ZIP):
        raise LoadError(f"{file.name} is not {FORMATS[file.format]}. Save it as .xlsx, or as CSV UTF-8.")
    if file.format in _BEGINNINGS:
        return
    text = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for beginning, (kind, advice) in _TEXT_KINDS.items():
        if text.startswith(beginning) and file.format == ".csv":
            raise LoadError(f"{file.name} is not {FORMATS[file.format]}: it is {kind}. {advice}")
    if head.startswith(_UTF32):
        raise LoadError(f"{file.name} is written in UTF-32: save it as UTF-8.")
    if file.format == ".jsonl" and (head[:2] in _UTF16 or _unmarked_utf16(head)):
        raise LoadError(f"{file.name} is written in UTF-16: save it as UTF-8.")


def refuse_unmarked_utf16(file: RawFile) -> None:
    """Stop where a text that is to be read in another encoding is UTF-16 without a byte order mark.

    Raises:
        LoadError: which encoding it is.
    """
    if found := _unmarked_utf16(_head(file)):
        raise LoadError(
            f"{file.name} is written in UTF-16 without a byte order mark: "
            f"save it as UTF-8, or set CSKPI_CSV_ENCODING={found}."
        )


def _unmarked_utf16(head: bytes) -> str | None:
    """The encoding where every other byte is NUL, as in UTF-16 of ASCII."""
    even, odd = head[::2], head[1::2]
    if len(head) < 8:
        return None
    if not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if not any(even) and all(odd) else None


def _head(file: RawFile) -> bytes:
    with file.open() as stream:
        return stream.read(_HEAD_BYTES)
