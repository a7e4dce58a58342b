"""Loads a raw folder into a throw-away database by the rules of a run, and says all that it found at once."""

from __future__ import annotations

import gc
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.checking.findings import Section, sections
from orchestration.checking.proposal import draft, proposals
from orchestration.checking.report import as_page, as_text
from orchestration.dbt.results import NodeResult
from orchestration.dbt.runner import Dbt
from orchestration.loading import Contract, Inspection, LoadError, inspect, land, open_build, read_contract
from orchestration.loading.mapping import RawMapping, read_mapping
from orchestration.privacy.redaction import without_values
from orchestration.settings import PROJECT_DIR, Settings

# What judges input, as a run builds it; everything above it rests on accepted rows alone.
_BUILT = ("+load_report", "+quarantined_rows", "+corrected_values", "kpi_definitions")
_TESTS = ("a_required_input_has_an_accepted_row", "no_input_is_rejected_for_the_most_part")


@dataclass(frozen=True)
class Check:
    """What a check found: whether a run would stop, and the report as text."""

    would_stop: bool
    text: str
    page: Path
    draft: Path | None


def check(settings: Settings, folder: Path) -> Check:
    """Check the raw folder of `settings`; the page and a draft of mapping.yml are written into `folder`."""
    contract = read_contract()
    stops: list[str] = []
    parts: list[Section] = []
    try:
        inspection = inspect(_aside(settings, folder), contract)
    except LoadError as error:
        stops = str(error).splitlines()
    else:
        stops, parts = _loaded(_aside(settings, folder), contract, inspection)
    would_stop = Section("A run would stop", stops)
    try:
        mapping = read_mapping(settings.raw_dir, contract)
    except LoadError:
        mapping = RawMapping()
    proposed = proposals(settings, contract, mapping)
    draft_path = folder / "mapping.draft.yml" if proposed else None
    if draft_path:
        folder.mkdir(parents=True, exist_ok=True)
        draft_path.write_text(draft(proposed), encoding="utf-8")
        parts.append(
            Section(
                "A mapping is proposed",
                [
                    f"{len(proposed)} of the files look like tables of the contract under other names.",
                    f"Read {draft_path}, correct it, save it as {settings.raw_dir}/mapping.yml, "
                    "and check again.",
                ],
            )
        )
    title = f"Checked {settings.raw_dir}: " + ("a run would stop." if stops else "a run would go through.")
    page = folder / "index.html"
    folder.mkdir(parents=True, exist_ok=True)
    page.write_text(as_page(title, [would_stop, *parts]), encoding="utf-8")
    return Check(bool(stops), as_text(title, [would_stop, *parts]), page, draft_path)


def _aside(settings: Settings, folder: Path) -> Settings:
    """The settings, with a warehouse of its own that nothing is published from."""
    return replace(settings, warehouse_dir=folder / "warehouse", dbt_target="duckdb", hash_pii=False)


def _loaded(
    settings: Settings, contract: Contract, inspection: Inspection
) -> tuple[list[str], list[Section]]:
    """Why a run would stop, and what was found; the rows that were loaded are removed again."""
    # dbt's project is a million objects that stay, and each search for garbage would visit all of them.
    gc.disable()
    try:
        with open_build(settings.build_path, settings.duckdb_config) as connection:
            loaded = land(settings, connection, "check", contract, inspection)
        dbt = Dbt(PROJECT_DIR, settings.warehouse_dir, settings.dbt_target)
        parents = dbt.parents()
        results = dbt.build(["--select", *_BUILT, *_TESTS, "--indirect-selection", "empty"])
        stops = [line for result in results if not result.is_good for line in _stop(result)]
        if any(not result.is_good and result.unique_id.startswith("model.") for result in results):
            return stops, []
        with duckdb.connect(str(settings.build_path), read_only=True) as connection:
            return stops, list(sections(connection, contract, inspection, loaded, parents))
    except LoadError as error:
        return str(error).splitlines(), []
    finally:
        gc.enable()
        shutil.rmtree(settings.build_path.parent, ignore_errors=True)


def _stop(result: NodeResult) -> list[str]:
    if result.status == "skipped":
        return []
    said = without_values(result.message or result.status).strip().splitlines()
    return [f"{result.name}: {said[0]}", *said[1:]] if said else [result.name]
