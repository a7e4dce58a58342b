"""The report says the same in both languages, and no more than the figures bear out."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import numpy as np
import pytest

from orchestration.health.evaluation.backtest import run_backtest
from orchestration.health.evaluation.observations import NEVER
from orchestration.health.evaluation.report import is_coin, report
from orchestration.health.evaluation.report_texts import keys, sentences

from ..support.health_builders import a_config, a_measure
from ..support.health_observations import MEASURES, by_name, history

CONFIG = a_config(*(a_measure(name) for name in MEASURES))


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", keys())
def test_both_languages_tell_the_same_figures(key: str) -> None:
    english, japanese = sentences(key)
    assert fields(english) == fields(japanese)
    assert english.count("|") == japanese.count("|")


def test_chance_alone_is_called_no_better_than_a_coin() -> None:
    seen = by_name(history())
    random = np.random.default_rng(3)
    backtest = run_backtest(replace(seen, score=random.random(len(seen.day)) * 100), CONFIG)
    main = backtest.figure("score")
    assert main is not None
    assert is_coin(main)
    assert "the score was **no better than a coin**" in report(backtest, CONFIG)
    assert "スコアは**コイン投げと変わりません**でした" in report(backtest, CONFIG, "ja")
    telling = replace(seen, score=100 * seen.values[:, sorted(MEASURES).index("telling")])
    assert "no better than a coin**" not in report(run_backtest(telling, CONFIG), CONFIG)


def test_what_was_recorded_later_flatters_one_reading_alone() -> None:
    seen = by_name(history())
    left = seen.churned(0, 90)
    # Half of the leavers are known to leave, from notices that were backdated.
    backdated = np.where(left & (np.arange(len(left)) % 2 == 0), 0.0, seen.score)
    backtest = run_backtest(replace(seen, hindsight=backdated), CONFIG)
    known, later = backtest.figure("score"), backtest.figure("score_hindsight")
    assert known is not None
    assert later is not None
    assert known == run_backtest(seen, CONFIG).figure("score")
    assert later["auc"] > known["auc_high"]
    for language, label in (("en", "also of what was recorded later"), ("ja", "後から記録された内容も含む")):
        assert f"{later['auc']:.3f}" in re.findall(rf"\| .*{label}.*", report(backtest, CONFIG, language))[0]


def test_a_measure_without_a_relation_has_no_rank() -> None:
    seen = by_name(history())
    soon = replace(seen, churn_day=np.where(seen.churned(0, 90), seen.day + 20, NEVER))
    _, _, text = report(run_backtest(soon, CONFIG), CONFIG).partition("## What goes before churn")
    ranked = re.findall(r"^\| (\w+) \| 0\.\d{3} \(", text, re.MULTILINE)
    assert ranked[0] == "telling"
    assert "noise" not in ranked
    assert set(re.findall(r"No better than a coin: (.*)\.", text)[0].split(", ")) == {"first_login", "noise"}
    assert "Against the direction of the seed: reversed." in text


def test_few_leavers_are_not_ranked() -> None:
    backtest = run_backtest(by_name(history()), CONFIG)
    text = report(backtest, replace(CONFIG, chance_min_churns=10_000))
    assert "times as many leavers" not in text
    assert "too few to say which measure tells most" in text
    assert "AUC for churn in the next" not in text
    assert "| suggested |" not in text


def test_a_chance_that_history_does_not_bear_is_refused_with_the_reason() -> None:
    strict = replace(CONFIG, chance_min_leavers=10_000)
    text = report(run_backtest(by_name(history()), strict), strict)
    assert "fewer than 10000 accounts have left so far" in text
    assert "| Chance of leaving |" not in text
    assert "The newest curve counts from" in report(run_backtest(by_name(history()), CONFIG), CONFIG)


def test_without_csms_the_load_is_a_share_alone() -> None:
    seen = by_name(history())
    alone = replace(seen, customers=replace(seen.customers, csm=np.full(len(seen.day), "unknown")))
    assert "No customer has a CSM" in report(run_backtest(alone, CONFIG), CONFIG)
    assert "for 1 CSMs" in report(run_backtest(seen, CONFIG), CONFIG)
