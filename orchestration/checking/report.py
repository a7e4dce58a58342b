"""The report of a check, as text for a terminal and as one HTML page."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from orchestration.checking.findings import Section

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ccc;text-align:left}"
    "h2{margin-top:2rem}"
)


def as_text(title: str, parts: Sequence[Section]) -> str:
    """The report as lines of text; parts without anything in them are left out."""
    return "\n".join([title, *(line for part in parts for line in _text_lines(part))])


def as_page(title: str, parts: Sequence[Section]) -> str:
    """The report as an HTML page that needs nothing else."""
    body = "\n".join(line for part in parts for line in _page_lines(part))
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{html.escape(title)}</h1>\n{body}\n</html>\n"
    )


def _text_lines(part: Section) -> Iterator[str]:
    if not (part.lines or part.rows):
        return
    yield f"\n{part.title}"
    yield from (f"  {line}" for line in part.lines)
    if part.rows:
        table = [part.headings, *([_cell(cell) for cell in row] for row in part.rows)]
        widths = [max(len(str(row[place])) for row in table) for place in range(len(part.headings))]
        for row in table:
            yield (
                "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            )


def _page_lines(part: Section) -> Iterator[str]:
    if not (part.lines or part.rows):
        return
    yield f"<h2>{html.escape(part.title)}</h2>"
    if part.lines:
        yield "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in part.lines) + "</ul>"
    if part.rows:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in part.headings)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_cell(cell))}</td>" for cell in row) + "</tr>"
            for row in part.rows
        )
        yield f"<table><tr>{head}</tr>{rows}</table>"


def _cell(cell: object) -> str:
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
