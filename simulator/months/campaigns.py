"""Campaigns with a true effect: which accounts are treated, what it does to them, and the exact effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, Month
from simulator.company import catalog as cat
from simulator.company.commerce import LIVE
from simulator.company.hazard import loss_probabilities, standing
from simulator.company.world import World
from simulator.files.columns import Column, Ids, Numbers
from simulator.randomness import Bools, Ints


@dataclass(frozen=True)
class Campaign:
    """One campaign; its effects last `months`. `share` of the eligible accounts are treated."""

    name: str
    kind: str
    hypothesis: str
    kpi_id: str
    at: float  # when it starts, as a share of the period
    is_randomised: bool
    share: float
    touch: str
    lift: float = 0.0  # added to the target of satisfaction
    hazard_ratio: float = 1.0
    cross_sell_ratio: float = 1.0
    months: int = 3
    expected_change: int = 0  # hundredths, of the KPI
    decision: str = "keep"


CAMPAIGNS = (
    Campaign(
        "First weeks checklist",
        "onboarding",
        "A checklist with a date for each step gets new teams to value sooner",
        "onboarding_completion_rate",
        0.20,
        True,
        0.5,
        "email",
        lift=0.30,
        months=4,
        expected_change=5,
    ),
    Campaign(
        "Training sprint",
        "training",
        "Two short trainings make established accounts use more features",
        "active_account_rate",
        0.34,
        True,
        0.5,
        "training",
        lift=0.35,
        months=4,
        expected_change=3,
    ),
    Campaign(
        "Executive sponsor calls",
        "outreach",
        "A call from an executive wins back accounts that are unhappy",
        "customer_churn_rate",
        0.47,
        False,
        0.7,
        "call",
        lift=0.40,
        months=4,
        expected_change=-1,
    ),
    Campaign(
        "Insights on trial",
        "cross_sell",
        "Accounts that see their own forecasts buy the second product",
        "cross_sell_rate",
        0.60,
        True,
        0.5,
        "email",
        cross_sell_ratio=2.5,
        months=3,
        expected_change=1,
    ),
    Campaign(
        "New newsletter",
        "content",
        "A livelier newsletter keeps customers longer",
        "customer_churn_rate",
        0.70,
        True,
        0.5,
        "email",
        months=3,
        expected_change=-1,
        decision="stop",
    ),
    Campaign(
        "Save desk",
        "retention",
        "A named contact and a flexible term keep small accounts",
        "customer_churn_rate",
        0.80,
        True,
        0.5,
        "call",
        hazard_ratio=0.65,
        months=4,
        expected_change=-1,
        decision="open",
    ),
)
EXPANSION_CAMPAIGN = 3


@dataclass
class CampaignState:
    """Treated accounts, and the last month of the effect, by campaign."""

    treated: list[Ints]
    until: list[int]

    @staticmethod
    def empty() -> CampaignState:
        """Before the first campaign."""
        return CampaignState([np.array([], dtype=np.int64) for _ in CAMPAIGNS], [-1] * len(CAMPAIGNS))


def start_month(world: World, campaign: Campaign) -> int:
    """The month in which a campaign starts."""
    return round(campaign.at * world.config.months)


def _eligible(world: World, number: int, month: Month) -> Bools:
    a, c, mood = world.accounts, world.commerce, world.mood
    counts = ~a.is_test & (a.merged_into < 0)
    customer = (c.phase == LIVE) & counts
    age = month.start - a.created_at
    match number:
        case 0:
            return c.has_access & counts & (age < 60 * DAY)
        case 1:
            return customer & (age > 90 * DAY) & (a.size < cat.ENTERPRISE)
        case 2:
            return customer & a.is_managed & (mood.feeling < -0.3)
        case 3:
            return customer & (world.ledger.now.status[:, cat.SLOT_INSIGHTS] == cat.NONE)
        case 5:
            return customer & (world.ledger.interval < cat.FIRST_CONTRACT) & (a.size == cat.SMB)
        case _:
            return customer


def begin_month(world: World, month: Month, state: CampaignState) -> None:
    """Start the month's campaigns, record their true effects, and apply the running ones."""
    for number, campaign in enumerate(CAMPAIGNS):
        if start_month(world, campaign) == month.index:
            _start(world, month, number, campaign, state)
    world.mood.lift[:] = 0
    world.campaign_ratio[:] = 1
    world.cross_sell_ratio[:] = 1
    world.campaign_of[:] = -1
    for number, campaign in enumerate(CAMPAIGNS):
        if month.index <= state.until[number]:
            treated = state.treated[number]
            world.mood.lift[treated] += campaign.lift
            world.campaign_ratio[treated] *= campaign.hazard_ratio
            world.cross_sell_ratio[treated] *= campaign.cross_sell_ratio
            if number == EXPANSION_CAMPAIGN:
                world.campaign_of[treated] = number


def _start(world: World, month: Month, number: int, campaign: Campaign, state: CampaignState) -> None:
    rng = world.rng(f"campaign {number}")
    eligible = np.flatnonzero(_eligible(world, number, month))
    is_treated = rng.random(len(eligible)) < campaign.share
    treated = eligible[is_treated]
    state.treated[number] = treated
    state.until[number] = month.index + campaign.months - 1
    before = standing(world, treated, month.start)
    model = world.config.model
    plain = loss_probabilities(model, before, month.start)
    helped = loss_probabilities(
        model, before, month.start, lift=campaign.lift, ratio=campaign.hazard_ratio, months=campaign.months
    )
    effect = (helped - plain).mean(axis=0) if len(treated) else np.zeros(3)
    one = np.ones(1, dtype=np.int64)
    truth: dict[str, Column] = {
        "campaign_id": Ids("CP", one * number, 3),
        "is_randomised": Numbers(one == campaign.is_randomised),
        "eligible_accounts": Numbers(one * len(eligible)),
        "treated_accounts": Numbers(one * len(treated)),
        "satisfaction_lift": Numbers(one * campaign.lift),
        "hazard_ratio": Numbers(one * campaign.hazard_ratio),
        "cross_sell_ratio": Numbers(one * campaign.cross_sell_ratio),
        "lasts_months": Numbers(one * campaign.months),
        "true_effect_churn_90d": Numbers(one * effect[1]),
        "true_effect_churn_180d": Numbers(one * effect[2]),
    }
    world.truth.write("campaign_effects", truth)
    assignments: dict[str, Column] = {
        "campaign_id": Ids("CP", np.full(len(eligible), number), 3),
        "account_id": Ids("A", eligible),
        "is_treated": Numbers(is_treated),
        "is_randomised": Numbers(np.full(len(eligible), campaign.is_randomised)),
    }
    world.truth.write("campaign_assignments", assignments)
