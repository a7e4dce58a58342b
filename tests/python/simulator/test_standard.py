"""What the standard scenario's export has and the classic one has not."""

from __future__ import annotations

import duckdb
import pytest

from simulator import Simulated

from ..support.simulated import files_of

# What is counted in each company: a share or a number that only the standard one has, or has more of.
PARENTS = """select count(*) from accounts child
    join accounts parent on child.parent_account_id = parent.account_id
    where parent.parent_account_id is not null"""
CHAMPIONS = """select count(*) from (select account_id from users
    where champion_since is not null and champion_until is null and deactivated_at is null
    group by account_id having count(distinct user_id) > 1)"""
OVERLAPS = """select count(*) from (
    select valid_to, lead(valid_from) over (
        partition by subscription_item_id order by valid_from) as next_from
    from (select distinct on (subscription_item_id, valid_from) * from subscription_items
        order by subscription_item_id, valid_from, recorded_at desc))
    where next_from is not null and (valid_to is null or valid_to > next_from)"""
BACKDATED = """select avg((recorded_at > cancelled_at + interval 7 day)::int) from cancellations
    where cancelled_at < '2025-10-01'"""
STALE_GAUGES = """select count(*) from (
    select measured_on, lead(measured_on) over (partition by account_id order by measured_on) as next_on
    from usage_gauges where measure = 'data_volume') where next_on > measured_on + interval 45 day"""
STAGES = """select count(*) from (select contract_id from contracts
    group by contract_id having count(distinct renewal_stage) > 2)"""
VERDICTS = "select count(*) from work_item_feedback"
TASKS = "select count(*) from success_plan_tasks"
FEES = "select count(*) from subscription_items where charge_kind = 'one_time' and billing_interval is null"
REASSIGNED = "select count(*) from account_assignments where valid_to is not null"
CHANNELS = "select count(channel) from leads"
SILENT_FEED = """select (max(occurred_at) < '2025-12-23')::int from product_events
    where feature = 'integration_chat'"""
COMPLAINTS = "select count(*) from support_tickets where category = 'complaint'"
DOWNLOADS = """select coalesce(sum(value), 0) from usage_gauges
    where measure = 'app_downloads' and measured_on = '2025-12-31'"""
COUNTED = {
    "parents of parents": (PARENTS, 3),
    "accounts with several champions": (CHAMPIONS, 50),
    "overlapping versions": (OVERLAPS, 20),
    "gauges that stopped": (STALE_GAUGES, 100),
    "stages of renewals": (STAGES, 100),
    "verdicts": (VERDICTS, 200),
    "tasks of success plans": (TASKS, 200),
    "complaints": (COMPLAINTS, 100),
    "downloads of apps": (DOWNLOADS, 1_000),
    "fees charged once": (FEES, 100),
    "accounts that had another manager": (REASSIGNED, 100),
    "leads that say their channel": (CHANNELS, 500),
    "a silent feed": (SILENT_FEED, 1),
    "cancellations recorded a week late": (BACKDATED, 0.1),
}


def count(company: Simulated, query: str) -> float:
    tables = [path.stem for path in company.raw_dir.iterdir()]
    with duckdb.connect() as connection:
        for name in tables:
            connection.execute(
                f"create view {name} as from read_parquet('{files_of(company.raw_dir, name)}')"
            )
        row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


@pytest.mark.parametrize("what", COUNTED)
def test_the_standard_export_has_what_the_classic_one_has_not(
    large: Simulated, classic: Simulated, what: str
) -> None:
    query, at_least = COUNTED[what]
    found, before = count(large, query), count(classic, query)
    assert found >= at_least
    assert before < 0.2 * found


def test_notice_is_due_a_whole_notice_period_before_the_end(large: Simulated) -> None:
    query = """select count(*), count(*) filter (ends_at::date - notice_due_on = notice_period_days),
        list(distinct notice_period_days order by notice_period_days)
        from contracts where notice_due_on is not null and notice_period_days is not null"""
    with duckdb.connect() as connection:
        connection.execute(f"create view contracts as from '{large.raw_dir}/contracts.parquet'")
        row = connection.execute(query).fetchone()
    assert row is not None
    assert row[0] == row[1] > 100
    assert row[2] == [30, 60, 90]


def test_a_later_version_of_a_contract_is_at_a_later_stage(large: Simulated) -> None:
    query = """with steps as (
        select contract_id, recorded_at, array_position(
            ['not_started', 'proposed', 'verbal', 'in_approval', 'ordered', 'declined'],
            renewal_stage) as step
        from contracts where outcome <> 'maybe'),
    followed as (
        select step, lead(step) over (partition by contract_id order by recorded_at) as later from steps)
    select count(*), count(*) filter (later < step) from followed where later is not null"""
    with duckdb.connect() as connection:
        connection.execute(f"create view contracts as from '{large.raw_dir}/contracts.parquet'")
        assert connection.execute(query).fetchall()[0][0] > 300
        assert connection.execute(query).fetchall()[0][1] == 0
