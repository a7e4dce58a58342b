"""Phase, billing, contract and decisions of each account, and the records of them so far."""

from __future__ import annotations

import numpy as np

from simulator.clock import NEVER
from simulator.company.growing_table import GrowingTable
from simulator.randomness import Bools, Floats, Ints

# Phases of an account.
OUT, TRIAL, LIVE, LATE, ON_PAUSE = range(5)
# Why an account thinks of leaving.
OWN_CAUSE, EXTERNAL_CAUSE, UNPAID_CAUSE = range(3)
# Outcomes of contracts.
OPEN, RENEWED, CHURNED = range(3)
GRACE_DAYS = 30  # an unpaid subscription counts this long


class Commerce:
    """State per account, and the tables that grow with it. Times that are not set are NEVER."""

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
        self.contracts = GrowingTable(
            account="i4",
            started_at="i8",
            ends_at="i8",
            mrr="i8",
            outcome="i1",
            decided_at="i8",
            renewed_mrr="i8",
            auto_renews="?",
        )
        self.opportunities = GrowingTable(
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
        self.cancellations = GrowingTable(
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
