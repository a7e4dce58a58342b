"""Everything the modules share while a company is simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import NEVER, Timeline
from simulator.company.accounts import Accounts
from simulator.company.growing_table import Rows
from simulator.company.ledger import Ledger
from simulator.company.mood import Mood
from simulator.company.names import NamePools
from simulator.company.staff import Staff
from simulator.company.users import People
from simulator.config import SimulatorConfig
from simulator.files.raw_folder import RawFolder
from simulator.files.truth_folder import Truth
from simulator.randomness import Bools, Floats, Ints, stream

# Phases of an account.
OUT, TRIAL, LIVE, LATE, STOPPED = range(5)
# Why an account thinks of leaving.
OWN_CAUSE, EXTERNAL_CAUSE, UNPAID_CAUSE = range(3)
# Outcomes of contracts.
OPEN, RENEWED, CHURNED = range(3)


class Commerce:
    """What each account has agreed, owes and has decided. Times that are not set are NEVER."""

    def __init__(self, accounts: int) -> None:
        """Nobody is a customer yet."""

        def never() -> Ints:
            return np.full(accounts, NEVER, dtype=np.int64)

        def no() -> Bools:
            return np.zeros(accounts, dtype=bool)

        self.phase: Ints = np.full(accounts, OUT)
        self.trial_end, self.first_paid_at, self.paid_since = never(), never(), never()
        self.anchor_day: Ints = np.ones(accounts, dtype=np.int64)
        self.anchor_second: Ints = np.zeros(accounts, dtype=np.int64)
        self.renewal_at, self.decide_at, self.end_at, self.decided_at = never(), never(), never(), never()
        self.renewal_decided, self.leaving = no(), no()
        self.cause: Ints = np.zeros(accounts, dtype=np.int64)
        self.resume_at, self.settle_at = never(), never()
        self.pays, self.returns = no(), no()
        self.invoiced_month: Ints = np.full(accounts, -9)
        self.coupon_month: Ints = np.full(accounts, -9)
        self.price_raised = no()
        self.wanted: Floats = np.zeros(accounts)
        self.access_from, self.access_to = never(), never()
        self.lost_at = never()
        self.contract: Ints = np.full(accounts, -1)
        self.contracts = Rows(
            account="i4",
            started_at="i8",
            ends_at="i8",
            mrr="i8",
            outcome="i1",
            decided_at="i8",
            renewed_mrr="i8",
            auto_renews="?",
        )
        self.opportunities = Rows(
            account="i4",
            kind="i1",
            source="i1",
            created_at="i8",
            accepted_at="i8",
            closed_at="i8",
            outcome="i1",
            mrr="i8",
            product="i1",
            campaign="i1",
        )
        self.cancellations = Rows(
            account="i4", generation="i1", at="i8", reason="i1", competitor="i1", comment="i4"
        )

    @property
    def has_access(self) -> Bools:
        """Accounts that can use the product now."""
        return np.isin(self.phase, (TRIAL, LIVE, LATE))

    def grant(self, accounts: Ints, at: Ints) -> None:
        """Access begins."""
        self.access_from[accounts] = at
        self.access_to[accounts] = NEVER


@dataclass
class World:
    """One simulated company in the middle of its life."""

    config: SimulatorConfig
    timeline: Timeline
    accounts: Accounts
    names: NamePools
    staff: Staff
    mood: Mood
    commerce: Commerce
    ledger: Ledger
    people: People
    adopted: Bools  # accounts x features
    campaign_ratio: Floats  # factor on the pressure to leave, of campaigns that run
    cross_sell_ratio: Floats  # factor on the chance of the second product
    campaign_of: Ints  # the expansion campaign that an account was treated with lately; -1
    raw: RawFolder
    truth: Truth

    def rng(self, purpose: str, month: int = -1) -> np.random.Generator:
        """The generator of one purpose in one month."""
        return stream(self.config.seed, purpose, month)
