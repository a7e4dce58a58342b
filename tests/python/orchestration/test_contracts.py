"""`make contracts` writes what follows from the input contract and the list of segments."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from orchestration.checking.templates import INPUTS_PAGE
from orchestration.dbt.contracts import out_of_date, write
from orchestration.loading import ContractError
from orchestration.settings import PROJECT_DIR


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project that a test may change."""
    for folder in ("models", "macros", "seeds"):
        shutil.copytree(PROJECT_DIR / folder, tmp_path / folder)
    shutil.copy(PROJECT_DIR / "dbt_project.yml", tmp_path)
    (tmp_path / "docs").mkdir()
    shutil.copy(PROJECT_DIR / INPUTS_PAGE, tmp_path / INPUTS_PAGE)
    return tmp_path


def columns_of(project: Path, model: str) -> list[str]:
    (path,) = (project / "models").rglob(f"{model}.yml")
    (node,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return [column["name"] for column in node["columns"]]


def test_what_make_contracts_writes_is_up_to_date() -> None:
    assert out_of_date(PROJECT_DIR) == []


def test_a_new_segment_is_one_line(project: Path) -> None:
    settings = project / "dbt_project.yml"
    line = "    - {dimension: tier, column: service_tier, of: account, description: Service tier}\n"
    text = settings.read_text(encoding="utf-8")
    after = "    - {dimension: cs_team,"
    settings.write_text(text.replace(after, line + after), encoding="utf-8")
    changed = write(project)
    assert out_of_date(project) == []
    facts = {path.stem for path in changed if path.suffix == ".yml"}
    assert {"dim_accounts", "fct_account_months"} <= facts
    assert "fct_user_days" not in facts
    for fact in facts:
        columns = columns_of(project, fact)
        assert columns[columns.index("service_tier") + 1] == "cs_team"
    docs = (project / "models/marts/core/segments.md").read_text(encoding="utf-8")
    assert "{% docs segment_service_tier %}\nService tier." in docs


def test_a_segment_that_is_gone_leaves_the_contracts(project: Path) -> None:
    settings = project / "dbt_project.yml"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    settings.write_text(
        "".join(line for line in lines if "dimension: industry" not in line), encoding="utf-8"
    )
    write(project)
    assert "industry" not in columns_of(project, "fct_account_months")
    assert "country" in columns_of(project, "fct_account_months")


def test_a_new_input_gets_its_staging_models(project: Path) -> None:
    sources = project / "models/staging/_sources.yml"
    text = sources.read_text(encoding="utf-8")
    added = """\
      - name: invoices
        description: One row per invoice.
        config:
          meta: {key: [invoice_id]}
        columns:
          - name: invoice_id
            data_type: varchar
            config:
              meta: {required: true}
          - name: account_id
            data_type: varchar
            config:
              meta: {required: true, references: accounts.account_id}
          - name: recorded_at
            data_type: timestamp

"""
    start = text.index("      - name: accounts\n")
    sources.write_text(text[:start] + added + text[start:], encoding="utf-8")
    staging = project / "models/staging"
    assert {path.name for path in write(project)} == {
        "base_invoices.sql",
        "base_invoices.yml",
        "contract_tables.sql",
        "inputs.md",
        "stg_invoices.sql",
        "stg_invoices.yml",
    }
    assert "'account_id': ref('base_accounts')" in (staging / "base/base_invoices.sql").read_text(
        encoding="utf-8"
    )
    assert "key: [invoice_id]" in (staging / "stg_invoices.yml").read_text(encoding="utf-8")


def test_a_new_axis_is_one_row(project: Path) -> None:
    seed = project / "seeds/health/health_axes.csv"
    with seed.open("a", encoding="utf-8") as file:
        file.write("security,8,Security,安全\n")
    macro = Path("macros/health/health_axes.sql")
    assert write(project) == [macro]
    assert "'timing', 'security'" in (project / macro).read_text(encoding="utf-8")


def test_a_contract_that_makes_no_sense_writes_nothing(project: Path) -> None:
    sources = project / "models/staging/_sources.yml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text.replace("minimum: 0", "minimun: 0", 1), encoding="utf-8")
    with pytest.raises(ContractError, match="minimun is not known"):
        write(project)


def test_a_test_beside_a_segment_column_stays(project: Path) -> None:
    settings = project / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("Country of the account today", "Country of the account"), encoding="utf-8"
    )
    write(project)
    (path,) = (project / "models").rglob("fct_account_months.yml")
    assert "arguments: {to: ref('tenure_bands'), field: tenure_band}" in path.read_text(encoding="utf-8")
