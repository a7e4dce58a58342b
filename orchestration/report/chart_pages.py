"""The pages of charts, which pages.yml lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.report.charts import Chart, Series
from orchestration.report.language import Text

_LISTED = Path(__file__).parent / "pages.yml"


@cache
def chart_pages() -> dict[str, tuple[Text, tuple[Chart, ...]]]:
    """Title and charts of each page, in their order."""
    listed = yaml.load(_LISTED.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {
        name: (_text(page["title"]), tuple(_chart(chart) for chart in page["charts"]))
        for name, page in listed.items()
    }


def _chart(listed: dict[str, Any]) -> Chart:
    return Chart(
        listed["id"],
        _text(listed["title"]),
        listed["kind"],
        listed["unit"],
        listed["mart"],
        tuple(Series(name, _text(label), label.get("sign", 1)) for name, label in listed["series"].items()),
        by=listed.get("by", ""),
        label=listed.get("label", ""),
        where=listed.get("where", "true"),
        kpis=tuple(listed.get("kpis", ())),
        needs=tuple(listed.get("needs", ())),
        by_segment=listed.get("by_segment", True),
        note=_text(listed["note"]) if "note" in listed else None,
    )


def _text(words: dict[str, str]) -> Text:
    return Text(words["en"], words["ja"])
