"""The loop over the months."""

from __future__ import annotations

import dataclasses
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.books import records, revenue
from simulator.clock import HOUR, NEVER, Month, timeline
from simulator.company import mood
from simulator.company.accounts import draw_accounts
from simulator.company.catalog import FEATURES
from simulator.company.ledger import Ledger
from simulator.company.names import name_pools
from simulator.company.staff import hire
from simulator.company.users import People
from simulator.company.world import Commerce, World
from simulator.config import REPORTING_CURRENCY, SimulatorConfig, SimulatorError
from simulator.export import tables
from simulator.files.contract import Contract
from simulator.files.raw_folder import RawFolder
from simulator.files.truth_folder import Truth
from simulator.months import (
    acquisition,
    adoption,
    bad_release,
    campaigns,
    commerce,
    engagement,
    goals,
    support,
    usage,
    voice,
)

MARK = "simulation.json"


@dataclass(frozen=True)
class Simulated:
    """Where a simulated company lies: `raw_dir` is an input, `truth_dir` never is."""

    raw_dir: Path
    truth_dir: Path
    rows: dict[str, int]  # rows written by table, untidy ones included


def simulate(config: SimulatorConfig, contract: Contract, out_dir: Path) -> Simulated:
    """Simulate a company into `out_dir`/raw and `out_dir`/truth, instead of an earlier one.

    Everything is written aside and moved into place at the end, so what lies there is always whole.

    Raises:
        SimulatorError: `out_dir` holds something else.
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
    world = _found(config, contract, folder)
    days, rates = acquisition.exchange_rates(world)
    lead = 0
    data_volume = np.zeros(config.accounts)
    goal_rows = goals.no_goals()
    campaign_book = campaigns.CampaignBook.empty()
    usage_book = usage.UsageBook.empty(config.accounts)
    support_book = support.SupportBook.empty(config.months)
    voice_book = voice.VoiceBook.empty(config.months)
    engagement_book = engagement.EngagementBook(config.accounts)
    usage_months = []

    for month in world.timeline.months:
        _begin(world, month, campaign_book)
        commerce.step(world, month)
        adoption.lose_steps(world)
        _live(world, month)
        roster = world.people.roster(_had_access(world, month))
        usage_months.append(usage.step(world, month, roster, usage_book))
        adoption.write_gauges(world, month, roster, data_volume)
        answers = support.step(world, month, roster, support_book)
        voice.step(world, month, roster, answers, voice_book)
        engagement.step(world, month, roster, campaign_book, engagement_book)
        goals.step(world, month, goal_rows)
        lead = acquisition.write_leads(world, month, lead)
        _end(world, month)
        records.write_hazards(world, month)

    voice.finish(world, voice_book)
    goals.write(world, goal_rows)
    campaigns.write(world)
    acquisition.write_rates(world, days, rates)
    acquisition.write_costs(world)
    tables.write_all(world)
    world.raw.close()

    revenue.write_books(world, days, rates)
    records.write_traits(world)
    records.write_onboarding(world, usage_book, engagement_book)
    records.write_months(world, support_book, voice_book, usage_months)
    records.write_rows(world)
    world.truth.close()
    (folder / MARK).write_text(json.dumps(_described(config), indent=2) + "\n", encoding="utf-8")
    return dict(sorted(world.raw.book.read.items()))


def _found(config: SimulatorConfig, contract: Contract, folder: Path) -> World:
    """The company on the morning of its first day."""
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
        mood=mood.new_mood(accounts),
        commerce=Commerce(len(accounts)),
        ledger=Ledger(accounts.interval, accounts.currency),
        people=People(len(accounts), config.model.use_user_spread),
        adopted=np.zeros((len(accounts), len(FEATURES)), dtype=bool),
        campaign_ratio=ones.copy(),
        cross_sell_ratio=ones.copy(),
        campaign_of=np.full(len(accounts), -1),
        raw=RawFolder(folder / "raw", contract, config, months),
        truth=Truth(folder / "truth"),
    )


def _begin(world: World, month: Month, campaign_book: campaigns.CampaignBook) -> None:
    """The month opens: campaigns start, targets are set, newcomers arrive with their hopes."""
    campaigns.begin_month(world, month, campaign_book)
    mood.set_target(world.mood, world.accounts, world.config.model, adoption.onboarded(world, month.start))
    born = np.arange(world.accounts.born_by(month.index - 1), world.accounts.born_by(month.index))
    mood.welcome(world.mood, world.config.model, born, world.rng("welcome", month.index))


def _had_access(world: World, month: Month) -> np.ndarray:
    c = world.commerce
    return (c.access_from < month.end) & (c.access_to > month.start)


def _live(world: World, month: Month) -> None:
    """Feelings move, features are taken up, users are issued."""
    rng = world.rng("life", month.index)
    a, c = world.accounts, world.commerce
    shock = bad_release.shock(world, month, rng)
    mood.advance(world.mood, a, world.config.model, rng, living=c.has_access, shock=shock)
    adoption.step(world, month)
    born = np.arange(a.born_by(month.index - 1), a.born_by(month.index))
    world.people.issue(rng, born, a.created_at[born], is_first=True)
    start = np.maximum(month.start, np.maximum(c.access_from, a.offered_at))
    wanted = np.where(start < month.end, adoption.wanted_users(world, month), 0)
    world.people.join(rng, wanted, np.minimum(start, month.end), month.end)
    _name_champions(world, month, rng)


def _name_champions(world: World, month: Month, rng: np.random.Generator) -> None:
    """Accounts that have a champion and nobody marked as one mark a user."""
    c, people = world.commerce, world.people
    lacks = world.mood.has_champion & c.has_access & (people.champion_user < 0) & (people.active > 0)
    accounts = np.flatnonzero(lacks & (c.first_paid_at < month.end))
    users = people.roster(lacks).one_of(rng, accounts)
    at = np.maximum(month.start, world.accounts.created_at[accounts])
    people.name_champions(rng, accounts, users, world.mood.champion[accounts], at)


def _end(world: World, month: Month) -> None:
    """The month closes: people leave, champions come and go."""
    rng = world.rng("close", month.index)
    a, c = world.accounts, world.commerce
    at = month.end - HOUR
    lost, _ = mood.change_champions(world.mood, world.config.model, rng, c.has_access)
    world.people.lose_champions(rng, lost, np.full(len(lost), at))
    # Six in ten lost accounts have their logins withdrawn; nobody looks after the rest.
    ended = (c.access_to <= month.end) & (c.access_to > month.start) & ~c.has_access
    withdrawn = ended & (np.arange(len(a)) * 7 % 10 < 6)
    for_good = np.flatnonzero(withdrawn & (world.people.champion_user >= 0))
    world.people.lose_champions(rng, for_good, np.full(len(for_good), at))
    everyone = world.people.roster(np.ones(len(a), dtype=bool))
    seats = np.where(c.has_access, np.maximum(world.ledger.now.quantity[:, 0], 1), NEVER)
    world.people.leave(rng, everyone, seats, withdrawn, at)


def _described(config: SimulatorConfig) -> dict[str, object]:
    settings = {k: v for k, v in dataclasses.asdict(config).items() if k != "model"}
    return {
        **settings,
        "end_date": config.end_date.isoformat(),
        "as_of_date": config.end_date.isoformat(),
        "reporting_currency": REPORTING_CURRENCY,
        "reporting_timezone": "UTC",
        "model": dataclasses.asdict(config.model),
    }
