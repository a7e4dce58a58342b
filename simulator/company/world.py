"""The whole simulated company, as the months find and change it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import Timeline
from simulator.company.accounts import Accounts
from simulator.company.causes import Causes
from simulator.company.commerce import Commerce
from simulator.company.ledger import Ledger
from simulator.company.mood import Mood
from simulator.company.names import NamePools
from simulator.company.staff import Staff
from simulator.company.users import Users
from simulator.config import SimulatorConfig
from simulator.files.raw_folder import RawFolder
from simulator.files.truth_folder import TruthFolder
from simulator.randomness import Bools, Floats, Ints, stream


@dataclass
class World:
    """One simulated company at one moment, and the two folders it is written to."""

    config: SimulatorConfig
    timeline: Timeline
    accounts: Accounts
    names: NamePools
    staff: Staff
    mood: Mood
    causes: Causes
    commerce: Commerce
    ledger: Ledger
    users: Users
    adopted: Bools  # accounts x features
    campaign_ratio: Floats  # factor on the pressure to leave, from running campaigns
    cross_sell_ratio: Floats  # factor on the chance of the second product
    campaign_of: Ints  # the running expansion campaign that treats the account; -1 = none
    raw: RawFolder
    truth: TruthFolder

    def rng(self, purpose: str, month: int = -1) -> np.random.Generator:
        """The generator of one purpose in one month."""
        return stream(self.config.seed, purpose, month)
