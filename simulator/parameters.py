"""The coefficients of the model; docs/simulator.md has the equations, and a test keeps the two equal.

Rates are per month unless the comment says otherwise. Triples are (smb, mid_market, enterprise).
They follow what business software companies report; none was tuned to the health score.

The defaults are the scenario `classic`. What only `standard` has is 0 there, or so large that it never binds.
"""

from __future__ import annotations

from dataclasses import dataclass

BySize = tuple[float, float, float]
ByInterval = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Model:
    """Coefficients, grouped as in docs/simulator.md."""

    # Who signs up
    signup_growth: float = 2.0  # sign-ups per month grow to 1 + this over the whole period
    intervals_smb: ByInterval = (0.66, 0.06, 0.27, 0.01, 0.0)  # paid by month, quarter, 1, 2, 3 years
    intervals_mid_market: ByInterval = (0.36, 0.06, 0.52, 0.04, 0.02)
    intervals_enterprise: ByInterval = (0.10, 0.05, 0.68, 0.10, 0.07)
    holding_share: float = 0.0  # parents that have a parent themselves
    acquisition_cost: float = 1.0  # factor on what a sign-up costs
    leads_lost: float = 4.0  # per won one
    leads_with_channel: float = 0.0  # share of leads that say where they came from
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
    deputy_found: float = 0.0  # a further champion, for each ten users
    deputy_most: float = 0.0  # further champions at most
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
    idle_rate: float = 0.0  # times exp(-0.5 s): nobody uses the product any more, though it is paid for
    idle_ends: float = 0.0

    # Leaving
    leave_base: BySize = (0.0245, 0.0140, 0.0065)
    leave_external: BySize = (0.0040, 0.0025, 0.0015)  # bankruptcy, acquisition: no trace beforehand
    leave_mood: float = 1.40
    leave_budget: float = 0.25
    leave_embedded: float = 0.05  # per adopted feature
    leave_contract: float = 0.60  # a renewal bundles this share of the term's monthly pressure
    leave_content: float = 9.0  # belief above this makes nobody safer
    leave_despair: float = -9.0  # belief below this makes nobody leave sooner
    leave_breaks: float = 0.0  # log factor once belief is below leave_breaks_at
    leave_breaks_at: float = -9.0
    leave_squeezed: float = 0.0  # per unit of unhappiness and of lacking budget, multiplied
    leave_idle: float = 0.0  # log factor while idle
    leave_season: float = 0.0  # log factor per unit of lacking budget around the end of the fiscal year
    doubt_rate: float = 0.0  # the buyer sees no value, whatever the users feel
    doubt_ends: float = 0.0
    doubt_belief: float = 0.0  # decides as if belief were this, or lower
    sponsor_changes: float = 0.0  # somebody else pays now, and looks at every contract
    sponsor_settles: float = 0.0
    leave_sponsor: float = 0.0  # log factor until then
    sponsor_champion: float = 0.0  # share of it where there is a champion
    offer_rate: float = 0.0  # a competitor makes an offer
    offer_ends: float = 0.0
    leave_offer: float = 0.0  # log factor meanwhile, where belief is below offer_tempts_below
    offer_tempts_below: float = 0.0
    foresight: float = 0.0  # 1 = the stated chances count shocks to come, 0 = the mean path alone
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

    # Sales in accounts
    deals_lost_managed: float = 0.022
    deals_lost: float = 0.004  # in accounts without a manager

    # Contracts and the work on them
    notice_days: BySize = (0.0, 0.0, 0.0)  # before the end of a contract; 0 = the contract says nothing
    feedback_rate: float = 0.0  # verdicts on work, per managed customer
    fee_share: float = 0.0  # sales-led accounts that pay once for onboarding
    reassigned_share: float = 0.0  # accounts that had another manager before

    # What the export lacks or says late
    backdated_share: float = 0.02  # rows recorded days after what they say
    backdated_days: float = 4.0  # mean delay of these, exponential
    backdated_cancellations: float = 0.02  # share of cancellations
    overlap_share: float = 0.0  # item versions whose end still lies after the next version's start
    feed_gap_days: tuple[float, float] = (0.0, 0.0)  # feed of one integration at 70 %, of another at the end
    gauge_breaks: float = 0.0  # an account's gauges are not renewed
    gauge_mended: float = 0.0
    planned_goals: float = 0.0  # share of goals with a success plan
    complaint_share: float = 0.0  # of slow or escalated tickets, those that are a complaint
    app_downloads: float = 0.0  # downloads of apps per user and month; 0 = not recorded
    detailed_targets: float = 0.0  # 1 = targets of MRR with a pace, LTV, health, use and segments


CLASSIC = Model()
STANDARD = Model(
    intervals_smb=(0.84, 0.05, 0.11, 0.0, 0.0),
    intervals_mid_market=(0.58, 0.08, 0.31, 0.02, 0.01),
    intervals_enterprise=(0.18, 0.08, 0.62, 0.07, 0.05),
    holding_share=0.8,
    acquisition_cost=5.5,
    leads_lost=3.0,
    leads_with_channel=0.85,
    deputy_found=0.06,
    deputy_most=3.0,
    silent_share=0.30,
    idle_rate=0.009,
    idle_ends=0.07,
    leave_base=(0.0135, 0.0075, 0.0035),
    leave_content=0.6,
    leave_despair=-1.8,
    leave_breaks=0.5,
    leave_breaks_at=-1.0,
    leave_squeezed=0.25,
    leave_idle=0.6,
    leave_season=0.5,
    doubt_rate=0.010,
    doubt_ends=0.08,
    doubt_belief=-0.9,
    sponsor_changes=0.015,
    sponsor_settles=0.20,
    leave_sponsor=1.2,
    sponsor_champion=0.4,
    offer_rate=0.020,
    offer_ends=0.30,
    leave_offer=1.2,
    offer_tempts_below=0.3,
    foresight=1.0,
    deals_lost_managed=0.15,
    deals_lost=0.03,
    notice_days=(30.0, 60.0, 90.0),
    feedback_rate=0.08,
    fee_share=0.6,
    reassigned_share=0.2,
    backdated_share=0.04,
    backdated_days=12.0,
    backdated_cancellations=0.25,
    overlap_share=0.05,
    feed_gap_days=(24.0, 10.0),
    gauge_breaks=0.01,
    gauge_mended=0.25,
    planned_goals=0.6,
    complaint_share=0.25,
    app_downloads=0.15,
    detailed_targets=1.0,
)
SCENARIOS = {"classic": CLASSIC, "standard": STANDARD}
