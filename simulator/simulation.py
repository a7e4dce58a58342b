"""Simulates a company month by month and writes its raw folder and its truth folder."""

from __future__ import annotations

import dataclasses
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.books import hidden_state, monthly_counts, onboarding, raw_rows, revenue
from simulator.clock import Month, timeline
from simulator.company.accounts import draw_accounts
from simulator.company.catalog import FEATURES
from simulator.company.causes import no_causes
from simulator.company.commerce import Commerce
from simulator.company.exchange_rates import exchange_rates
from simulator.company.ledger import Ledger
from simulator.company.mood import new_mood
from simulator.company.names import name_pools
from simulator.company.staff import hire
from simulator.company.users import Users
from simulator.company.world import World
from simulator.config import REPORTING_CURRENCY, SimulatorConfig, SimulatorError
from simulator.export.tables import write_tables
from simulator.files.contract import Contract
from simulator.files.raw_folder import RawFolder
from simulator.files.truth_folder import TruthFolder
from simulator.months import (
    adoption,
    bad_release,
    campaigns,
    causes,
    commerce,
    engagement,
    goals,
    leads,
    mood,
    support,
    usage,
    users,
    voice,
    work,
)

MARK = "simulation.json"


@dataclass(frozen=True)
class Simulated:
    """The folders of a simulated company: `raw_dir` is an input of the warehouse, `truth_dir` never is."""

    raw_dir: Path
    truth_dir: Path
    rows: dict[str, int]  # rows written by table, untidy ones included


def simulate(config: SimulatorConfig, contract: Contract, out_dir: Path) -> Simulated:
    """Simulate a company into `out_dir`/raw and `out_dir`/truth; an earlier one there is replaced.

    The files are written to a folder beside it and moved into place at the end, so `out_dir` is never half
    written. The tables are those of `contract`.

    Raises:
        SimulatorError: `out_dir` holds other files than an earlier simulation.
    """
    out_dir = out_dir.resolve()
    if out_dir.exists() and any(out_dir.iterdir()) and not (out_dir / MARK).exists():
        raise SimulatorError(
            f"{out_dir} is not empty and holds no earlier simulation: {MARK} is missing. Name another folder."
        )
    partial = out_dir.with_name(out_dir.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for name in ("raw", "truth"):
        (partial / name).mkdir(parents=True)
    rows = _run(config, contract, partial)
    shutil.rmtree(out_dir, ignore_errors=True)
    partial.rename(out_dir)
    return Simulated(out_dir / "raw", out_dir / "truth", rows)


def _run(config: SimulatorConfig, contract: Contract, folder: Path) -> dict[str, int]:
    world = _new_world(config, contract, folder)
    days, rates = exchange_rates(world)
    lead = 0
    gauge_state = adoption.GaugeState.empty(config.accounts)
    goal_rows = goals.no_goals()
    verdicts = work.no_verdicts()
    campaign_state = campaigns.CampaignState.empty()
    usage_state = usage.UsageState.empty(config.accounts)
    support_state = support.SupportState.empty(config.months)
    voice_state = voice.VoiceState.empty(config.months)
    engagement_state = engagement.EngagementState(config.accounts)
    usage_months = []

    for month in world.timeline.months:
        _open_month(world, month, campaign_state)
        commerce.step(world, month)
        adoption.lose_steps(world)
        _use_product(world, month)
        roster = world.users.roster(_had_access(world, month))
        usage_months.append(usage.step(world, month, roster, usage_state))
        adoption.write_gauges(world, month, roster, gauge_state)
        answers = support.step(world, month, roster, support_state)
        voice.step(world, month, roster, answers, voice_state)
        engagement.step(world, month, roster, campaign_state, engagement_state)
        goals.step(world, month, goal_rows)
        work.step(world, month, verdicts)
        lead = leads.write_leads(world, month, lead)
        users.close_month(world, month)
        hidden_state.write_hazards(world, month)

    write_tables(world, voice_state, goals=goal_rows, verdicts=verdicts, days=days, rates=rates)
    world.raw.close()

    revenue.write_books(world, days, rates)
    hidden_state.write_traits(world)
    onboarding.write_onboarding(world, usage_state, engagement_state)
    monthly_counts.write_months(world, support_state, voice_state, usage_months)
    raw_rows.write_raw_rows(world)
    world.truth.close()
    (folder / MARK).write_text(json.dumps(_settings_of(config), indent=2) + "\n", encoding="utf-8")
    return dict(sorted(world.raw.counts.read.items()))


def _new_world(config: SimulatorConfig, contract: Contract, folder: Path) -> World:
    """The company before its first month."""
    months = timeline(config.end_date, config.months)
    accounts = draw_accounts(config, months)
    names = name_pools(config.seed)
    ones = np.ones(len(accounts))
    return World(
        config=config,
        timeline=months,
        accounts=accounts,
        names=names,
        staff=hire(config, months, accounts, names),
        mood=new_mood(accounts),
        causes=no_causes(len(accounts)),
        commerce=Commerce(len(accounts)),
        ledger=Ledger(accounts.interval, accounts.currency),
        users=Users(len(accounts), config.model.use_user_spread),
        adopted=np.zeros((len(accounts), len(FEATURES)), dtype=bool),
        campaign_ratio=ones.copy(),
        cross_sell_ratio=ones.copy(),
        campaign_of=np.full(len(accounts), -1),
        raw=RawFolder(folder / "raw", contract, config, months),
        truth=TruthFolder(folder / "truth"),
    )


def _open_month(world: World, month: Month, campaign_state: campaigns.CampaignState) -> None:
    """The month opens: campaigns start, satisfaction gets its target, new accounts their first feeling."""
    campaigns.begin_month(world, month, campaign_state)
    mood.set_target(world.mood, world.accounts, world.config.model, adoption.onboarded(world, month.start))
    born = np.arange(world.accounts.born_by(month.index - 1), world.accounts.born_by(month.index))
    mood.welcome(world.mood, world.config.model, born, world.rng("welcome", month.index))


def _had_access(world: World, month: Month) -> np.ndarray:
    c = world.commerce
    return (c.access_from < month.end) & (c.access_to > month.start)


def _use_product(world: World, month: Month) -> None:
    """Satisfaction moves, features are adopted, users are created."""
    rng = world.rng("life", month.index)
    a, c = world.accounts, world.commerce
    shock = bad_release.shock(world, month, rng)
    mood.advance(world.mood, a, world.config.model, rng, living=c.has_access, shock=shock)
    causes.step(world, month)
    adoption.step(world, month)
    users.open_month(world, month, rng)


def _settings_of(config: SimulatorConfig) -> dict[str, object]:
    return {
        **dataclasses.asdict(config),
        "end_date": config.end_date.isoformat(),
        "as_of_date": config.end_date.isoformat(),
        "reporting_currency": REPORTING_CURRENCY,
        "reporting_timezone": "UTC",
        "model": dataclasses.asdict(config.model),
    }
