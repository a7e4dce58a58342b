"""What a page is made of: tiles, charts, tables and the tree of KPIs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.report.charts import Chart
from orchestration.report.language import Text

# A status is told by a sign and a word as well as by its colour.
STATUSES = {
    "green": ("●", Text("on target", "達成")),
    "yellow": ("▲", Text("near target", "注意")),
    "red": ("■", Text("off target", "未達")),
    "not_yet": ("…", Text("not yet", "未確定")),
    "no_data": ("–", Text("no data", "データなし")),
    "no_target": ("", Text("", "")),
}

NOTHING_TO_SHOW = Text("Nothing to show.", "該当なし。")


@dataclass(frozen=True)
class Tile:
    """One figure: its value, what it is compared with, and its trend by month.

    `segments` holds value, lines and status of other segments by their keys.
    """

    label: str
    value: str
    lines: Sequence[str] = ()
    status: str = "no_target"
    kpi_id: str = ""
    trend: Sequence[float | None] = ()
    segments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, the key in the rows and the unit, which says how values are written."""

    title: Text
    key: str
    unit: str = "text"


@dataclass(frozen=True)
class Table:
    """Rows with texts that are ready to be read; `counted` says how many more there are, if any."""

    title: Text
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    empty: Text = NOTHING_TO_SHOW
    note: str = ""


@dataclass(frozen=True)
class Node:
    """A KPI of the tree, with those that it is made of."""

    kpi_id: str
    label: str
    level: str
    value: str
    status: str
    children: Sequence[Node] = ()


@dataclass(frozen=True)
class Tree:
    """KGI, KFS, KPI and sub-KPI."""

    title: Text
    roots: Sequence[Node]


@dataclass(frozen=True)
class Tiles:
    """Figures beside each other."""

    tiles: Sequence[Tile]


Block = Tiles | Chart | Table | Tree


@dataclass(frozen=True)
class Page:
    """One page of the report."""

    page_id: str
    title: Text
    blocks: Sequence[Block]
