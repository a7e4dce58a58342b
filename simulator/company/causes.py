"""Hidden causes of leaving that come and go: each account has one or has not, and usage shows one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.randomness import Bools


@dataclass
class Causes:
    """Which causes each account has now."""

    doubts: Bools  # the buyer sees no value, whatever the users feel
    new_sponsor: Bools  # somebody else pays now, and has not settled in yet
    offer: Bools  # a competitor's offer is on the table
    idle: Bools  # nobody uses the product, though it is paid for

    def of(self, accounts: np.ndarray) -> Causes:
        """Those of some accounts."""
        return Causes(
            self.doubts[accounts], self.new_sponsor[accounts], self.offer[accounts], self.idle[accounts]
        )


def no_causes(accounts: int) -> Causes:
    """Before the first month."""
    return Causes(*np.zeros((4, accounts), dtype=bool))
