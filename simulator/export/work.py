"""Verdicts on pieces of work."""

from __future__ import annotations

import numpy as np

from simulator.company.growing_table import GrowingTable
from simulator.company.texts import WORK_NOTES
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Ids, Texts, Times
from simulator.months.work import REASONS, VERDICTS


def write_work_item_feedback(world: World, verdicts: GrowingTable) -> None:
    """Verdicts of all months; notes in the language of the account."""
    if not len(verdicts):
        return
    account = verdicts["account"].astype(np.int64)
    language = world.accounts.is_japanese[account].astype(np.int64)
    note = verdicts["note"].astype(np.int64)
    columns: dict[str, Column] = {
        "account_id": Ids("A", account),
        "reason": Texts(verdicts["reason"], REASONS),
        "verdict": Texts(verdicts["verdict"], VERDICTS),
        "given_at": Times(verdicts["given_at"]),
        "until": Dates(verdicts["until"]),
        "member_id": Ids("M", world.staff.csm_of[account], 4),
        "note": Texts(np.where(note >= 0, language * len(VERDICTS) + note, -1), sum(WORK_NOTES, ())),
    }
    world.raw.write("work_item_feedback", columns)
