"""Lets readers see the marts, once every check passed."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg

from orchestration.dbt.graph import Manifest
from orchestration.dbt.results import refuse_unchecked
from orchestration.errors import WarehouseError
from orchestration.release.inputs import saved_inputs
from orchestration.release.publishing import no_report
from orchestration.release.releases import (
    REPORTS,
    MartText,
    Origin,
    Release,
    published_release,
    refuse_other_origin,
    release_id,
    staleness,
)
from orchestration.report import page_name, write_reports
from orchestration.resources import Warehouse

logger = logging.getLogger(__name__)

REPORT = "report"
PUBLISHED = "published"


def published(manifest: Manifest, marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The release that readers see, made of every mart, and its report.

    A project whose exposures name no page of the report has none.
    """
    names = {exposure["name"] for exposure in manifest["exposures"].values()}
    has_report = any(name.startswith(f"{REPORT}_") for name in names)
    report_spec = dg.AssetSpec(
        REPORT,
        deps=marts,
        group_name="publish",
        kinds={"html"},
        description="Pages for people, in English and Japanese, made from the marts of the release.",
    )
    release_spec = dg.AssetSpec(
        PUBLISHED,
        deps=[*marts, *([REPORT] if has_report else [])],
        group_name="publish",
        kinds={"duckdb", "parquet"},
        description="The release that readers see: the marts, and the link `published` to them.",
    )

    @dg.multi_asset(name="published", specs=[*([report_spec] if has_report else []), release_spec])
    def release(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult]:
        """Copy the marts into a release, write its report, and point the link `published` to it."""
        settings = warehouse.settings
        refuse_unchecked(warehouse.dbt.target_dir, context.run.run_id, manifest)
        started_at = context.instance.get_run_record_by_id(context.run.run_id).create_timestamp
        next_release = _release(warehouse, release_id(started_at, context.run.run_id), context.run.run_id)
        before = published_release(settings.warehouse_dir)
        refuse_other_origin(before, next_release.origin, next_release.as_of_date, settings.warehouse_dir)
        logger.info("publishing as of %s", next_release.as_of_date)
        pages: list[Path] = []

        def report(folder: Path) -> None:
            last = settings.published_link / REPORTS
            pages.extend(write_reports(folder, next_release, last if last.exists() else None))

        texts = mart_texts(manifest)
        written = warehouse.engine.publish(next_release, texts, report if has_report else no_report)
        if has_report:
            first_page = settings.published_link / REPORTS / page_name("index", settings.language)
            yield dg.MaterializeResult(
                asset_key=REPORT,
                metadata={"files": len(pages), "first_page": dg.MetadataValue.path(first_page)},
            )
        days_old = (settings.today - written.as_of_date).days
        said = staleness(written, settings.today)
        yield dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={
                "release": written.release_id,
                "as_of_date": written.as_of_date.isoformat(),
                "days_since_as_of_date": days_old,
                **({"notice": said} if said else {}),
                "rows": dict(written.marts),
            },
        )

    return release


def mart_texts(manifest: Manifest) -> dict[str, MartText]:
    """The descriptions of the marts and their columns."""
    return {
        node["name"]: MartText(
            node["description"], {name: column["description"] for name, column in node["columns"].items()}
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"].get("schema") == "marts"
    }


def _release(warehouse: Warehouse, name: str, run_id: str) -> Release:
    """The release of what the build database was loaded with, whatever the settings say now.

    Raises:
        WarehouseError: the build database was loaded by another run.
    """
    columns = (
        *("run_id", "as_of_date", "raw_dir", "reporting_currency", "reporting_timezone"),
        *("loaded_on", "is_dated_ahead"),
    )
    found = warehouse.engine.rows(f"select {', '.join(columns)} from intermediate.int_settings")
    if not found or found[0]["run_id"] != run_id:
        raise WarehouseError("The build database was loaded by another run; run the whole job `refresh`.")
    _, as_of_date, *origin, loaded_on, is_dated_ahead = (found[0][column] for column in columns)
    return Release(
        name,
        run_id,
        as_of_date,
        Origin(*origin, customer_level=warehouse.origin.customer_level),
        inputs=replace(
            saved_inputs(warehouse.settings.inputs_path, run_id),
            loaded_on=loaded_on,
            is_dated_ahead=is_dated_ahead,
        ),
    )
