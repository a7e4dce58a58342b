"""Tickets, answers and usage by month."""

from __future__ import annotations

import numpy as np

from simulator.company.world import World
from simulator.files.columns import Dates, Numbers
from simulator.months.support import SupportState
from simulator.months.voice import VoiceState


def write_months(world: World, support: SupportState, voice: VoiceState, usage: list[dict[str, int]]) -> None:
    """The truth tables ticket_months, voice_months and usage_months."""
    months = len(world.timeline.months)
    starts = Dates(world.timeline.starts[:months])
    opened, resolved = support.opened[:months], support.resolved[:months]
    world.truth.write(
        "ticket_months",
        {
            "month_start": starts,
            "opened": Numbers(opened),
            "resolved": Numbers(resolved),
            "open_at_close": Numbers(np.cumsum(opened) - np.cumsum(resolved)),
            "escalated": Numbers(support.escalated[:months]),
            "replies": Numbers(support.replies[:months]),
        },
    )
    world.truth.write(
        "voice_months",
        {
            "month_start": starts,
            "nps_responses": Numbers(voice.nps),
            "promoters": Numbers(voice.promoters),
            "detractors": Numbers(voice.detractors),
            "csat_responses": Numbers(voice.csat),
            "satisfied": Numbers(voice.satisfied),
        },
    )
    world.truth.write(
        "usage_months",
        {
            "month_start": starts,
            **{name: Numbers(np.array([month[name] for month in usage])) for name in usage[0]},
        },
    )
