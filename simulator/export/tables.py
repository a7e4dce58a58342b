"""Every table that is written once."""

from __future__ import annotations

from simulator.company.growing_table import GrowingTable
from simulator.company.world import World
from simulator.export import contracts, customers, operations, plans, revenue, voice, work
from simulator.months.voice import VoiceState
from simulator.randomness import Ints


def write_tables(
    world: World,
    voice_state: VoiceState,
    *,
    goals: GrowingTable,
    verdicts: GrowingTable,
    days: Ints,
    rates: Ints,
) -> None:
    """Write them in an order that does not change: the truth lists spoiled rows in the order of writing."""
    voice.write_voice(world, voice_state)
    customers.write_goals(world, goals)
    operations.write_campaigns(world)
    revenue.write_rates(world, days, rates)
    operations.write_costs(world)
    customers.write_accounts(world)
    customers.write_assignments(world)
    customers.write_users(world)
    revenue.write_plans(world)
    revenue.write_subscription_items(world)
    revenue.write_fees(world)
    contracts.write_contracts(world)
    revenue.write_cancellations(world)
    revenue.write_opportunities(world)
    operations.write_targets(world, days, rates)
    operations.write_staff(world)
    work.write_work_item_feedback(world, verdicts)
    plans.write_success_plan_tasks(world, goals)
    customers.write_links(world)
