"""Figures from before stand beside ours, with the rule that makes each difference, as the guide shows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.loading.errors import LoadError
from orchestration.reconcile.old_figures import ReconcileError, read_old_figures
from orchestration.reconcile.our_figures import OurFigures
from orchestration.reconcile.reconciliation import reconciled
from orchestration.reconcile.rules import Cause, cause_of, other_currency
from orchestration.reconcile.texts import as_text
from orchestration.settings import PROJECT_DIR

from ..support.commands import CommandRun, run_command
from ..support.workbooks import workbook

GUIDE = (PROJECT_DIR / "docs" / "moving.md").read_text(encoding="utf-8")
JANUARY, FEBRUARY, MARCH = (dt.date(2024, month, 1) for month in (1, 2, 3))


def read(folder: Path, text: str | bytes, name: str = "old.csv") -> object:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found = read_old_figures(path, "auto")
    return {measure: dict(by_month) for measure, by_month in found.totals.items()} | (
        {"accounts": {month: dict(of) for month, of in found.accounts.items()}} if found.accounts else {}
    )


def test_a_file_by_month_is_read_in_the_spellings_of_raw_files(tmp_path: Path) -> None:
    text = "対象月;MRR;顧客数;解約MRR\n2024/01;¥1,000;10;\n2024年2月;1200.5;;30\n"
    expected = {
        "mrr": {JANUARY: Decimal(1000), FEBRUARY: Decimal("1200.5")},
        "customers": {JANUARY: Decimal(10)},
        "churned_mrr": {FEBRUARY: Decimal(30)},
    }
    assert read(tmp_path, text.replace("¥1,000", "1000")) == expected
    assert read(tmp_path, text.replace(";", "\t").encode("utf-16")) == expected


def test_accounts_by_row_and_by_column_of_months_add_up(tmp_path: Path) -> None:
    expected = {
        "mrr": {JANUARY: Decimal(30), FEBRUARY: Decimal(10)},
        "customers": {JANUARY: Decimal(2), FEBRUARY: Decimal(1)},
        "accounts": {
            JANUARY: {"a1": Decimal(10), "a2": Decimal(20)},
            FEBRUARY: {"a1": Decimal(10), "a2": Decimal(0)},
        },
    }
    rows = "month,account_id,mrr\n2024-01,a1,6\n2024-01,a1,4\n2024-01,a2,20\n2024-02-01,a1,10\n2024-02,a2,0\n"
    assert read(tmp_path, rows) == expected
    sheet = workbook({"一覧": [["顧客ID", "2024/01", "2月"], ["a1", 10, 10], ["a2", 20, 0]]})
    assert read(tmp_path, sheet, "sheet.xlsx") == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "x,mrr\n1,2\n",
            "old.csv has no column month. Its columns: x, mrr. Expected month with some of mrr, customers, "
            "churned_mrr, churned_customers, and account_id where it lists accounts; or account_id and a "
            "column for each month.",
        ),
        (
            "month,mrr\n2024-13,2\n",
            "old.csv, row 1: '2024-13' is no month; expected one such as 2025-04 or 2025/04/01.",
        ),
        (
            "month,mrr\n2024-01,lots\n",
            "old.csv, row 1, mrr: 'lots' is no number; expected one such as 1200.50 or 1,200.",
        ),
        (
            "month,x\n2024-01,2\n",
            "old.csv has none of the columns mrr, customers, churned_mrr, churned_customers, or no rows. "
            "Its columns: month, x.",
        ),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises((ReconcileError, LoadError)) as stop:
        read(tmp_path, text)
    assert str(stop.value) == said


@pytest.mark.parametrize(
    ("before", "readings", "cause"),
    [
        ("110", {}, Cause("tax", True, 10)),
        ("108", {}, Cause("tax", True, 8)),
        ("150", {"one_time": "150", "trial": "149"}, Cause("one_time", True)),
        ("151", {"one_time": "150", "trial": "160"}, Cause("one_time", False)),
        ("112.34", {"free": "117"}, None),
        ("100", {"one_time": "150"}, None),
        # A rule that changes nothing explains nothing.
        ("103", {"paused": "100"}, None),
        ("90", {"month_before": "90", "currency": "90"}, Cause("month_before", True)),
    ],
)
def test_the_rule_whose_figure_is_the_old_one_is_named(
    before: str, readings: dict[str, str], cause: Cause | None
) -> None:
    found = {rule: Decimal(value) for rule, value in readings.items()}
    assert cause_of(Decimal(before), Decimal(100), found, is_money=True) == cause


def test_counts_have_no_tax_and_fit_exactly_or_not() -> None:
    readings = {"trial": Decimal(120)}
    assert cause_of(Decimal(110), Decimal(100), readings, is_money=False) is None
    assert cause_of(Decimal(119), Decimal(100), readings, is_money=False) is None
    assert cause_of(Decimal(120), Decimal(100), readings, is_money=False) == Cause("trial", True)


def test_another_currency_is_a_ratio_far_from_one_in_every_month() -> None:
    def pairs(*ratios: str) -> list[tuple[Decimal, Decimal]]:
        return [(Decimal(ratio) * 100, Decimal(100)) for ratio in ratios]

    assert other_currency(pairs("149", "151", "150")) == 150
    assert other_currency(pairs("149", "190")) is None
    assert other_currency(pairs("1.1", "1.1")) is None
    assert other_currency(pairs("150")) is None


def test_accounts_behind_a_difference_are_listed_with_their_rule(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text(
        "month,account_id,mrr\n2024-02,a1,110\n2024-02,Two,50\n2024-02,a3,70\n2024-02,x9,5\n2024-02,a4,33\n"
    )
    ours = OurFigures(
        totals={
            **{name: {FEBRUARY: Decimal(200)} for name in ("mrr", "churned_mrr", "contraction", "gross")},
            "customers": {FEBRUARY: Decimal(4)},
            "churned_customers": {},
        },
        accounts={
            JANUARY: {"a3": Decimal(70)},
            FEBRUARY: {"a1": Decimal(100), "a2": Decimal(50), "a3": Decimal(40), "a4": Decimal(10)},
        },
        added={FEBRUARY: {"a4": {"one_time": Decimal(20), "usage": Decimal(3)}}},
        names={"a1": "One", "a2": "Two", "a3": "Three", "a4": "Four"},
    )
    said = as_text("old.csv", MARCH, "USD", reconciled(read_old_figures(path, "auto"), ours))
    assert (
        said
        == """old.csv beside the release as of 2024-03-01, amounts in USD.

MRR at the month's close
  month    before  here  difference  likely made by
  2024-02     268   200         +68  no rule that fits

Customers at the month's close
  month    before  here  difference  likely made by
  2024-02       5     4          +1  no rule that fits

Accounts that differ
  2024-02
    a3: 70 before, 40 here (+30): timing: our figure of the month before
    a4: 33 before, 10 here (+23): one-time fees and metered use
    a1: 110 before, 100 here (+10): tax of 10 %
    x9: 5 before, 0 here (+5): no rule that fits

No account has the id or name x9."""
    )


def test_the_guide_shows_what_the_command_says(
    example_run: CommandRun, tmp_path: Path, history_dir: Path
) -> None:
    blocks = GUIDE.split("```\n")
    table = next(block for block in blocks if block.startswith("month,mrr"))
    (tmp_path / "old_kpis.csv").write_text(table, encoding="utf-8")
    command = f"reconcile {tmp_path / 'old_kpis.csv'}"
    found = run_command(command, example_run.warehouse_dir, history_dir)
    assert found.exit_status == 0, found.errors
    assert found.output == next(block for block in blocks if block.startswith("old_kpis.csv beside"))
