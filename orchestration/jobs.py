"""The job that does everything, and when it runs."""

from __future__ import annotations

import dagster as dg

REFRESH_JOB = "refresh"

refresh_job = dg.define_asset_job(
    REFRESH_JOB,
    selection=dg.AssetSelection.all(),
    description="Load the raw files, build and test every model, score account health, and publish.",
)


def daily_refresh(reporting_timezone: str) -> dg.ScheduleDefinition:
    """Every day at five in the reporting time zone, once it was switched on."""
    return dg.ScheduleDefinition(
        name="daily_refresh",
        job=refresh_job,
        cron_schedule="0 5 * * *",
        execution_timezone=reporting_timezone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
