"""What the simulated company sells and measures: markets, channels, plans, features, onboarding steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SIZE_BANDS = ("smb", "mid_market", "enterprise")
SMB, MID, ENTERPRISE = range(3)
SIZE_SHARES = (0.62, 0.28, 0.10)

CURRENCIES = ("USD", "EUR", "JPY")


class Country(NamedTuple):
    """A market; `first_hour` is when its offices open, in UTC."""

    code: str
    region: str
    currency: int
    calendar: int
    share: float
    first_hour: int
    is_japanese: bool


COUNTRIES = (
    Country("US", "North America", 0, 0, 0.38, 13, False),
    Country("JP", "Japan", 2, 2, 0.27, 0, True),
    Country("DE", "EMEA", 1, 1, 0.10, 7, False),
    Country("GB", "EMEA", 0, 1, 0.09, 8, False),
    Country("FR", "EMEA", 1, 1, 0.06, 7, False),
    Country("CA", "North America", 0, 0, 0.05, 13, False),
    Country("AU", "APAC", 0, 0, 0.05, 0, False),
)
INDUSTRIES = (
    "software", "manufacturing", "retail", "finance", "healthcare", "education", "logistics",
    "professional_services",
)  # fmt: skip
INDUSTRY_SHARES = (0.18, 0.15, 0.14, 0.10, 0.11, 0.09, 0.10, 0.13)
INDUSTRY_NEED = (0.25, 0.10, -0.10, 0.15, 0.0, -0.25, 0.05, 0.0)


class Channel(NamedTuple):
    """An acquisition channel; its cost is per sign-up, in its own currency."""

    name: str
    share: float
    fit: float
    cost: float
    currency: int


CHANNELS = (
    Channel("organic_search", 0.22, 0.10, 350, 0),
    Channel("paid_search", 0.20, -0.30, 1_400, 0),
    Channel("content", 0.12, 0.10, 600, 0),
    Channel("partner", 0.14, 0.20, 130_000, 2),
    Channel("outbound", 0.14, -0.05, 2_600, 0),
    Channel("referral", 0.10, 0.35, 300, 0),
    Channel("event", 0.08, 0.0, 2_900, 1),
)
REFERRAL = 5


class Plan(NamedTuple):
    """A sellable plan; prices are per unit and month in whole units of USD, EUR and JPY."""

    plan_id: str
    plan_name: str
    product_id: str
    product_name: str
    tier_rank: int
    is_addon: bool
    prices: tuple[int, int, int]


PLANS = (
    Plan("core_starter", "Core Starter", "core", "Core", 1, False, (15, 14, 2_200)),
    Plan("core_team", "Core Team", "core", "Core", 2, False, (29, 27, 4_200)),
    Plan("core_business", "Core Business", "core", "Core", 3, False, (49, 45, 7_200)),
    Plan("core_enterprise", "Core Enterprise", "core", "Core", 4, False, (79, 73, 11_500)),
    Plan("core_sso", "Single sign-on", "core", "Core", 1, True, (99, 90, 14_000)),
    Plan("core_api", "Extended interface", "core", "Core", 1, True, (60, 55, 8_500)),
    Plan("insights_basic", "Insights Basic", "insights", "Insights", 1, False, (12, 11, 1_700)),
    Plan("insights_pro", "Insights Pro", "insights", "Insights", 2, False, (20, 18, 2_900)),
)
CORE_TOP, PLAN_SSO, PLAN_API, INSIGHTS_BASIC, INSIGHTS_PRO = 3, 4, 5, 6, 7
PRODUCT_OF_PLAN = np.array([0, 0, 0, 0, 0, 0, 1, 1])
PRODUCTS = ("core", "insights")
# Subscription items of an account: the core plan, two add-ons, and the second product.
SLOT_CORE, SLOT_SSO, SLOT_API, SLOT_INSIGHTS = range(4)
PRICES = np.array([plan.prices for plan in PLANS], dtype=np.int64) * 100  # hundredths


class Interval(NamedTuple):
    """A billing interval of `months`, of which `paid` are charged."""

    unit: str
    count: int
    months: int
    paid: int


INTERVALS = (
    Interval("month", 1, 1, 1),
    Interval("quarter", 1, 3, 3),
    Interval("year", 1, 12, 10),
    Interval("year", 2, 24, 19),
    Interval("year", 3, 36, 27),
)
INTERVAL_MONTHS = np.array([interval.months for interval in INTERVALS], dtype=np.int64)
INTERVAL_PAID = np.array([interval.paid for interval in INTERVALS], dtype=np.int64)
FIRST_CONTRACT = 2  # intervals from here on are contracts with a renewal date

STATUSES = ("none", "trialing", "active", "past_due", "paused", "canceled")
NONE, TRIALING, ACTIVE, PAST_DUE, PAUSED, CANCELED = range(6)

# Features in the order of the columns of `World.adopted`, each with two event names; the second is used only
# after the onboarding step that unlocks it.
FEATURES = (
    "core_records", "core_tasks", "core_search", "core_reports", "core_dashboards", "core_automation",
    "integration_crm", "integration_chat", "integration_sheets", "integration_warehouse",
    "app_forms", "app_portal", "app_approvals", "insights_forecasts", "insights_alerts",
)  # fmt: skip
FEATURE_EVENTS = (
    ("edit_record", "import_data"), ("complete_task", "complete_task"), ("search", "search"),
    ("view_report", "create_report"), ("view_dashboard", "view_dashboard"),
    ("run_automation", "run_automation"), *4 * (("sync_integration", "sync_integration"),),
    ("submit_form", "build_app"), ("open_portal", "build_app"), ("approve_request", "build_app"),
    ("view_forecast", "view_forecast"), ("view_alert", "view_alert"),
)  # fmt: skip
FEATURE_WEIGHTS = np.array([5, 4, 3, 3, 2.5, 1.5, 1.2, 1.2, 1, 0.8, 1, 0.8, 0.8, 1, 0.8])
F_REPORTS, F_RECORDS = 3, 0
INTEGRATION_FEATURES = range(6, 10)
APP_FEATURES = range(10, 13)
INSIGHTS_FEATURES = range(13, 15)
START_FEATURES = (0, 1, 2)

# Onboarding steps that one event reaches; books/onboarding.py adds `kickoff_call` and `habit_formed`.
STEP_KEYS = ("first_login", "users_invited", "data_imported", "integration_connected", "report_created")
STEP_EVENTS = ("login", "invite_user", "import_data", "connect_integration", "create_report")
STEP_FEATURES = (None, None, "core_records", None, "core_reports")
S_LOGIN, S_INVITED, S_IMPORTED, S_INTEGRATION, S_REPORT = range(5)
GOAL_STEPS = (S_IMPORTED, S_REPORT)
HABIT_DAYS = 5  # distinct days with a login
ONBOARDING_DAYS = 60  # onboarding is complete with all goal steps within this many days of the offer

GAUGES = ("data_volume", "connections", "integrations", "apps_built", "seats_limit", "app_downloads")

TICKET_CATEGORIES = ("how_to", "bug", "billing", "integration", "access", "complaint")
TICKET_PRIORITIES = ("low", "medium", "high", "urgent")
TICKET_CHANNELS = ("email", "chat", "web", "phone")

# Reasons for leaving, in the order of the causes in months/reasons.py.
REASONS = (
    "missing_features", "low_usage", "champion_left", "poor_support", "price", "budget_cut",
    "technical_problems", "company_closed", "other",
)  # fmt: skip
COMPETITORS = ("Qivorane", "Zuqelta", "Noxivaro")  # invented
REVIEW_SITES = ("PeerQirel", "ToolVoxaro", "AppZuqe")  # invented

TEAMS = ("enterprise", "smb", "onboarding", "tech_touch", "operations", "support")

KPI_TARGETS = (
    ("nrr_rate", 1.005, 0.995), ("nrr_12m_rate", 1.08, 1.0), ("grr_12m_rate", 0.88, 0.82),
    ("customer_churn_rate", 0.018, 0.025), ("onboarding_completion_rate", 0.55, 0.45), ("nps", 30, 15),
    ("csat_rate", 0.85, 0.78), ("active_account_rate", 0.9, 0.8), ("stickiness", 0.3, 0.22),
    ("renewal_rate", 0.9, 0.84), ("win_rate", 0.35, 0.25), ("ltv_to_cac", 3.0, 2.0),
)  # fmt: skip
# Targets of the last year in the scenario `standard`: KPI, dimension, segment, target, warning.
LAST_YEAR_TARGETS = (
    ("ltv_12m", "all", "all", 60_000.0, 50_000.0),
    ("customer_churn_rate", "size_band", "smb", 0.03, 0.04),
    ("customer_churn_rate", "size_band", "mid_market", 0.018, 0.025),
    ("customer_churn_rate", "size_band", "enterprise", 0.01, 0.015),
    ("nrr_12m_rate", "touch_model", "high_touch", 1.12, 1.05),
    ("active_account_rate", "plan", "core_starter", 0.85, 0.75),
    ("monthly_stickiness", "all", "all", 0.33, 0.28),
    ("average_health_score", "all", "all", 75.0, 70.0),
    ("integration_rate", "all", "all", 0.85, 0.75),
)
MRR_GROWTH = 1.4  # of the last year, as the company plans it
