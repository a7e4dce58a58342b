"""A made-up history of scores with what came after them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from orchestration.health.chances import CHANCE_HORIZONS, INPUTS
from orchestration.health.evaluation.observations import NEVER, NOT_COMPARED, Customers, Observations
from orchestration.health.evaluation.tuning import scores

MEASURES = ("telling", "noise", "reversed")


def history(months: int = 18, customers: int = 120) -> Observations:
    """Customers whose `telling` measure decides whether they leave; `reversed` is better where they leave."""
    random = np.random.default_rng(7)
    day = np.repeat(np.arange(months) * 30, customers)
    telling = random.random(len(day))
    values = np.column_stack([telling, random.random(len(day)), 1 - telling])
    values[random.random(len(day)) < 0.1, 1] = np.nan
    left = random.random(len(day)) < 0.5 * (1 - telling) ** 3
    weights = np.array([10.0, 10.0, 10.0])
    score = scores(values, weights)
    gave_notice = left & (random.random(len(day)) < 0.2)
    churn_day = np.where(left, day + 45, NEVER)
    inputs = np.zeros((len(day), len(INPUTS)))
    inputs[:, INPUTS.index("unhealthy")] = 1 - score / 100
    inputs[:, INPUTS.index("notice")] = gave_notice
    return Observations(
        account=np.array([f"a{number}" for number in np.tile(np.arange(customers), months)]),
        day=day,
        score=score,
        hindsight=score,
        tenure=random.random(len(day)) * 900,
        recency=random.random(len(day)) * 30,
        term_days=np.where(random.random(len(day)) < 0.3, np.nan, random.random(len(day)) * 365),
        inputs={str(horizon): inputs for horizon in CHANCE_HORIZONS},
        values=values,
        raw=values * 100,
        others={"first_login": np.ones(len(day))},
        segments={
            "lifecycle_stage": np.where(day < 90, "onboarding", "established"),
            "notice": np.where(gave_notice, "given", "none"),
            "billing_months_without_notice": np.where(gave_notice, NOT_COMPARED, "1"),
        },
        churn_day=churn_day,
        expansion_day=np.full(len(day), NEVER),
        newest_day=int(day.max()),
        customers=Customers(
            day=day,
            score=score,
            band=np.where(score < 40, "red", np.where(score < 70, "yellow", "green")),
            mrr=np.round(random.random(len(day)) * 1000, 2),
            is_leaving=gave_notice,
            csm=np.where(day < 30, "unknown", "csm 1"),
            churn_day=churn_day,
        ),
    )


def by_name(observations: Observations) -> Observations:
    """Columns in the order of a configuration of MEASURES, which is that of the ids."""
    order = [MEASURES.index(name) for name in sorted(MEASURES)]
    return replace(observations, values=observations.values[:, order], raw=observations.raw[:, order])
