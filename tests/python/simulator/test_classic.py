"""The scenario `classic` never changes, so that figures measured on it stay comparable."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from simulator import SimulatorConfig, simulate

from ..support.simulated import CONTRACT

COMPANY = SimulatorConfig(accounts=120, months=12, events=6_000, seed=9, scenario="classic")
# Of the content as it was before there were other scenarios.
DIGESTS = {
    "raw/accounts": "53252543e2d4ba56",
    "raw/acquisition_costs": "8701590388882c80",
    "raw/campaigns": "0cb26857d8323c8a",
    "raw/cancellations": "7f5d42e54effd866",
    "raw/contracts": "773684e88dfc2da1",
    "raw/cs_activities": "5bc8b1fb292df759",
    "raw/customer_goals": "9ffdf7ab5f23eff1",
    "raw/feature_request_reactions": "9769488df24684e0",
    "raw/feature_requests": "f209c2736b19c7a4",
    "raw/fx_rates": "9d6ae98de2de3bc0",
    "raw/kpi_targets": "53c5da3b06c6063e",
    "raw/leads": "a4b86ff33b16dd4a",
    "raw/opportunities": "c4a60a5067ab7916",
    "raw/plans": "93f1325978364690",
    "raw/product_events": "52345bddfb6807fc",
    "raw/reviews": "d3da15ff98131830",
    "raw/subscription_items": "af530f35edf48b7c",
    "raw/support_tickets": "3b7c681fd31b9e63",
    "raw/survey_responses": "c392186df0aa9944",
    "raw/team_members": "d90c79fce21f832e",
    "raw/usage_gauges": "f8fe17efa97b5a3e",
    "raw/users": "df21eaa828a01761",
    "truth/account_hazards": "bed01b4bb224552b",
    "truth/account_months": "7a7a51d43092b579",
    "truth/account_traits": "983356af934da385",
    "truth/campaign_assignments": "a7c7ba8cd6dbf1fc",
    "truth/campaign_effects": "d5a7f175505a1170",
    "truth/mrr_months": "73718e987846d7ed",
    "truth/mrr_movements": "6269c678cc98544b",
    "truth/onboarding_accounts": "b4cf14e041586b7e",
    "truth/onboarding_months": "fe610d4530fe3f60",
    "truth/onboarding_steps": "1c5bf02e0545a9eb",
    "truth/spoiled_rows": "b1279901abc84f89",
    "truth/table_rows": "bb53c66cbc993314",
    "truth/ticket_months": "899bc0bd6c849408",
    "truth/usage_months": "ba8797cb27c2e5b7",
    "truth/voice_months": "0f95d796590335ca",
}


def test_the_classic_company_is_the_one_recorded(tmp_path: Path) -> None:
    simulated = simulate(COMPANY, CONTRACT, tmp_path / "company")
    found = {
        f"{folder.name}/{name}": digest
        for folder in (simulated.raw_dir, simulated.truth_dir)
        for name, digest in digests(folder).items()
    }
    assert found == DIGESTS


def digests(folder: Path) -> dict[str, str]:
    """Of each table that has rows, over its columns that have values, as the contract may grow.

    Doubles count to six digits after the point, because processors differ in the last ones.
    """
    found = {}
    for place in sorted(folder.iterdir()):
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        rows = pa.concat_tables([pq.read_table(file) for file in files])
        if place.stem == "table_rows":
            rows = rows.filter(pa.array(rows["rows_read"].to_numpy() > 0))
        columns = {
            name: rounded(rows[name]) if pa.types.is_floating(rows[name].type) else rows[name]
            for name in rows.column_names
            if rows[name].null_count < len(rows)
        }
        if columns:
            text = io.BytesIO()
            pacsv.write_csv(pa.table(columns).combine_chunks(), text)
            found[place.stem] = hashlib.sha256(text.getvalue()).hexdigest()[:16]
    return found


def rounded(values: pa.ChunkedArray) -> pa.Array:
    return pa.array(np.round(values.to_numpy(), 6))
