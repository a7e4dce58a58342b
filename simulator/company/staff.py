"""The company's own people: customer success managers, support agents, sales owners, operations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, NEVER, Timeline
from simulator.company import catalog as cat
from simulator.company.accounts import Accounts
from simulator.company.names import NamePools, people_names
from simulator.config import SimulatorConfig
from simulator.randomness import Bools, Ints, stream

# Sign-ups that one member covers over the whole period.
_ACCOUNTS_PER_CSM, _ACCOUNTS_PER_AGENT, _ACCOUNTS_PER_SELLER = 130, 260, 330


@dataclass(frozen=True)
class Staff:
    """All members; positions are their numbers in ids."""

    names: list[str]
    team: Ints
    role: list[str]
    joined_at: Ints
    left_at: Ints
    csm_of: Ints  # per account; -1 = nobody
    agents: tuple[Ints, Ints]  # those who answer in English, and in Japanese
    sellers: Ints
    operators: Ints


def hire(config: SimulatorConfig, timeline: Timeline, accounts: Accounts, names: NamePools) -> Staff:
    """Staff in proportion to the accounts; managed and pooled accounts get a CSM."""
    rng = stream(config.seed, "staff")
    japanese: list[bool] = []
    team: list[int] = []
    role: list[str] = []

    def add(count: int, speaks_japanese: bool, of_team: str, as_role: str) -> Ints:
        first = len(team)
        japanese.extend([speaks_japanese] * count)
        team.extend([cat.TEAMS.index(of_team)] * count)
        role.extend([as_role] * count)
        return np.arange(first, first + count)

    csm_of = np.full(len(accounts), -1)
    managed = accounts.is_managed
    pooled = ~managed & ~accounts.is_test & (rng.random(len(accounts)) < 0.5)
    groups = (
        (managed & (accounts.size > cat.SMB), "enterprise", "manager", 1),
        (managed & (accounts.size == cat.SMB), "smb", "manager", 1),
        (pooled, "tech_touch", "specialist", 8),
    )
    for chosen, of_team, as_role, reach in groups:
        for speaks_japanese in (False, True):
            covered = np.flatnonzero(chosen & (accounts.is_japanese == speaks_japanese))
            members = add(1 + len(covered) // (_ACCOUNTS_PER_CSM * reach), speaks_japanese, of_team, as_role)
            csm_of[covered] = members[rng.integers(0, len(members), len(covered))]
    agents = tuple(
        add(
            1 + int((accounts.is_japanese == language).sum()) // _ACCOUNTS_PER_AGENT,
            language,
            "support",
            "agent",
        )
        for language in (False, True)
    )
    sellers = add(2 + len(accounts) // _ACCOUNTS_PER_SELLER, False, "operations", "sales")
    operators = add(2, False, "operations", "operations")
    add(1 + len(accounts) // 2_000, False, "onboarding", "specialist")
    gone = add(1 + len(team) // 12, False, "smb", "manager")  # left; their accounts have other managers now

    count = len(team)
    start = int(timeline.starts[0])
    span = timeline.end - start
    joined_at = start + (rng.uniform(-0.4, 0.1, count) * span).astype(np.int64) // DAY * DAY
    left_at = np.full(count, NEVER)
    left_at[gone] = start + (rng.uniform(0.3, 0.9, len(gone)) * span).astype(np.int64) // DAY * DAY
    return Staff(
        names=people_names(names, np.array(japanese)),
        team=np.array(team),
        role=role,
        joined_at=joined_at,
        left_at=left_at,
        csm_of=csm_of,
        agents=(agents[0], agents[1]),
        sellers=sellers,
        operators=operators,
    )


def agent_for(rng: np.random.Generator, staff: Staff, is_japanese: Bools) -> Ints:
    """A support agent who speaks each account's language."""
    draw = rng.random(len(is_japanese))
    english, japanese = (group[(draw * len(group)).astype(np.int64)] for group in staff.agents)
    return np.where(is_japanese, japanese, english)
