"""The coefficients of the model; docs/simulator.md has the equations, and a test keeps the two equal.

Rates are per month unless the comment says otherwise. Triples are (smb, mid_market, enterprise).
They follow what business software companies report; none was tuned to the health score.
"""

from __future__ import annotations

from dataclasses import dataclass

BySize = tuple[float, float, float]


@dataclass(frozen=True)
class Model:
    """Coefficients, grouped as in docs/simulator.md."""

    # Who signs up
    signup_growth: float = 2.0  # sign-ups per month grow to 1 + this over the whole period
    trial_intercept: float = -0.80  # log odds that a trial becomes a customer
    trial_fit: float = 0.45
    trial_need: float = 0.45
    trial_steps: float = 1.6  # all onboarding steps reached against none
    trial_sales_led: float = 0.45

    # Satisfaction: fast (what people feel this week) and slow (what the decision maker believes)
    mood_base: float = 0.15
    mood_fit: float = 0.30
    mood_need: float = 0.20
    mood_champion: float = 0.35
    mood_onboarding: float = 0.80  # times (share of onboarding steps reached - 0.6)
    mood_return: float = 0.25  # share of the way back to its target
    mood_noise: float = 0.28
    mood_slow: float = 0.45  # share of the way that belief follows feeling
    trouble_rate: float = 0.025  # a reorganisation, a lost sponsor, a failed project
    trouble_size: float = 1.50  # mean fall in satisfaction, exponential
    champion_leaves: float = 0.015
    champion_found: float = 0.10
    budget_return: float = 0.10
    budget_noise: float = 0.20
    service_memory: float = 0.60
    service_slow: float = -0.16  # per slow or escalated ticket
    service_fast: float = 0.02  # per ticket answered well
    training_memory: float = 0.75
    training_gain: float = 0.16  # per attended training
    grudge_memory: float = 0.80
    price_rise: float = 0.07
    price_grudge: float = 0.35
    release_shock: float = 0.55  # the bad release, for accounts with integrations

    # Usage
    use_base: float = 0.25  # chance that a typical user works on a working day
    use_mood: float = 0.50
    use_need: float = 0.18
    use_champion: float = 0.22
    use_onboarding: float = 0.60
    use_leaving: float = -0.70  # after the decision to leave
    use_user_spread: float = 0.65  # standard deviation between users, in logs
    silent_share: float = 0.20  # accounts whose usage says little about their satisfaction
    rows_per_user_day: float = 2.4
    feature_adoption: float = 0.28
    feature_drop: float = 0.02

    # Leaving
    leave_base: BySize = (0.0245, 0.0140, 0.0065)
    leave_external: BySize = (0.0040, 0.0025, 0.0015)  # bankruptcy, acquisition: no trace beforehand
    leave_mood: float = 1.40
    leave_budget: float = 0.25
    leave_embedded: float = 0.05  # per adopted feature
    leave_contract: float = 0.60  # a renewal bundles this share of the term's monthly pressure
    saved_share: float = 0.08  # states a reason, then stays
    reason_stated: float = 0.65
    late_rate: float = 0.008
    late_budget: float = 0.60
    late_never_paid: float = 0.10
    pause_rate: float = 0.0020
    return_rate: float = 0.004  # in the twelve months after leaving

    # Growing and shrinking
    seat_growth: BySize = (0.000, 0.002, 0.003)
    seat_mood: float = 0.014
    seat_need: float = 0.006
    seat_noise: float = 0.040
    upgrade_rate: float = 0.004
    downgrade_rate: float = 0.0015
    addon_rate: float = 0.005
    cross_sell_rate: float = 0.004
    growth_mood: float = 0.50

    # Support and surveys
    ticket_rate: float = 0.17  # per active user to the power 0.7
    ticket_mood: float = -0.30
    csat_base: float = 4.40
    csat_mood: float = 0.40
    csat_slow: float = -0.80
    nps_base: float = 8.05
    nps_mood: float = 0.95
    nps_noise: float = 1.60
