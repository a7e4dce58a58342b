"""What a reader of the raw folder must find: rows by table, and the rows to quarantine."""

from __future__ import annotations

import numpy as np

from simulator.company.world import World
from simulator.files.columns import Column, Numbers, Texts


def write_raw_rows(world: World) -> None:
    """The truth tables table_rows and spoiled_rows."""
    counts = world.raw.counts
    tables = world.raw.tables
    quarantined = [sum(1 for row in counts.spoiled if row[0] == name) for name in tables]
    unknown = [counts.unknown_references[name] for name in tables]
    read, repeated, superseded = (
        np.array([counter[name] for name in tables])
        for counter in (counts.read, counts.repeated, counts.superseded)
    )
    order = np.arange(len(tables))
    world.truth.write(
        "table_rows",
        {
            "table_name": Texts(order, tables),
            "rows_read": Numbers(read),
            "rows_accepted": Numbers(read - repeated - superseded - np.array(quarantined)),
            "rows_repeated": Numbers(repeated),
            "rows_superseded": Numbers(superseded),
            "rows_quarantined": Numbers(np.array(quarantined)),
            "unknown_references": Numbers(np.array(unknown)),
        },
    )
    order = np.arange(len(counts.spoiled))
    columns: dict[str, Column] = {
        name: Texts(order, [str(row[place]) for row in counts.spoiled])
        for place, name in enumerate(("table_name", "row_key", "reason", "file_name"))
    }
    columns["row_number"] = Numbers(np.array([row[4] for row in counts.spoiled], dtype=np.int64))
    world.truth.write("spoiled_rows", columns)
