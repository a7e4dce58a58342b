"""The company's own tables: campaigns, costs, targets and staff."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.exchange_rates import RATE_SCALE
from simulator.company.ledger import PAYING, item_mrr
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Decimals, Ids, Texts, Times
from simulator.months.campaigns import CAMPAIGNS, start_month
from simulator.randomness import Ints


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


def write_targets(world: World, days: Ints, rates: Ints) -> None:
    """Targets from the first month, stricter from the second year; in `standard` more for the last year."""
    starts = world.timeline.starts[[0, *([12] if world.config.months > 12 else [])]]
    number, year = (index.ravel() for index in np.indices((len(cat.KPI_TARGETS), len(starts))))
    target = np.array([round(target * 10_000) for _, target, _ in cat.KPI_TARGETS])[number]
    warning = np.array([round(warning * 10_000) for _, _, warning in cat.KPI_TARGETS])[number]
    target = np.where(year == 0, target + (warning - target) // 4, target)
    kpi_ids = [cat.KPI_TARGETS[k][0] for k in number]
    segments = [("all", "all")] * len(number)
    effective = starts[year]
    columns: dict[str, Column] = {}
    if world.config.model.detailed_targets and world.config.months > 12:
        more = len(cat.LAST_YEAR_TARGETS)
        begins = world.timeline.starts[world.config.months - 12]
        baseline = np.zeros(len(number) + more + 1, dtype=np.int64)
        baseline[-1] = _mrr_at(world, begins, days, rates)
        grown = round(baseline[-1] * cat.MRR_GROWTH)
        kpi_ids += [kpi for kpi, *_ in cat.LAST_YEAR_TARGETS] + ["closing_mrr"]
        segments += [(dimension, value) for _, dimension, value, *_ in cat.LAST_YEAR_TARGETS] + [
            ("all", "all")
        ]
        effective = np.append(effective, np.full(more + 1, begins))
        target = np.append(target, [*(round(t * 10_000) for *_, t, _ in cat.LAST_YEAR_TARGETS), grown])
        warning = np.append(
            warning, [*(round(w * 10_000) for *_, w in cat.LAST_YEAR_TARGETS), round(grown * 0.95)]
        )
        is_paced = np.arange(len(baseline)) == len(baseline) - 1
        columns = {
            "due_month": Dates(np.where(is_paced, world.timeline.starts[world.config.months - 1], NEVER)),
            "baseline_value": Decimals(baseline, 4, is_paced),
        }
    position = np.arange(len(kpi_ids))
    columns = {
        "kpi_id": Texts(position, kpi_ids),
        "segment_dimension": Texts(position, [dimension for dimension, _ in segments]),
        "segment_value": Texts(position, [value for _, value in segments]),
        "effective_month": Dates(effective),
        "target_value": Decimals(target, 4),
        "warning_value": Decimals(warning, 4),
        **columns,
    }
    world.raw.write("kpi_targets", columns)


def _mrr_at(world: World, at: int, days: Ints, rates: Ints) -> int:
    """MRR of all customers at a time, in ten-thousandths of the reporting currency, to about a unit."""
    versions = world.ledger.versions()
    account = versions["account"]
    mrr = item_mrr(
        versions["quantity"], versions["price"], versions["discount"], world.ledger.interval[account]
    )
    counts = (versions["valid_from"] <= at) & (versions["valid_to"] > at)
    counts &= np.isin(versions["status"], PAYING) & ~world.accounts.is_test[account]
    rate = rates[np.searchsorted(days, at, side="right") - 1][world.ledger.currency[account]]
    return int((mrr * rate / 10**RATE_SCALE)[counts].sum())


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
