"""Subscription items and their versions: what each account pays for and when, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.clock import NEVER
from simulator.company import catalog as cat
from simulator.company.growing_table import GrowingTable
from simulator.randomness import Floats, Ints

SLOTS = 4
GENERATIONS = 8  # subscriptions of one account in turn: an account that returns gets a new one
PAYING = (cat.ACTIVE, cat.PAST_DUE)


@dataclass
class Items:
    """The current version of each item (accounts x slots)."""

    status: Ints
    plan: Ints
    quantity: Ints
    price: Ints  # hundredths of the currency, per unit and billing period
    discount: Ints  # hundredths of a percent
    since: Ints


class Ledger:
    """The current items of all accounts, and every version that has ended."""

    def __init__(self, interval: Ints, currency: Ints) -> None:
        """No items yet; the billing interval and the currency are the account's."""
        shape = (len(interval), SLOTS)
        self.interval = interval
        self.currency = currency
        self.generation = np.zeros(len(interval), dtype=np.int64)
        self.now = Items(*(np.zeros(shape, dtype=np.int64) for _ in range(6)))
        self.ended = GrowingTable(
            account="i4",
            slot="i1",
            generation="i1",
            status="i1",
            plan="i1",
            quantity="i4",
            price="i8",
            discount="i4",
            valid_from="i8",
            valid_to="i8",
        )

    def open(self, accounts: Ints, slot: int, at: Ints, **values: Any) -> None:
        """Start an item that is not running: active and without discount unless `values` say otherwise.

        `plan`, `quantity` and `price` must be given.
        """
        for name, value in {"status": cat.ACTIVE, "discount": 0, "since": at, **values}.items():
            getattr(self.now, name)[accounts, slot] = value

    def change(self, accounts: Ints, slot: int, at: Ints, **values: Any) -> None:
        """End the current version at `at` and start one with the new values, where the item runs."""
        runs = self.now.status[accounts, slot] != cat.NONE
        accounts, at = accounts[runs], at[runs]
        self._end(accounts, slot, at)
        for name, value in values.items():
            getattr(self.now, name)[accounts, slot] = value[runs] if isinstance(value, np.ndarray) else value
        self.now.since[accounts, slot] = at

    def change_all(self, accounts: Ints, at: Ints, status: int) -> None:
        """Give every running item of the accounts another status."""
        for slot in range(SLOTS):
            self.change(accounts, slot, at, status=status)

    def close(self, accounts: Ints, slot: int, at: Ints) -> None:
        """End the item."""
        runs = self.now.status[accounts, slot] != cat.NONE
        accounts, at = accounts[runs], at[runs]
        self._end(accounts, slot, at)
        self.now.status[accounts, slot] = cat.NONE

    def close_all(self, accounts: Ints, at: Ints) -> None:
        """End every item of the accounts."""
        for slot in range(SLOTS):
            self.close(accounts, slot, at)

    def mrr(self, accounts: Ints) -> Ints:
        """MRR now, in ten-thousandths of the account's currency."""
        total = np.zeros(len(accounts), dtype=np.int64)
        for slot in range(SLOTS):
            pays = np.isin(self.now.status[accounts, slot], PAYING)
            total += pays * item_mrr(
                self.now.quantity[accounts, slot],
                self.now.price[accounts, slot],
                self.now.discount[accounts, slot],
                self.interval[accounts],
            )
        return total

    def versions(self) -> dict[str, NDArray[Any]]:
        """Every version; those that still run have valid_to = NEVER."""
        accounts, slots = np.nonzero(self.now.status != cat.NONE)
        running = {
            "account": accounts,
            "slot": slots,
            "generation": self.generation[accounts],
            "valid_to": np.full(len(accounts), NEVER),
            "valid_from": self.now.since[accounts, slots],
            **{
                name: getattr(self.now, name)[accounts, slots]
                for name in ("status", "plan", "quantity", "price", "discount")
            },
        }
        names = ("account", "slot", "generation", "status", "plan", "quantity", "price", "discount")
        whole = {
            name: np.concatenate([self.ended[name], running[name]]).astype(np.int64)
            for name in (*names, "valid_from", "valid_to")
        }
        order = np.lexsort((whole["valid_from"], whole["slot"], whole["account"]))
        return {name: values[order] for name, values in whole.items()}

    def _end(self, accounts: Ints, slot: int, at: Ints) -> None:
        since = self.now.since[accounts, slot]
        if np.any(at <= since):
            raise AssertionError("a version would end before it begins")
        self.ended.append(
            account=accounts,
            slot=np.full(len(accounts), slot),
            generation=self.generation[accounts],
            status=self.now.status[accounts, slot],
            plan=self.now.plan[accounts, slot],
            quantity=self.now.quantity[accounts, slot],
            price=self.now.price[accounts, slot],
            discount=self.now.discount[accounts, slot],
            valid_from=since,
            valid_to=at,
        )


def list_price(plan: Ints, currency: Ints, interval: Ints, rise: float | Floats) -> Ints:
    """Price of a unit for a billing period in hundredths, after a rise (0.07 = 7 %), whole units a month."""
    monthly = np.round(cat.PRICES[plan, currency] * (1 + rise) / 100).astype(np.int64) * 100
    return monthly * cat.INTERVAL_PAID[interval]


def item_mrr(quantity: Ints, price: Ints, discount: Ints, interval: Ints) -> Ints:
    """MRR of an item in ten-thousandths: quantity x price x (1 - discount) / months, rounded once."""
    months = 100 * cat.INTERVAL_MONTHS[interval]
    return (2 * quantity * price * (10_000 - discount) + months) // (2 * months)
