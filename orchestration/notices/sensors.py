"""Sensors that tell of runs launched on Dagster's pages or by the schedule; `make run` tells of its own."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import close_job, refresh_job
from orchestration.notices.telling import tell_failure, tell_release
from orchestration.settings import Settings


def notice_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """One sensor for runs that failed, one for runs that published."""

    @dg.run_failure_sensor(
        name="tell_failed_runs",
        monitored_jobs=[refresh_job, close_job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends a notice of a run that failed to CSKPI_NOTIFY_URLS, where it was not told yet.",
    )
    def tell_failed_runs(context: dg.RunFailureSensorContext) -> None:
        tell_failure(settings, _sentence(context), context.dagster_run.run_id)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="tell_published_runs",
        monitored_jobs=[refresh_job, close_job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends what the new release shows to CSKPI_NOTIFY_URLS, where it was not told yet.",
    )
    def tell_published_runs(context: dg.RunStatusSensorContext) -> None:
        tell_release(settings, context.dagster_run.run_id)

    return [tell_failed_runs, tell_published_runs]


def _sentence(context: dg.RunFailureSensorContext) -> str:
    """What the failing step said, else what the run says."""
    for event in context.get_step_failure_events():
        failure = event.step_failure_data
        if failure.user_failure_data and failure.user_failure_data.description:
            return failure.user_failure_data.description
        error = failure.error
        while error and error.cause:
            error = error.cause
        if error:
            return error.message.split(": ", 1)[-1].strip()
    return context.failure_event.message or "The run failed."
