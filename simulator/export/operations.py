"""The company's own tables: campaigns, costs, targets and staff."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Decimals, Ids, Texts, Times
from simulator.months.campaigns import CAMPAIGNS, start_month


def write_campaigns(world: World) -> None:
    """Campaigns that started in the period."""
    numbers = np.array(
        [k for k, campaign in enumerate(CAMPAIGNS) if start_month(world, campaign) < world.config.months]
    )
    starts = np.array([world.timeline.starts[start_month(world, CAMPAIGNS[k])] for k in numbers])
    chosen = [CAMPAIGNS[k] for k in numbers]
    span = np.array([campaign.months for campaign in chosen]) * 30 * DAY
    ended = np.minimum(starts + span, world.timeline.end - DAY)
    text = np.arange(len(chosen))
    columns: dict[str, Column] = {
        "campaign_id": Ids("CP", numbers, 3),
        "campaign_name": Texts(text, [campaign.name for campaign in chosen]),
        "kind": Texts(text, [campaign.kind for campaign in chosen]),
        "hypothesis": Texts(text, [campaign.hypothesis for campaign in chosen]),
        "kpi_id": Texts(text, [campaign.kpi_id for campaign in chosen]),
        "owner_id": Ids("M", world.staff.operators[text % len(world.staff.operators)], 4),
        "started_on": Dates(starts),
        "ended_on": Dates(ended),
        "review_on": Dates(ended + 90 * DAY),
        "expected_change": Decimals(np.array([campaign.expected_change for campaign in chosen]), 2),
        "decision": Texts(text, [campaign.decision for campaign in chosen]),
    }
    world.raw.write("campaigns", columns)


def write_costs(world: World) -> None:
    """Acquisition cost by month and channel: half by its sign-ups, half fixed, with noise."""
    rng = world.rng("costs")
    a = world.accounts
    months = world.config.months
    signups = np.zeros((months, len(cat.CHANNELS)))
    np.add.at(signups, (a.birth_month, a.channel), 1)
    each = world.config.model.acquisition_cost * np.array([channel.cost for channel in cat.CHANNELS])
    cost = (0.5 * signups + 0.5 * signups.mean(axis=0)) * each * np.exp(rng.normal(0, 0.15, signups.shape))
    month, channel = (index.ravel() for index in np.indices(signups.shape))
    columns: dict[str, Column] = {
        "month": Dates(world.timeline.starts[month]),
        "channel": Texts(channel, [c.name for c in cat.CHANNELS]),
        "cost": Decimals(np.round(cost.ravel()).astype(np.int64), 0),
        "currency": Texts(np.array([c.currency for c in cat.CHANNELS])[channel], cat.CURRENCIES),
    }
    world.raw.write("acquisition_costs", columns)


def write_targets(world: World) -> None:
    """Targets from the first month, stricter from the second year."""
    starts = world.timeline.starts[[0, *([12] if world.config.months > 12 else [])]]
    number, year = (index.ravel() for index in np.indices((len(cat.KPI_TARGETS), len(starts))))
    target = np.array([round(target * 10_000) for _, target, _ in cat.KPI_TARGETS])[number]
    warning = np.array([round(warning * 10_000) for _, _, warning in cat.KPI_TARGETS])[number]
    is_first = year == 0
    columns: dict[str, Column] = {
        "kpi_id": Texts(number, [kpi for kpi, _, _ in cat.KPI_TARGETS]),
        "segment_dimension": Texts(np.zeros(len(number), int), ("all",)),
        "segment_value": Texts(np.zeros(len(number), int), ("all",)),
        "effective_month": Dates(starts[year]),
        "target_value": Decimals(np.where(is_first, target + (warning - target) // 4, target), 4),
        "warning_value": Decimals(warning, 4),
    }
    world.raw.write("kpi_targets", columns)


def write_staff(world: World) -> None:
    staff = world.staff
    count = np.arange(len(staff.names))
    columns: dict[str, Column] = {
        "member_id": Ids("M", count, 4),
        "member_name": Texts(count, staff.names),
        "team": Texts(staff.team, cat.TEAMS),
        "role": Texts(count, staff.role),
        "joined_at": Times(staff.joined_at),
        "left_at": Times(staff.left_at),
    }
    world.raw.write("team_members", columns)
