"""Which encoding a text file is in: found out by its bytes where it is certain, asked for where it is not."""

from __future__ import annotations

import codecs
import re

from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile

UTF8 = "utf-8-sig"  # with or without a byte order mark
# The setting that has each file's own encoding found out.
AUTO = "auto"
CHUNK_BYTES = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JAPANESE = re.compile(r"[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
_JAPANESE_WORD = re.compile(r"[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff5e]{2}")
# What other encodings look like in cp932: half-width katakana, and characters that nobody has defined.
_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]")
_UNDEFINED = re.compile(r"[\ue000-\uf8ff]")


def shown_encoding(encoding: str) -> str:
    """The encoding as people call it."""
    return "UTF-8" if encoding == UTF8 else encoding


def file_encoding(file: RawFile, asked: str) -> str:
    """The encoding of a file: that of its byte order mark, else the one asked for, else UTF-8 or cp932.

    Raises:
        LoadError: the encoding is not certain.
    """
    with file.open() as stream:
        head = stream.read(len(codecs.BOM_UTF8))
    if head == codecs.BOM_UTF8:
        return UTF8
    if asked != AUTO:
        return UTF8 if codecs.lookup(asked).name == "utf-8" else asked
    if head[:2] in _UTF16:
        return "utf-16"
    problem = _first_bad_byte(file)
    if problem is None:
        return UTF8
    if _is_surely_cp932(file):
        return "cp932"
    if "cut off" in problem:
        raise LoadError(
            f"{file.name}, {problem}. Bring it again, or set `encoding` of it in mapping.yml to its encoding."
        )
    raise LoadError(f"{file.name}, {problem}, and no other encoding is certain. {_ask(file)}")


def _ask(file: RawFile) -> str:
    return (
        f"Say which it is: `encoding` of {file.name} in mapping.yml, or CSKPI_CSV_ENCODING (cp932 in Japan, "
        "cp1252 in Western Europe); or save it as UTF-8."
    )


def _first_bad_byte(file: RawFile) -> str | None:
    """Where the file stops being UTF-8; None where it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with file.open() as stream:
        while True:
            chunk = stream.read(CHUNK_BYTES)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                if not chunk:
                    return f"line {line}: the file ends inside a character: it is cut off, or not UTF-8"
                return f"line {line}: byte 0x{error.object[error.start]:02x} is not UTF-8"
            if not chunk:
                return None


def _is_surely_cp932(file: RawFile) -> bool:
    """Whether the bytes are cp932 and the text Japanese: other encodings decode so too, into nonsense."""
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    cp932 = codecs.getincrementaldecoder("cp932")()
    right = wrong = japanese = half_width = 0
    has_word = False
    with file.open() as stream:
        while True:
            chunk = stream.read(CHUNK_BYTES)
            try:
                text = cp932.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return False
            if _UNDEFINED.search(text):
                return False
            as_utf8 = utf8.decode(chunk, final=not chunk)
            bad = as_utf8.count("\ufffd")
            wrong += bad
            right += len(re.findall(r"[^\x00-\x7f]", as_utf8)) - bad
            japanese += len(_JAPANESE.findall(text))
            half_width += len(_HALF_WIDTH.findall(text))
            has_word = has_word or bool(_JAPANESE_WORD.search(text))
            if not chunk:
                # UTF-8 with a broken place is UTF-8 all the same.
                return has_word and japanese >= half_width and wrong > right
