"""The job that does everything, as of now or of the close day of a month, and when it runs."""

from __future__ import annotations

import dagster as dg

from orchestration.release.releases import published_release
from orchestration.settings import Settings, newest_close

REFRESH_JOB = "refresh"
CLOSE_JOB = "close_month"

refresh_job = dg.define_asset_job(
    REFRESH_JOB,
    selection=dg.AssetSelection.all(),
    description="Load the raw files, build and test every model, score account health, and publish.",
)


close_job = dg.define_asset_job(
    CLOSE_JOB,
    selection=dg.AssetSelection.all(),
    description=(
        "Refresh as of the newest close day that is over, so that the figures of the month before are first "
        "reported as of that day, whatever day the input is of."
    ),
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


def monthly_close(settings: Settings) -> dg.ScheduleDefinition:
    """On the day after the close day at four in the reporting time zone, once it was switched on.

    Before the daily refresh, whose as-of date may be later than the close day.
    """

    @dg.schedule(
        name="monthly_close",
        job=close_job,
        cron_schedule=f"0 4 {settings.close_day + 1} * *",
        execution_timezone=settings.reporting_timezone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def close(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        closes_on = newest_close(context.scheduled_execution_time.date(), settings.close_day)
        release = published_release(settings.warehouse_dir)
        if release and release.as_of_date >= closes_on:
            return dg.SkipReason(
                f"The release as of {release.as_of_date} is not older than the close day {closes_on}: "
                "the month is closed already."
            )
        return dg.RunRequest(run_key=closes_on.isoformat())

    return close
