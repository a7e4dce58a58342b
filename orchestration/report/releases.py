"""The report of a release, and the same again for another month or segment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from orchestration.errors import ProjectError
from orchestration.release.releases import REPORTS, Release, open_marts
from orchestration.report.figures import ALL, Marts, segment_key
from orchestration.report.language import LANGUAGES, Language
from orchestration.report.site import MAILED, Origin, Site, vega, write_report


class ReportError(ProjectError):
    """A month or a segment of which there are no figures."""


def write_reports(folder: Path, release: Release, before: Path | None = None) -> list[Path]:
    """Write the report of the release in `folder`; `before` is the folder of an earlier report.

    Returns:
        The files, the first page first.
    """
    with open_marts(folder) as connection:
        return write_report(connection, Origin.of(release), folder / REPORTS, before)


def write_again(published: Path, release: Release, folder: Path) -> list[Path]:
    """Write the report of a published release into another folder; the files, the first page first."""
    with open_marts(published) as connection:
        return write_report(connection, Origin.of(release), folder, published / REPORTS)


def write_month(published: Path, release: Release, folder: Path, month: str, segment: str) -> list[Path]:
    """Write the page that can be mailed for a month such as 2025-10, and a segment such as plan:pro or all.

    Returns:
        The pages, one per language.

    Raises:
        ReportError: there are no figures of the month or the segment; the message names those there are.
    """
    with open_marts(published) as connection:
        marts = Marts(connection, release.as_of_date, _month(month, release))
        key = _segment(marts, segment)
        marts = Marts(connection, release.as_of_date, marts.month, key)
        folder.mkdir(parents=True, exist_ok=True)
        name = "-".join([MAILED, month, *([segment.replace(":", "-")] if key != ALL else [])])
        script = vega()
        return [
            Site(marts, Language(code, release.origin.reporting_currency), folder, script).write_mailed(name)
            for code in LANGUAGES
        ]


def _month(month: str, release: Release) -> dt.date:
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise ReportError(f"MONTH={month} is no month: write it like 2025-10.") from None
    if first > release.as_of_date:
        raise ReportError(f"There are no figures of {month} yet: the release is as of {release.as_of_date}.")
    return first


def _segment(marts: Marts, segment: str) -> str:
    dimension, _, value = segment.partition(":")
    if segment in ("", ALL):
        dimension, value = ALL, ALL
    found = marts.rows(
        "select distinct segment_dimension, segment_value from marts.kpi_mrr_months where month_start = ? "
        "order by all",
        [marts.month],
    )
    known = [(row["segment_dimension"], row["segment_value"]) for row in found]
    if not known:
        raise ReportError(f"There are no figures of {marts.month:%Y-%m}.")
    if (dimension, value) not in known:
        there = ", ".join(f"{name}:{each}" for name, each in known if name in (dimension, *(["plan"])))
        raise ReportError(f"There is no segment {segment} in {marts.month:%Y-%m}. There are: {there}.")
    return segment_key(dimension, value)
