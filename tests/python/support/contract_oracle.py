"""What the input contract makes of one landed value, told without SQL."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from zoneinfo import ZoneInfo

from orchestration.loading.contract import Column

# A value is right, absent or broken; a debatable one, such as a date with slashes, may be taken or not.
RIGHT, ABSENT, BROKEN, DEBATABLE = "right", "absent", "broken", "debatable"

NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)")
POWER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][+-]?[0-9]+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.]([0-9]+))?)?"
    r"(Z| UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
YEAR_FIRST = re.compile(r"[0-9]{4} ?[-/.年] ?[0-9]{1,2} ?[-/.月] ?[0-9]{1,2}.*", re.DOTALL)
TRUE, FALSE = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}
# Spellings that are read besides: the year comes first, and commas mark thousands throughout.
OTHER_TIME = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|年 ?([0-9]{1,2})月 ?([0-9]{1,2})日)"
    r"(?:[ T]+([0-9]{1,2})(:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?(?:Z| UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?))?"
)
THOUSANDS = re.compile(r"[+-]?¥? ?[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]+)?円?")
YEN = re.compile(r"[+-]?¥? ?[+-]?[0-9]+([.][0-9]+)?円?")
WIDE = dict(zip("０１２３４５６７８９／－：．，＋￥　\\", "0123456789/-:.,+¥ ¥", strict=True))  # noqa: RUF001
# Days outside may be out of range; every zone has a clock for those inside.
FIRST_DAY, LAST_DAY = dt.date(1970, 1, 2), dt.date(2100, 1, 1)


@dataclass(frozen=True)
class Judgement:
    """What a value is, and what it stands for; None where it is absent or broken, or that is unknown."""

    verdict: str
    value: object = None


def judge(text: object, column: Column, timezone: str, row: Mapping[str, object]) -> Judgement:
    """Judge a landed value of a row; `text` is None or a text."""
    stripped = "" if text is None else stripped_of_blanks(str(text))
    if not stripped:
        return Judgement(ABSENT)
    judged = _typed(stripped, column, timezone)
    if judged.verdict == RIGHT and _breaks_rule(judged.value, column, row):
        return Judgement(BROKEN)
    return judged


def respelled(text: str, column: Column, *, are_commas_thousands: bool) -> str:
    """The plain spelling in which a text of a file lands; the text itself where it has no other."""
    narrow = stripped_of_blanks("".join(WIDE.get(letter, letter) for letter in text))
    if column.data_type in ("timestamp", "date"):
        found = OTHER_TIME.fullmatch(narrow)
        if not found or _is_iso_in_place(text):
            return text
        month, day = (next(part for part in found.groups()[place:7:2] if part) for place in (1, 2))
        clock = f"T{int(found[8]):02d}{found[9]}" if found[8] else ""
        return f"{found[1]}-{int(month):02d}-{int(day):02d}{clock}"
    if column.data_type == "bigint" or column.data_type.startswith("decimal"):
        if re.fullmatch("[0-9.]+", text):
            return text
        is_read = YEN.fullmatch(narrow) or (are_commas_thousands and THOUSANDS.fullmatch(narrow))
        return re.sub("[,¥円 ]", "", narrow) if is_read else text
    word = stripped_of_blanks(text).lower()
    return word if word in column.allowed else text


def has_other_comma(text: str) -> bool:
    """Whether a text is a number with a comma that marks no thousands, as in 1,5."""
    narrow = stripped_of_blanks("".join(WIDE.get(letter, letter) for letter in text))
    return bool(re.fullmatch(r"[-+¥ ]*[0-9.]*,[0-9.,]*円?", narrow)) and not THOUSANDS.fullmatch(narrow)


def _is_iso_in_place(text: str) -> bool:
    """Whether a text has the marks of ISO 8601 where they belong: then it is left to the contract."""
    has_day = text[4:5] == "-" and text[7:8] == "-" and "0" <= text[9:10] <= "9"
    return has_day and (len(text) == 10 or text[13:14] == ":")


def stripped_of_blanks(text: str) -> str:
    """The text without the space separators of Unicode around it; line breaks and tabs stay."""
    first, last = 0, len(text)
    while first < last and unicodedata.category(text[first]) == "Zs":
        first += 1
    while last > first and unicodedata.category(text[last - 1]) == "Zs":
        last -= 1
    return text[first:last]


def is_same(found: object, expected: object) -> bool:
    """Whether a value is the expected one: times to a microsecond, numbers to their last digit."""
    if isinstance(expected, dt.datetime) and isinstance(found, dt.datetime):
        return abs(found - expected) <= dt.timedelta(microseconds=1)
    if isinstance(expected, Decimal) and isinstance(found, Decimal | int):
        # Rounding may go either way in the last digit, and a power of ten passes through a double.
        digit = Decimal(1).scaleb(int(found.as_tuple().exponent)) if isinstance(found, Decimal) else 0
        return abs(found - expected) <= max(digit, abs(expected) * Decimal("1e-14"))
    return found == expected


def _typed(text: str, column: Column, timezone: str) -> Judgement:
    if column.data_type == "varchar":
        is_clear = text.isascii() or not column.upper_case
        return (
            Judgement(RIGHT, text.upper() if column.upper_case else text)
            if is_clear
            else Judgement(DEBATABLE)
        )
    if column.data_type == "boolean":
        word = text.lower()
        return Judgement(RIGHT, word in TRUE) if word in TRUE | FALSE else Judgement(BROKEN)
    timed = {"timestamp": _time, "date": _day}.get(column.data_type)
    if timed:
        return timed(text, timezone)
    if column.data_type == "bigint":
        return _whole_number(text)
    precision, scale = map(int, re.findall(r"[0-9]+", column.data_type))
    return _decimal(text, precision, scale)


def _decimal(text: str, precision: int, scale: int) -> Judgement:
    if not (NUMBER.fullmatch(text) or POWER.fullmatch(text)):
        return Judgement(BROKEN)
    with localcontext() as context:
        context.prec = 2_000
        try:
            value = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        except InvalidOperation:
            return Judgement(BROKEN)
    edge = Decimal(10) ** (precision - scale)
    if abs(value) >= edge:
        return Judgement(BROKEN)
    return Judgement(RIGHT if abs(value) < edge * Decimal("0.999999") else DEBATABLE, value)


def _whole_number(text: str) -> Judgement:
    judged = _decimal(text, 28, 6)
    if not isinstance(judged.value, Decimal):
        return judged
    if judged.value != judged.value.to_integral_value() or abs(judged.value) >= 2**63:
        return Judgement(BROKEN)
    # Digits beyond the sixth are cut before it is asked whether the number is whole.
    exact = POWER.fullmatch(text) is None and Decimal(text) == judged.value
    return Judgement(judged.verdict if exact else DEBATABLE, int(judged.value))


def _time(text: str, timezone: str) -> Judgement:
    if DATE.fullmatch(text):
        day = _calendar_day(text)
        if day is None:
            return Judgement(BROKEN)
        if not FIRST_DAY <= day <= LAST_DAY:
            return Judgement(DEBATABLE)
        midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(timezone))
        value = midnight.astimezone(dt.UTC)
        # A day may begin at one o'clock where clocks go forward at midnight.
        is_there = value.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) == midnight.replace(tzinfo=None)
        return Judgement(RIGHT, value.replace(tzinfo=None)) if is_there else Judgement(DEBATABLE)
    return _clock_time(text)


def _clock_time(text: str) -> Judgement:
    parts = TIME.fullmatch(text)
    if parts is None:
        return Judgement(DEBATABLE if YEAR_FIRST.fullmatch(text) else BROKEN)
    day, clock, seconds, fraction, offset = parts.groups()
    date = _calendar_day(day)
    hour, minute, second = int(clock[:2]), int(clock[3:]), int(seconds or 0)
    if date is None or hour > 23 or minute > 59:
        return Judgement(BROKEN)
    if second > 59 or not FIRST_DAY <= date <= LAST_DAY:
        return Judgement(DEBATABLE)
    microseconds = int(f"{fraction or 0:0<6}"[:6])
    digits = re.sub(r"[^0-9]", "", offset or "")
    sign = -1 if offset and offset.startswith("-") else 1
    hours, minutes = int(digits[:2] or 0), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        return Judgement(BROKEN)
    value = dt.datetime.combine(date, dt.time(hour, minute, second, microseconds))
    return Judgement(RIGHT, value - sign * dt.timedelta(hours=hours, minutes=minutes))


def _day(text: str, timezone: str) -> Judgement:
    if DATE.fullmatch(text):
        day = _calendar_day(text)
        if day is None:
            return Judgement(BROKEN)
        return Judgement(RIGHT if FIRST_DAY <= day <= LAST_DAY else DEBATABLE, day)
    judged = _clock_time(text)
    if not isinstance(judged.value, dt.datetime):
        return judged
    return Judgement(
        judged.verdict, judged.value.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()
    )


def _calendar_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _breaks_rule(value: object, column: Column, row: Mapping[str, object]) -> bool:
    if column.allowed and value not in column.allowed:
        return True
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        return False
    low, high = column.minimum, column.maximum
    if column.range_by and column.ranges:
        by = stripped_of_blanks(str(row.get(column.range_by) or ""))
        low, high = column.ranges.get(by, (low, high))
    return (low is not None and value < low) or (high is not None and value > high)
