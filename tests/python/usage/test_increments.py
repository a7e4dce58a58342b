"""Nights that add to what the night before built give what a full build of the same files gives."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..support.increments import Night, differences
from ..support.revenue_oracle import Row
from ..support.usage_strategies import AS_OF_DAYS, Rows, companies

EVENTS = "product_events/{}.csv"


@st.composite
def nights(draw: st.DrawFn) -> tuple[Rows, list[tuple[dict[str, list[Row]], dt.date]]]:
    """A company, and what its raw folder holds on three nights.

    The events are cut into files in any order. From night to night files come, change and go, rows are delivered
    again, corrected and late, accounts are merged, appear and become tests, users move, and the as-of date moves.
    """
    rows = draw(companies())
    events = [dict(row) for row in draw(st.permutations(rows.tables.get("product_events", [])))]
    for number, event in enumerate(events):
        event["recorded_at"] = draw(st.sampled_from([None, None, "2024-03-30T10:00:00", "2024-03-30T11:00:00"]))
        if number and draw(st.sampled_from([False] * 9 + [True])):
            event["event_id"] = events[number - 1]["event_id"]
    base = {
        f"{name}.csv": [dict(row) for row in table]
        for name, table in rows.tables.items()
        if name != "product_events"
    }
    files: dict[str, list[Row]] = dict(base)
    found = []
    rest = events
    as_of = min(AS_OF_DAYS)
    for night in range(3):
        size = draw(st.integers(0, len(rest))) if night < 2 else len(rest)
        delivered, rest = rest[:size], rest[size:]
        files = {name: [dict(row) for row in table] for name, table in files.items()}
        if delivered:
            files[EVENTS.format(night)] = delivered
        if night:
            change(draw, files, night)
        as_of = max(as_of, draw(st.sampled_from(AS_OF_DAYS)))
        found.append((dict(files), dt.date.fromisoformat(as_of)))
    return rows, found


def change(draw: st.DrawFn, files: dict[str, list[Row]], night: int) -> None:
    """Change, repeat, correct or remove what earlier nights delivered."""
    earlier = sorted(name for name in files if name.startswith("product_events/"))
    for kind in draw(st.lists(st.sampled_from(["repeat", "correct", "edit", "remove", "account", "user"]), max_size=3)):
        if kind in ("repeat", "correct", "edit", "remove") and earlier:
            name = draw(st.sampled_from(earlier))
            if name not in files or not files[name]:
                continue
            row = dict(draw(st.sampled_from(files[name])))
            if kind == "remove":
                del files[name]
            elif kind == "edit":
                files[name] = [each for each in files[name] if each != row] + [{**row, "event_count": "7"}]
            else:
                if kind == "correct":
                    row |= {"occurred_at": "2024-02-01T10:30:00", "recorded_at": "2024-03-31T10:00:00"}
                files.setdefault(EVENTS.format(f"late{night}"), []).append(row)
        elif kind == "account":
            account = draw(st.sampled_from(files["accounts.csv"]))
            account |= draw(
                st.sampled_from(
                    [{"is_test": "true"}, {"is_test": "false"}, {"merged_into_account_id": "a0"}, {"account_id": "a9"}]
                )
            )
        elif kind == "user" and "users.csv" in files:
            user = draw(st.sampled_from(files["users.csv"]))
            user |= draw(
                st.sampled_from(
                    [{"account_id": "a1"}, {"created_at": "2024-01-08"}, {"deactivated_at": "2024-02-01"}, {"user_id": "u9"}]
                )
            )


@given(history=nights())
@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=6,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_night_gives_what_a_full_build_gives(
    tmp_path_factory: pytest.TempPathFactory, history: tuple[Rows, list[tuple[dict[str, list[Row]], dt.date]]]
) -> None:
    rows, found = history
    night = Night(tmp_path_factory.mktemp("night"), rows.timezone)
    for files, as_of in found:
        night.run(files, as_of)
    anew = Night(tmp_path_factory.mktemp("anew"), rows.timezone)
    anew.run(found[-1][0], found[-1][1])
    assert differences(night, anew) == []
