"""Tables of the contract, written as Stripe would have landed them."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = Mapping[str, str]
Object = dict[str, Any]


def write_stripe_objects(contract_dir: Path, raw_dir: Path, before: dt.datetime) -> None:
    """Write `raw_dir/stripe/` from accounts, plans and subscription items; what begins later is left out."""
    accounts, plans, items = (
        _rows(contract_dir / f"{name}.csv") for name in ("accounts", "plans", "subscription_items")
    )
    known_plans = {plan["plan_id"]: plan for plan in plans}
    items = [item for item in items if _time(item["valid_from"]) < before]
    folder = raw_dir / "stripe"
    folder.mkdir(parents=True)
    _write(folder / "customers.jsonl", map(_customer, accounts))
    products = {plan["product_id"]: plan["product_name"] for plan in plans}
    _write(
        folder / "products.jsonl",
        ({"id": key, "object": "product", "livemode": True, "name": name} for key, name in products.items()),
    )
    _write(folder / "plans.jsonl", (_unsold(plan) for plan in plans))
    subscriptions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for item in items:
        subscriptions[item["subscription_id"], item["currency"]].append(item)
    events = [
        event
        for (name, currency), of_subscription in subscriptions.items()
        for event in _events(f"{name}:{currency}", of_subscription, known_plans)
    ]
    # In any order, and some of them twice.
    _write(folder / "events.jsonl", [*reversed(events), *events[:5]])


def _events(name: str, items: list[Row], plans: Mapping[str, Row]) -> Iterable[Object]:
    moments = sorted(
        {_time(item[column]) for item in items for column in ("valid_from", "valid_to") if item[column]}
    )
    life, state = 1, None
    for moment in moments:
        live = _live(items, moment)
        if not live:
            if state:
                ended = {**state, "status": "canceled", "ended_at": _seconds(moment)}
                yield _event("deleted", moment, ended, {})
                life, state = life + 1, None
            continue
        new = _subscription(f"{name}:{life}", live, plans, state["created"] if state else _seconds(moment))
        undone = {key: value for key, value in (state or {}).items() if new[key] != value}
        yield _event("updated" if state else "created", moment, new, undone)
        state = new


def _live(items: list[Row], moment: dt.datetime) -> list[Row]:
    """The version of each item that counts at a moment; it ends where the item's next begins."""
    found: dict[str, Row] = {}
    for item in sorted(items, key=lambda one: (one["valid_from"], one["recorded_at"])):
        if _time(item["valid_from"]) <= moment and item["valid_to"] != item["valid_from"]:
            found[item["subscription_item_id"]] = item
    return [item for item in found.values() if not item["valid_to"] or moment < _time(item["valid_to"])]


def _subscription(name: str, items: list[Row], plans: Mapping[str, Row], created: int) -> Object:
    status, rate = items[0]["status"], Decimal(items[0]["discount_rate"])
    coupon = {
        "id": f"off_{rate}",
        "object": "coupon",
        "percent_off": float(rate * 100),
        "duration": "forever",
    }
    return {
        "id": name,
        "object": "subscription",
        "livemode": True,
        "customer": items[0]["account_id"],
        "created": created,
        "start_date": created,
        "status": "active" if status == "paused" else status,
        "pause_collection": {"behavior": "void", "resumes_at": None} if status == "paused" else None,
        "discounts": [{"id": f"di_{name}", "object": "discount", "coupon": coupon, "end": None}]
        if rate
        else [],
        "ended_at": None,
        "items": {"object": "list", "data": [_item(item, plans[item["plan_id"]]) for item in items]},
    }


def _item(item: Row, plan: Row) -> Object:
    cents = int(Decimal(item["unit_price"]) * 100)
    months = {"quarter": ("month", 3)}
    interval, count = months.get(item["billing_interval"], (item["billing_interval"], 1))
    count *= int(item["billing_interval_count"])
    return {
        "id": item["subscription_item_id"],
        "object": "subscription_item",
        "created": _seconds(_time(item["valid_from"])),
        "quantity": int(item["quantity"]),
        "price": {
            "id": f"{plan['plan_id']}:{item['currency']}:{cents}:{interval}:{count}",
            "object": "price",
            "livemode": True,
            "currency": item["currency"].lower(),
            "unit_amount": cents,
            "unit_amount_decimal": str(cents),
            "product": plan["product_id"],
            "recurring": {
                "interval": interval,
                "interval_count": count,
                "usage_type": "licensed",
            },
            **_plan_words(plan),
        },
    }


def _unsold(plan: Row) -> Object:
    """A plan of the older API, so that those that nobody bought are there too."""
    return {
        "id": plan["plan_id"],
        "object": "plan",
        "livemode": True,
        "currency": "usd",
        "amount": 100,
        "interval": "month",
        "interval_count": 1,
        "product": plan["product_id"],
        **_plan_words(plan),
    }


def _plan_words(plan: Row) -> Object:
    metadata = {name: plan[name] for name in ("plan_id", "tier_rank", "is_addon") if plan[name]}
    return {"nickname": plan["plan_name"], "metadata": metadata}


def _customer(account: Row) -> Object:
    return {
        "id": account["account_id"],
        "object": "customer",
        "livemode": True,
        "name": account["account_name"],
        "created": _seconds(_time(account["created_at"])),
        "address": {"country": account["country"]},
    }


def _event(kind: str, moment: dt.datetime, state: Object, undone: Object) -> Object:
    return {
        "id": f"evt_{state['id']}_{_seconds(moment)}_{kind}",
        "object": "event",
        "livemode": True,
        "type": f"customer.subscription.{kind}",
        "created": _seconds(moment),
        "data": {"object": state, **({"previous_attributes": undone} if undone else {})},
    }


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, objects: Iterable[Object]) -> None:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in objects), encoding="utf-8")


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _seconds(moment: dt.datetime) -> int:
    return int(moment.timestamp())
