"""Other spellings of what the contract reads, made plain while rows land: one place for every format.

`2024/1/5 9:05` and 2024年1月5日 become ISO 8601, `¥10,000` becomes 10000, `Month` becomes month. Any other
text stays as it was read, for the contract to judge.
"""

from __future__ import annotations

from orchestration.loading.contract import Column

# What people type in full width; and the yen sign of cp932, which is a backslash elsewhere.
WIDE = "０１２３４５６７８９／－：．，＋￥　\\"  # noqa: RUF001
PLAIN = "0123456789/-:.,+¥ ¥"
_CLOCK = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z| UTC|[+-][0-9]{2}(:?[0-9]{2})?)?"
_DAY = "(-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|年 ?[0-9]{1,2}月 ?[0-9]{1,2}日)"
_TIME = f"[0-9]{{4}}{_DAY}([ T]+{_CLOCK})?"
# Thousands are marked throughout or nowhere, so that 1,5 is never 15.
_NUMBER = "[+-]?¥? ?[+-]?([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?円?"
_NUMBER_WITHOUT_COMMAS = _NUMBER.replace("[1-9][0-9]{0,2}(,[0-9]{3})+|", "")


def is_number(column: Column) -> bool:
    """Whether the column holds numbers."""
    return column.data_type == "bigint" or column.data_type.startswith("decimal")


def is_time(column: Column) -> bool:
    """Whether the column holds times or days."""
    return column.data_type in ("timestamp", "date")


def spelled(text: str, column: Column, *, are_commas_thousands: bool = True) -> str:
    """A SQL expression of DuckDB: the text expression `text` of a column in its plain spelling.

    `are_commas_thousands`: 10,000 is ten thousand; where commas could mark decimals it stays, broken.
    """
    if is_time(column):
        return _spelled_time(text)
    if is_number(column):
        return _spelled_number(text, _NUMBER if are_commas_thousands else _NUMBER_WITHOUT_COMMAS)
    if column.allowed:
        word = f"lower(trim({text}))"
        return f"case when {word} in ({', '.join(map(_quoted, column.allowed))}) then {word} else {text} end"
    return text


def has_other_comma(text: str) -> str:
    """A SQL condition: the text is a number with a comma that marks no thousands, as in 1,5."""
    narrow = _narrow(text)
    return (
        f"(regexp_full_match({narrow}, '[-+¥ ]*[0-9.]*,[0-9.,]*円?') "
        f"and not regexp_full_match({narrow}, '{_NUMBER}'))"
    )


def _spelled_time(text: str) -> str:
    # Most times are ISO 8601 already; looking at four characters is cheaper than a pattern.
    is_plain = (
        f"substr({text}, 5, 1) = '-' and substr({text}, 8, 1) = '-' "
        f"and substr({text}, 10, 1) between '0' and '9' "
        f"and (length({text}) = 10 or substr({text}, 14, 1) = ':')"
    )
    narrow = _narrow(text)
    year, month, day, clock = (_part(narrow, group) for group in range(1, 5))
    return (
        f"case when {text} is null or ({is_plain}) then {text} "
        f"when regexp_full_match({narrow}, '{_TIME}') then "
        f"{year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0') || "
        f"case when {clock} = '' then '' "
        f"when substr({clock}, 2, 1) = ':' then 'T0' || {clock} else 'T' || {clock} end "
        f"else {text} end"
    )


def _part(narrow: str, group: int) -> str:
    pattern = "^([0-9]{4})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{1,2})[日T ]*(.*)$"
    return f"regexp_extract({narrow}, '{pattern}', {group})"


def _spelled_number(text: str, pattern: str) -> str:
    narrow = _narrow(text)
    return (
        f"case when {text} is null or regexp_full_match({text}, '[0-9.]+') then {text} "
        f"when regexp_full_match({narrow}, '{pattern}') then regexp_replace({narrow}, '[,¥円 ]', '', 'g') "
        f"else {text} end"
    )


def _narrow(text: str) -> str:
    return f"trim(translate({text}, '{WIDE}', '{PLAIN}'))"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
