"""An explanation as text, in English or Japanese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from unicodedata import east_asian_width

from orchestration.explain.effects import Sides
from orchestration.explain.explanation import AccountPart, Explanation
from orchestration.explain.figures import ALL, Kpi, SegmentDriver

_DIMENSIONS_SHOWN = 4
_SEGMENTS_SHOWN = 3

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "all": "all customers",
        "as_of": "as of {date}",
        "month": "the month before",
        "year": "the year before",
        "formula": "How it is counted",
        "quantile": "It is a median or a percentile, which has no numerator and denominator.",
        "ratio_of_ratios": "It is made of other rates and has no numerator and denominator that add up.",
        "segments": "Segments that moved it since {comparison}",
        "effects": "own rate {rate}, share {mix}",
        "no_segments": (
            "There are no drivers by segment: its parts do not add up to it, or it is a sub-KPI."
        ),
        "accounts": "Accounts that moved it since {comparison}",
        "accounts_alone": "Accounts with the largest part",
        "others": "… and {n} more accounts; ACCOUNTS=all shows them.",
        "rows": "rows",
        "no_build": (
            "Accounts and raw rows are read from the build database, which is not that of this release: "
            "`make run FULL=1` builds it."
        ),
        "no_accounts": "This figure is not a sum over accounts, so none are listed.",
        "no_value": "no value",
        "days": " days",
        "months": " months",
        "hours": " hours",
        "minutes": " minutes",
    },
    "ja": {
        "all": "全顧客",
        "as_of": "{date}時点",
        "month": "前月",
        "year": "前年同月",
        "formula": "計算のしかた",
        "quantile": "中央値またはパーセンタイルのため、分子と分母はありません。",
        "ratio_of_ratios": "ほかの率から計算する指標のため、足し合わせられる分子と分母はありません。",
        "segments": "{comparison}からの変化に寄与したセグメント",
        "effects": "率の変化 {rate}、構成の変化 {mix}",
        "no_segments": "セグメント別の要因はありません(内訳を足しても全体にならない指標か、サブKPIです)。",
        "accounts": "{comparison}からの変化に寄与したアカウント",
        "accounts_alone": "内訳の大きいアカウント",
        "others": "ほか{n}アカウント(ACCOUNTS=all ですべて表示)",
        "rows": "行",
        "no_build": (
            "アカウントと元データの行は作業用データベースから読みますが、公開中のリリースのものではありません。"
            "`make run FULL=1` で作り直してください。"
        ),
        "no_accounts": "アカウントの合計ではない指標のため、アカウントの内訳はありません。",
        "no_value": "値なし",
        "days": "日",
        "months": "か月",
        "hours": "時間",
        "minutes": "分",
    },
}


def explained(explanation: Explanation, language: str) -> str:
    """The explanation as lines for a terminal."""
    texts, figure = _TEXTS[language], explanation.figure
    kpi = figure.kpi
    currency = explanation.release.origin.reporting_currency
    segment = texts["all"] if figure.segment == ALL else ":".join(figure.segment)
    name = kpi.name_ja if language == "ja" else kpi.name_en
    lines = [
        f"{name} ({kpi.kpi_id})",
        f"{figure.month:%Y-%m}  {segment}  {texts['as_of'].format(date=explanation.release.as_of_date)}",
        "",
        f"  {_value(figure.value, kpi, currency) or texts['no_value']}{texts.get(kpi.unit, '')}",
    ]
    for comparison, (value, _) in figure.earlier.items():
        if value is not None and figure.value is not None:
            change = _change(figure.value - value, kpi, currency)
            lines.append(f"  {texts[comparison]}: {_value(value, kpi, currency)} ({change})")
    lines += ["", texts["formula"], *_formula(explanation, texts, language, currency)]
    lines += ["", *_segments(explanation, texts, currency)]
    lines += ["", *_accounts(explanation, texts, currency)]
    return "\n".join(lines)


def _formula(explanation: Explanation, texts: Mapping[str, str], language: str, currency: str) -> list[str]:
    figure = explanation.figure
    kpi, sides = figure.kpi, figure.sides
    words = f"  {kpi.formula_ja if language == 'ja' else kpi.formula_en}"
    if not kpi.numerator_column:
        return [words, f"  {texts[kpi.left_out_reason or 'quantile']}"]
    if sides is None:
        return [words, f"  = {texts['no_value']}"]
    if sides.denominator is None:
        return [words, f"  = {_number(sides.numerator)}"]
    factor = f"{_number(kpi.factor)} x " if kpi.factor != 1 else ""
    return [
        words,
        f"  = {factor}{_number(sides.numerator)} ÷ {_number(sides.denominator)}"
        f" = {_value(figure.value, kpi, currency) or texts['no_value']}",
    ]


def _segments(explanation: Explanation, texts: Mapping[str, str], currency: str) -> list[str]:
    figure = explanation.figure
    comparison = next((name for name in figure.earlier if _of(figure.drivers, name)), None)
    if comparison is None:
        return [texts["no_segments"]]
    lines = [texts["segments"].format(comparison=texts[comparison])]
    by_dimension = sorted(_of(figure.drivers, comparison), key=lambda driver: driver.dimension)
    dimensions = [list(drivers) for _, drivers in groupby(by_dimension, key=lambda driver: driver.dimension)]
    if figure.segment != ALL:
        dimensions = [drivers for drivers in dimensions if drivers[0].dimension == figure.segment[0]]
    dimensions.sort(key=_concentration, reverse=True)
    for drivers in dimensions[:_DIMENSIONS_SHOWN]:
        largest = sorted(drivers, key=lambda driver: (-abs(driver.contribution), driver.segment))
        for place, driver in enumerate(largest[:_SEGMENTS_SHOWN]):
            label = driver.dimension if place == 0 else ""
            change = _change(driver.contribution, figure.kpi, currency)
            effects = ""
            if driver.rate_effect is not None and driver.mix_effect is not None:
                effects = "  " + texts["effects"].format(
                    rate=_change(driver.rate_effect, figure.kpi, currency),
                    mix=_change(driver.mix_effect, figure.kpi, currency),
                )
            lines.append(f"  {label:<20} {_padded(driver.segment, 24)} {change:>16}{effects}")
    return lines


def _concentration(drivers: Sequence[SegmentDriver]) -> tuple[bool, float, str]:
    """Dimensions in which one segment of several explains most come first."""
    sizes = [abs(driver.contribution) for driver in drivers]
    return (len(drivers) > 1, max(sizes) / sum(sizes) if sum(sizes) else 0.0, drivers[0].dimension)


def _of(drivers: Sequence[SegmentDriver], comparison: str) -> list[SegmentDriver]:
    return [driver for driver in drivers if driver.comparison == comparison]


def _accounts(explanation: Explanation, texts: Mapping[str, str], currency: str) -> list[str]:
    accounts, kpi = explanation.accounts, explanation.figure.kpi
    if accounts is None:
        return [texts[explanation.why_no_accounts or "no_accounts"]]
    head = (
        texts["accounts"].format(comparison=texts[accounts.comparison])
        if accounts.comparison
        else texts["accounts_alone"]
    )
    lines = [head]
    for part in accounts.parts:
        change = "" if part.contribution is None else _change(part.contribution, kpi, currency)
        name = f"{part.account_id} {part.name or ''}".strip()
        lines.append(f"  {_padded(name, 36)} {change:>16}  {_before_and_now(part)}")
        lines += [f"      {rows.file} {texts['rows']} {rows.ranges}" for rows in part.rows]
    if accounts.others:
        lines.append("  " + texts["others"].format(n=accounts.others))
    return lines


def _padded(text: str, width: int) -> str:
    """The text filled with blanks; East Asian characters take two columns of a terminal."""
    return text + " " * (width - sum(1 + (east_asian_width(each) in "WF") for each in text))


def _before_and_now(part: AccountPart) -> str:
    then, now = _fraction(part.then), _fraction(part.now)
    return now if part.contribution is None else f"{then} → {now}"


def _fraction(sides: Sides) -> str:
    numerator = _number(sides.numerator)
    return numerator if sides.denominator is None else f"{numerator} ÷ {_number(sides.denominator)}"


def _value(value: float | None, kpi: Kpi, currency: str) -> str | None:
    if value is None:
        return None
    if kpi.unit == "rate":
        return f"{100 * value:.2f}%"
    return f"{_number(value)} {currency}" if kpi.unit == "currency" else _number(value)


def _change(change: float, kpi: Kpi, currency: str) -> str:
    sign = "-" if change < 0 else "+"
    if kpi.unit == "rate":
        return f"{sign}{abs(100 * change):.2f}pt"
    size = _number(abs(change))
    return f"{sign}{size} {currency}" if kpi.unit == "currency" else f"{sign}{size}"


def _number(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"
