"""Users of all accounts, and which of them are champions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import NEVER
from simulator.company.growing_table import GrowingTable
from simulator.randomness import Bools, Floats, Ints, happens

ROLES = ("admin", "manager", "member", "viewer")


@dataclass(frozen=True)
class Roster:
    """Active users of one month in the order of their accounts."""

    users: Ints
    first: Ints  # per account: position in `users` of its first user
    count: Ints  # per account

    def one_of(self, rng: np.random.Generator, accounts: Ints) -> Ints:
        """A random active user for each account; -1 where it has none."""
        if not len(self.users):
            return np.full(len(accounts), -1)
        count = self.count[accounts]
        place = self.first[accounts] + (rng.random(len(accounts)) * count).astype(np.int64)
        return np.where(count > 0, self.users[np.minimum(place, len(self.users) - 1)], -1)


class Users:
    """All users of all accounts, in the order in which they were created."""

    def __init__(self, accounts: int, spread: float) -> None:
        """No users yet; `spread` is the standard deviation of a user's log activity."""
        self.rows = GrowingTable(
            account="i4",
            created_at="i8",
            deactivated_at="i8",
            weight="f4",
            role="i1",
            champion_since="i8",
            champion_until="i8",
            champion_level="i1",
        )
        self.active = np.zeros(accounts, dtype=np.int64)  # users per account
        self.champion_user = np.full(accounts, -1)
        self._spread = spread

    def create(self, rng: np.random.Generator, accounts: Ints, at: Ints, is_first: bool = False) -> Ints:
        """One new user for each entry of `accounts`; the first of an account is its administrator."""
        count = len(accounts)
        role = np.zeros(count) if is_first else 1 + np.digitize(rng.random(count), (0.15, 0.8))
        weight = rng.normal(0.3 if is_first else -0.05, self._spread, count)
        positions = self.rows.append(
            account=accounts,
            created_at=at,
            deactivated_at=np.full(count, NEVER),
            weight=weight,
            role=role,
            champion_since=NEVER,
            champion_until=NEVER,
            champion_level=0,
        )
        np.add.at(self.active, accounts, 1)
        return positions

    def deactivate(self, users: Ints, at: Ints) -> None:
        """Deactivate active users; who is a champion is none from then on."""
        self.rows["deactivated_at"][users] = np.maximum(at, self.rows["created_at"][users] + 60)
        self._end_championship(users, at)
        np.subtract.at(self.active, self.rows["account"][users], 1)

    def roster(self, has_access: Bools) -> Roster:
        """The active users of the accounts that have access."""
        accounts = self.rows["account"]
        users = np.flatnonzero((self.rows["deactivated_at"] == NEVER) & has_access[accounts])
        users = users[np.argsort(accounts[users], kind="stable")]
        count = np.bincount(accounts[users], minlength=len(has_access))
        return Roster(users, np.cumsum(count) - count, count)

    def join(self, rng: np.random.Generator, wanted: Ints, start: Ints, end: int) -> None:
        """Create most of the users that accounts want beyond those they have.

        Args:
            rng: the month's generator.
            wanted: users per account; 0 = create none.
            start: per account, the earliest time in this month.
            end: end of the month, exclusive.
        """
        lacking = np.maximum(wanted - self.active, 0)
        created = np.ceil(lacking * rng.uniform(0.4, 0.9, len(lacking))).astype(np.int64)
        accounts = np.repeat(np.arange(len(created)), created)
        at = start[accounts] + (rng.random(len(accounts)) * (end - start[accounts])).astype(np.int64)
        self.create(rng, accounts, at)

    def leave(self, rng: np.random.Generator, roster: Roster, seats: Ints, lost: Bools, at: int) -> None:
        """The month's end: people leave; users beyond the seats and of lost accounts are deactivated.

        Args:
            rng: the month's generator.
            roster: the month's active users.
            seats: per account; no account keeps more users.
            lost: accounts whose users are all deactivated.
            at: the instant.
        """
        owner = self.rows["account"][roster.users]
        leaves = rng.random(len(owner)) < 0.012
        leaves &= self.champion_user[owner] != roster.users  # champions leave in `lose_champions`
        order = np.lexsort((rng.random(len(owner)), owner))
        rank = np.empty(len(owner), dtype=np.int64)
        some = roster.count > 0
        rank[order] = np.arange(len(owner)) - np.repeat(roster.first[some], roster.count[some])
        leaves |= (rank >= seats[owner]) & (self.champion_user[owner] != roster.users)
        leaves |= lost[owner]
        gone = roster.users[leaves]
        self.deactivate(gone, np.full(len(gone), at))

    def name_champions(
        self, rng: np.random.Generator, accounts: Ints, users: Ints, strength: Floats, at: Ints
    ) -> None:
        """Users become champions of their accounts; the level (1-5) follows the hidden strength, roughly."""
        known = users >= 0
        self._mark(rng, users[known], strength[known], at[known])
        self.champion_user[accounts[known]] = users[known]

    def _mark(self, rng: np.random.Generator, users: Ints, strength: Floats, at: Ints) -> None:
        level = np.clip(np.round(3 + strength + rng.normal(0, 0.5, len(users))), 1, 5)
        self.rows["champion_since"][users] = np.maximum(at, self.rows["created_at"][users])
        self.rows["champion_until"][users] = NEVER
        self.rows["champion_level"][users] = level
        self.rows["weight"][users] += 0.4

    def deputies(self) -> Ints:
        """Active champions beside the one that the account's strength rests on."""
        rows = self.rows
        is_champion = (rows["champion_since"] < NEVER) & (rows["champion_until"] == NEVER)
        users = np.flatnonzero(is_champion & (rows["deactivated_at"] == NEVER))
        return users[self.champion_user[rows["account"][users]] != users]

    def name_deputies(self, rng: np.random.Generator, users: Ints, strength: Floats, at: Ints) -> None:
        """Users who never were champions become further ones of their accounts; -1 = nobody."""
        new = users >= 0
        new[new] = self.rows["champion_since"][users[new]] == NEVER
        self._mark(rng, users[new], strength[new], at[new])

    def lose_deputies(self, rng: np.random.Generator, users: Ints, at: Ints) -> None:
        """Deputies stop to be champions; most are deactivated too."""
        self._end_championship(users, at)
        leaves = happens(rng, np.full(len(users), 0.7))
        self.deactivate(users[leaves], at[leaves])

    def promote(self, deputies: Ints) -> Ints:
        """Accounts without a champion get one of their deputies. Returns these accounts."""
        accounts = self.rows["account"][deputies].astype(np.int64)
        lacks = self.champion_user[accounts] < 0
        self.champion_user[accounts[lacks]] = deputies[lacks]
        return np.unique(accounts[lacks])

    def _end_championship(self, users: Ints, at: Ints) -> None:
        rows = self.rows
        is_champion = (rows["champion_since"][users] < NEVER) & (rows["champion_until"][users] == NEVER)
        users, at = users[is_champion], at[is_champion]
        rows["champion_until"][users] = np.maximum(at, rows["champion_since"][users] + 60)

    def lose_champions(self, rng: np.random.Generator, accounts: Ints, at: Ints) -> None:
        """Accounts lose their champions; most of these users are deactivated too."""
        users = self.champion_user[accounts]
        known = users >= 0
        users, at = users[known], at[known]
        self._end_championship(users, at)
        leaves = happens(rng, np.full(len(users), 0.7)) & (self.rows["deactivated_at"][users] == NEVER)
        self.deactivate(users[leaves], at[leaves])
        self.champion_user[accounts] = -1
