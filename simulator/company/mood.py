"""The hidden path of satisfaction: what an account feels, and what its decision maker comes to believe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.company.accounts import Accounts
from simulator.randomness import Bools, Floats


@dataclass
class Mood:
    """Hidden state per account at the start of a month; all in standard units, 0 = ordinary."""

    feeling: Floats  # fast satisfaction s: usage, tickets and answers follow it at once
    feeling_before: Floats  # s one month earlier
    belief: Floats  # slow satisfaction g: leaving and growing follow it
    champion: Floats
    has_champion: Bools
    budget: Floats
    service: Floats  # remembered experience with support
    training: Floats
    grudge: Floats  # remembered price rises
    lift: Floats  # what campaigns add to the target while they last
    target: Floats  # what the feeling moves towards


def new_mood(accounts: Accounts) -> Mood:
    """All accounts before the first day; `welcome` sets the feeling of those that sign up."""
    zeros = np.zeros(len(accounts))
    return Mood(
        feeling=zeros.copy(),
        feeling_before=zeros.copy(),
        belief=zeros.copy(),
        champion=accounts.champion.copy(),
        has_champion=np.zeros(len(accounts), dtype=bool),
        budget=accounts.budget.copy(),
        service=zeros.copy(),
        training=zeros.copy(),
        grudge=zeros.copy(),
        lift=zeros.copy(),
        target=zeros.copy(),
    )
