"""The files of the dbt project that follow from a list, written by `make contracts`.

From the input contract, models/staging/_sources.yml: `base_*.sql`, `base_*.yml`, `stg_*.sql` and the macro
contract_tables. From the seed input_expectations: the freshness of sources in that file. From the segments,
in the vars of dbt_project.yml: the segment columns in the YAML of every fact, and their docs. From the seed
health_axes: the macro of that name. From the seed health_measures: the columns of account_health_measures.
From the files in models/marts: the marts that the exposure of the release names. From the input contract and
input_expectations: the page docs/inputs.md.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from orchestration.checking.templates import INPUTS_PAGE, inputs_page
from orchestration.expectations import EXPECTATIONS, Expectation, read_expectations
from orchestration.health.seeds import file_of
from orchestration.loading.contract import Table, read_contract, refers_to_accounts

# A fact says with this test that it has a column per segment; a dimension says so in its meta.
_SEGMENT_TEST = "segment_attributes_known"
_SEGMENT_META = "segment_columns"
# The head of a base model to which runs add; its comments name what the macro reads only in an increment.
_GROWS = """-- depends_on: {{{{ ref('touched_files') }}}}
-- depends_on: {{{{ ref('replaced_{name}') }}}}
{{{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{{{ delete_replaced_rows('{name}') }}}}"
) }}}}
"""
_ENTRY = re.compile(r"^      - (?:name: |\{name: )(\w+)")


def out_of_date(project_dir: Path) -> list[Path]:
    """The generated files whose text is not what it should be, relative to the project."""
    return [
        path.relative_to(project_dir)
        for path, text in generated(project_dir).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def write(project_dir: Path) -> list[Path]:
    """Write the generated files that are out of date; which these were, relative to the project."""
    texts = generated(project_dir)
    changed = out_of_date(project_dir)
    for path in changed:
        (project_dir / path).write_text(texts[project_dir / path], encoding="utf-8")
    return changed


def generated(project_dir: Path) -> dict[Path, str]:
    """Every generated file with the text that it should have.

    Raises:
        ContractError: the input contract makes no sense.
    """
    segments = _yaml(project_dir / "dbt_project.yml")["vars"]["segments"]
    tables = read_contract(project_dir / "models/staging/_sources.yml").tables
    models = project_dir / "models"
    sources = models / "staging/_sources.yml"
    values = models / "marts/health/account_health_measures.yml"
    measures = _measures(project_dir / file_of("health_measures"))
    affects = {name: one.affects for name, one in read_expectations(project_dir / EXPECTATIONS).items()}
    return {
        project_dir / INPUTS_PAGE: inputs_page(tables, affects),
        sources: _with_measures(
            _with_freshness(
                sources.read_text(encoding="utf-8"), tables, read_expectations(project_dir / EXPECTATIONS)
            ),
            [f"          - {{name: {measure}, data_type: double}}\n" for measure in measures],
        ),
        values: _with_measures(
            values.read_text(encoding="utf-8"),
            [
                f'      - {{name: {measure}, data_type: double, description: "{label}"}}\n'
                for measure, label in measures.items()
            ],
        ),
        models / "marts/core/segments.md": _segment_docs(segments),
        project_dir / "macros/contract/contract_tables.sql": _contract_tables(tables),
        project_dir / "macros/health/health_axes.sql": _health_axes(project_dir / file_of("health_axes")),
        models / "_exposures.yml": _release_exposure(models),
        **dict(_staging_files(models / "staging", tables)),
        **dict(_model_files(models, segments)),
    }


def _segment_docs(segments: Sequence[Mapping[str, str]]) -> str:
    names = ", ".join(f"`{segment['dimension']}`" for segment in segments)
    blocks = [
        "Written by `make contracts` from the segments in dbt_project.yml.",
        "{% docs segment_dimension %}\n"
        f"What the row is split by: `all` for the whole company, or {names}. "
        "Filter on one dimension; rows of several must not be added up.\n"
        "{% enddocs %}",
    ]
    for segment in segments:
        unknown = (
            "Where the source does not say, `unknown` in facts and NULL in dim_accounts."
            if segment["of"] == "account"
            else "`unknown` where the customer has no MRR in the month."
        )
        blocks.append(
            f"{{% docs segment_{segment['column']} %}}\n{segment['description']}. {unknown}\n{{% enddocs %}}"
        )
    return "\n\n".join(blocks) + "\n"


def _contract_tables(tables: Sequence[Table]) -> str:
    names = "".join(f"        '{name}',\n" for name in sorted(table.name for table in tables))
    return (
        "{#- The tables of the input contract, written by `make contracts`: dbt must know what a model\n"
        "    reads before it can read the contract. -#}\n"
        "{% macro contract_tables() %}\n"
        f"    {{{{ return([\n{names}    ]) }}}}\n"
        "{% endmacro %}\n"
    )


def _with_freshness(text: str, tables: Sequence[Table], expectations: Mapping[str, Expectation]) -> str:
    """The sources with what `dbt source freshness` needs of each table that has an expectation."""
    text = re.sub(r"^          (freshness|loaded_at_field): .*\n", "", text, flags=re.MULTILINE)
    for table in tables:
        expected = expectations.get(table.name)
        if expected is None:
            continue
        lines = (
            f"          freshness: {{warn_after: {{count: {expected.late_after_days}, period: day}}, "
            f"error_after: {{count: {expected.silent_after_days}, period: day}}}}\n"
            f"          loaded_at_field: {table.newest_by}\n"
        )
        head = re.compile(rf"^      - name: {table.name}\n(        \S.*\n)*?        config:\n", re.MULTILINE)
        text = head.sub(lambda found, lines=lines: found.group() + lines, text, count=1)
    return text


def _health_axes(seed: Path) -> str:
    with seed.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["axis_order"]))
    names = ", ".join(f"'{row['axis']}'" for row in rows)
    return (
        "{#- The axes of the health score in their order, written by `make contracts` from the seed\n"
        "    health_axes: dbt must know the columns of a model before it can read the seed. -#}\n"
        "{% macro health_axes() %}\n"
        f"    {{{{ return([{names}]) }}}}\n"
        "{% endmacro %}\n"
    )


def _measures(seed: Path) -> dict[str, str]:
    """The ids of the measures, in the order of the seed, and their labels."""
    with seed.open(encoding="utf-8", newline="") as file:
        return {row["measure_id"]: row["label_en"] for row in csv.DictReader(file)}


def _with_measures(text: str, columns: Sequence[str]) -> str:
    """A YAML whose columns between the two marks are these lines."""
    written = re.compile(
        r"(?<=# Written by `make contracts` from the seed health_measures.\n)(.+\n)*?(?= *# Until here.\n)"
    )
    return written.sub(lambda _: "".join(columns), text, count=1)


def _staging_files(folder: Path, tables: Sequence[Table]) -> Iterator[tuple[Path, str]]:
    for table in tables:
        name = table.name
        references = {
            column.name: column.references.split(".")[0]
            for column in table.columns
            if column.references is not None
        }
        # References inside the table itself are found by the macro.
        others = [
            f"    '{column}': ref('base_{other}')" for column, other in references.items() if other != name
        ]
        given = ", references={\n" + ",\n".join(others) + "\n}" if others else ""
        if refers_to_accounts(table):
            given += ", links=ref('base_account_links')"
        grows = _GROWS.format(name=name) if table.grows else ""
        yield folder / f"base/base_{name}.sql", f"{grows}{{{{ base_rows('{name}'{given}) }}}}\n"
        yield folder / f"base/base_{name}.yml", _base_yaml(name)
        yield folder / f"stg_{name}.sql", f"{{{{ accepted_rows('{name}') }}}}\n"
        described = folder / f"stg_{name}.yml"
        if not described.exists():
            yield described, _staging_yaml(table)


def _base_yaml(name: str) -> str:
    columns = {
        "row_status": "row_status",
        "quarantine_reason": "quarantine_reason",
        "reason_column": "quarantine_reason_column",
        "unknown_references": "unknown_references",
        "values_set_null": "values_set_null",
    }
    return (
        "version: 2\n\nmodels:\n"
        f"  - name: base_{name}\n"
        f"    description: Every raw row of {name}, typed, with its row_status. "
        "One row per row of the files.\n"
        "    columns:\n"
        + "".join(_column(column, description) + "\n" for column, description in columns.items())
    )


def _staging_yaml(table: Table) -> str:
    return (
        "version: 2\n\nmodels:\n"
        f"  - name: stg_{table.name}\n"
        f"    description: {table.description}\n"
        "    data_tests:\n      - valid_rows:\n          arguments:\n"
        f"            key: [{', '.join(table.key)}]\n"
    )


def _release_exposure(models: Path) -> str:
    path = models / "_exposures.yml"
    marts = sorted(
        file.stem for file in (models / "marts").rglob("*.sql") if not file.stem.startswith("int_")
    )
    listed = "".join(f"      - ref('{mart}')\n" for mart in marts)
    # The release is the first exposure of the file.
    written = re.compile(r"(?<=    depends_on:\n)(      - ref\('\w+'\)\n)+")
    return written.sub(listed, path.read_text(encoding="utf-8"), count=1)


def _model_files(models: Path, segments: Sequence[Mapping[str, str]]) -> Iterator[tuple[Path, str]]:
    for path in sorted(models.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if path.name.startswith("_") or (_SEGMENT_TEST not in text and _SEGMENT_META not in text):
            continue
        model = yaml.safe_load(text)["models"][0]
        of = model.get("config", {}).get("meta", {}).get(_SEGMENT_META)
        renamed = _renamed(model)
        columns = {
            renamed.get(segment["column"], segment["column"]): f"segment_{segment['column']}"
            for segment in segments
            if of in (None, segment["of"])
        }
        yield path, _with_segment_columns(text, columns)


def _renamed(model: Mapping[str, Any]) -> Mapping[str, str]:
    """The segment columns that the model calls otherwise, because it has a column of that name itself."""
    for test in model.get("data_tests", []):
        if isinstance(test, dict) and _SEGMENT_TEST in test:
            return test[_SEGMENT_TEST].get("arguments", {}).get("renamed", {})
    return {}


def _with_segment_columns(text: str, columns: Mapping[str, str]) -> str:
    """The YAML of a model with these segment columns, in their order, after the account.

    `columns` maps each column to its doc block. What a person wrote beside a column, such as a test, stays.
    """
    head, marker, body = text.partition("    columns:\n")
    entries: list[list[str]] = []
    for line in body.splitlines():
        if _ENTRY.match(line) or not entries:
            entries.append([line])
        else:
            entries[-1].append(line)
    named = {_name(entry): entry for entry in entries}
    kept = [
        entry
        for entry in entries
        if _name(entry) not in columns and not re.search(r"doc\('segment_(?!dimension|value)", "".join(entry))
    ]
    written = [
        named[column] if "data_tests:" in "".join(named.get(column, [])) else [_column(column, doc, "string")]
        for column, doc in columns.items()
    ]
    place = next((index + 1 for index, entry in enumerate(kept) if _name(entry) == "account_id"), 0)
    first = next((index for index, entry in enumerate(entries) if _name(entry) in columns), None)
    if first is not None:
        place = sum(_name(entry) not in columns for entry in entries[:first])
    ordered = kept[:place] + written + kept[place:]
    return head + marker + "\n".join(line for entry in ordered for line in entry) + "\n"


def _name(entry: Sequence[str]) -> str:
    found = _ENTRY.match(entry[0])
    return found.group(1) if found else ""


def _column(name: str, doc: str, data_type: str = "") -> str:
    type_ = f", data_type: {data_type}" if data_type else ""
    return f"      - {{name: {name}{type_}, description: \"{{{{ doc('{doc}') }}}}\"}}"


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
