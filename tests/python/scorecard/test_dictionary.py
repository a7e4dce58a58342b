"""The words of the dictionary: people search it in Japanese, and read its formulas."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from orchestration.settings import PROJECT_DIR

SEEDS = PROJECT_DIR / "seeds"
# fmt: off
TERMS = (
    "リピート率", "成功スコア", "ネットプロモーションスコア", "顧客ロイヤルティ", "顧客ロイヤリティ",
    "顧客満足度スコア", "アップセル・クロスセル率", "オンボーディングの完了率", "セッション回数",
    "セッションの回数", "1アカウントあたりの平均売上", "サービスの利用率", "返信時間", "対応回数",
    "問い合わせ数", "投稿獲得数", "解約理由", "要望", "稼働ID数", "発行ID数", "インサイドセールス",
    "メルマガ", "口コミ", "KGI", "KFS", "KPI", "サブKPI", "CX", "Customer Success Qualify Lead",
    "動画", "トレーニング", "イベント", "ログイン数", "ログイン状況",
    "連携", "連携状況", "データ量", "接続数", "アプリ構築数",
)
# fmt: on


def rows_of(path: str) -> list[dict[str, str]]:
    """The rows of a seed, below seeds/."""
    with (SEEDS / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def kpis() -> list[dict[str, str]]:
    return rows_of("scorecard/kpi_definitions.csv")


def names_of(kpi: dict[str, str]) -> list[str]:
    """The Japanese names that a KPI is found under."""
    return [kpi["name_ja"], *filter(None, kpi["aliases_ja"].split(" | "))]


@pytest.mark.parametrize("term", TERMS)
def test_every_term_of_the_field_is_found(kpis: list[dict[str, str]], term: str) -> None:
    assert [kpi["kpi_id"] for kpi in kpis if term in names_of(kpi)], f"no KPI is found under {term}"


def test_both_readings_of_nrr_have_its_other_names(kpis: list[dict[str, str]]) -> None:
    readings = {kpi["kpi_id"]: names_of(kpi) for kpi in kpis if kpi["kpi_id"] in ("nrr_rate", "nrr_12m_rate")}
    for names in readings.values():
        assert {"売上維持率", "売上継続率", "NDR"} <= set(names)


def test_a_word_is_not_used_for_another_figure(kpis: list[dict[str, str]]) -> None:
    """MRR at risk is that of red customers, not of yellow ones; an answer by a peer is no self-service."""
    names = {kpi["kpi_id"]: names_of(kpi) for kpi in kpis}
    assert "要注意MRR" not in names["mrr_at_risk"]
    assert "自己解決率" not in names["peer_solve_rate"]


def test_no_name_stands_twice(kpis: list[dict[str, str]]) -> None:
    for language in ("name_en", "name_ja"):
        twice = [name for name, times in Counter(kpi[language] for kpi in kpis).items() if times > 1]
        assert not twice, f"{language} stands twice: {twice}"


def test_no_alias_repeats_a_name_of_its_own_kpi(kpis: list[dict[str, str]]) -> None:
    assert [kpi["kpi_id"] for kpi in kpis if len(names_of(kpi)) != len(set(names_of(kpi)))] == []


def test_there_is_a_space_around_every_division_sign(kpis: list[dict[str, str]]) -> None:
    texts = [text for kpi in kpis for text in kpi.values()]
    assert [text for text in texts if re.search(r"(?<! )÷|÷(?! )", text)] == []


@pytest.mark.parametrize(
    ("seed", "label"),
    [
        (path.relative_to(SEEDS).as_posix(), label)
        for path in sorted(SEEDS.rglob("*.csv"))
        for label in ("label_en", "label_ja")
        if label in path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    ],
)
def test_no_label_of_a_seed_stands_twice(seed: str, label: str) -> None:
    """Two codes with one label cannot be told apart in a chart; a synonym counts as one of them."""
    rows = [row for row in rows_of(seed) if not row.get("counts_as")]
    twice = [name for name, times in Counter(row[label] for row in rows).items() if times > 1]
    assert not twice, f"seeds/{seed}: {twice} stands twice"
