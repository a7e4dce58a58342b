"""The commands of `python -m orchestration`, which the Makefile calls.

Each command imports what it needs itself: help and `clean` answer at once, without Dagster and dbt.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.errors import ProjectError, WarehouseError
from orchestration.lock import held
from orchestration.settings import PROJECT_DIR, load_settings
from orchestration.system_errors import system_error

app = typer.Typer(
    help="Loads raw files, builds and tests the dbt models, scores account health and publishes the marts.",
    epilog="Settings come from the environment and from .env; README.md lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    full: Annotated[bool, typer.Option("--full", help="Build again even where nothing is new.")] = False,
    close: Annotated[
        bool, typer.Option("--close", help="As of the newest close day that is over, CSKPI_CLOSE_DAY.")
    ] = False,
) -> None:
    """Load, build, test, score and publish; then show a summary. Where nothing is new, say so and end."""
    with _sentences():
        import uuid

        from orchestration.demo import with_demo
        from orchestration.loading.raw_sources import bring_raw
        from orchestration.notices.telling import tell_kept_release, telling
        from orchestration.release.input_notices import late_inputs
        from orchestration.release.releases import staleness
        from orchestration.release.up_to_date import release_to_keep

        settings, run_id = with_demo(load_settings()), str(uuid.uuid4())
        if close:
            settings = replace(settings, as_of_date=settings.closing_date)
        with telling(settings, run_id):
            bring_raw(settings)
            kept = None if full else release_to_keep(settings)
            if kept:
                typer.echo(
                    f"Nothing is new since the release as of {kept.as_of_date}: "
                    "the same files, settings and project. "
                    f"It stays in {settings.published_link}. `make run FULL=1` builds it again."
                )
                if said := staleness(kept, settings.today):
                    typer.echo(said)
                for late in late_inputs(kept, settings.published_link, settings.today):
                    typer.echo(late)
                tell_kept_release(settings, kept)
                return
            from orchestration.delivery import check_run
            from orchestration.terminal import console_on, progress_on

            with progress_on(console_on()):
                delivery = check_run(settings, is_full=full)
            from orchestration.resources import open_warehouse
            from orchestration.run import refresh

            refresh(open_warehouse(settings, delivery), run_id)


@app.command()
def check() -> None:
    """Say what a run would make of the raw folder, building nothing; status 1 where a run would stop."""
    with _sentences():
        from orchestration.checking.check import check as checked
        from orchestration.demo import with_demo
        from orchestration.loading.raw_sources import bring_raw

        settings = with_demo(load_settings())
        bring_raw(settings)
        found = checked(settings, PROJECT_DIR / "target" / "check")
        typer.echo(found.text)
        typer.echo(f"\nNothing was built or published. The same as a page: {found.page}")
        if found.would_stop:
            raise typer.Exit(1)


@app.command()
def init(
    folder: Annotated[str, typer.Option("--dir", help="The folder; what is in it already stays.")],
    everything: Annotated[
        bool, typer.Option("--all", help="A file for every table of the contract.")
    ] = False,
) -> None:
    """Write a raw folder to fill in: a file with the header of each required table, and mapping.yml."""
    with _sentences():
        from pathlib import Path

        from orchestration.checking.templates import write_templates
        from orchestration.loading import read_contract

        path = Path(folder).expanduser().resolve()
        written = write_templates(path, read_contract(), everything=everything)
        for one in written:
            typer.echo(f"written: {one}")
        typer.echo(
            f"{len(written)} files were written. Fill them, or put your exports into {path} and say in "
            "mapping.yml what they are; then "
            f"`make check CSKPI_RAW_DIR={path}`. docs/inputs.md lists every column."
        )


@app.command()
def notify() -> None:
    """Send a test message to every address of CSKPI_NOTIFY_URLS."""
    with _sentences():
        from orchestration.notices.sending import Mail
        from orchestration.notices.texts import trial_message

        settings = load_settings()
        if not settings.notify_urls:
            raise WarehouseError("CSKPI_NOTIFY_URLS is empty; docs/notices.md shows what to write into it.")
        mail = Mail(settings.notify_urls)
        mail.send(trial_message(settings.language))
        if mail.problems:
            raise WarehouseError("\n".join(mail.problems))
        typer.echo(f"A test message was sent to {len(settings.notify_urls)} address(es).")


@app.command()
def tune_health(
    write: Annotated[
        bool, typer.Option("--write", help="Write the proposal into seeds/health/health_measures.csv.")
    ] = False,
) -> None:
    """Show the weights of the health score that history suggests, as a change of health_measures.csv."""
    with _sentences():
        from orchestration.health.evaluation.metrics import on_one_thread
        from orchestration.health.evaluation.observations import read_observations
        from orchestration.health.evaluation.seed_proposal import difference, propose, proposed_seed
        from orchestration.resources import open_warehouse

        warehouse = open_warehouse(load_settings())
        if not warehouse.settings.build_path.exists():
            raise WarehouseError("There is no history to learn from yet: run `make run` first.")
        with held(warehouse.settings.warehouse_dir):
            observations, config = read_observations(warehouse.engine)
        with on_one_thread():
            proposal = propose(observations, config)
        if proposal is None:
            typer.echo(
                "Too few accounts have left within 90 days of a past month-end to learn from; "
                "nothing to propose."
            )
            return
        path = PROJECT_DIR / "seeds" / "health" / "health_measures.csv"
        seed = path.read_text(encoding="utf-8")
        proposed = proposed_seed(seed, proposal.measures)
        typer.echo(
            f"Fitted on earlier dates alone, such weights predict churn within 90 days on later dates with "
            f"an AUC of {proposal.proposed:.3f}; the present ones with {proposal.present:.3f}."
        )
        if not proposal.are_scales_changed:
            typer.echo("Floors and ceilings stay: other ones did not predict better on later dates.")
        if proposal.proposed <= proposal.present:
            typer.echo("That is no gain: keep the present ones.")
        typer.echo("\n" + (difference(seed, proposed) or "No change."))
        if write:
            path.write_text(proposed, encoding="utf-8")
            typer.echo(f"Written to {path}. Read the change, then run again; new rules begin a new history.")
        else:
            typer.echo(
                "Nothing was changed. To take it, save it and use `git apply`, or run again with --write."
            )


@app.command()
def explain(
    kpi: Annotated[str, typer.Argument(help="The id of a KPI, or a name that it alone has.")],
    month: Annotated[str, typer.Argument(help="A month such as 2025-12.")],
    segment: Annotated[str, typer.Option(help="A segment such as plan:pro; all customers without it.")] = "",
    accounts: Annotated[str, typer.Option(help="How many accounts to show: a number, or all.")] = "10",
) -> None:
    """Explain a published figure: its formula with numbers, what moved it, and the raw rows beneath."""
    with _sentences():
        from orchestration.explain.explanation import explain as explanation_of
        from orchestration.explain.texts import explained

        if accounts != "all" and not accounts.isdigit():
            raise WarehouseError(
                f"ACCOUNTS is {accounts!r}; expected a number of accounts such as 10, or all."
            )
        limit = None if accounts == "all" else int(accounts)
        settings = load_settings()
        with held(settings.warehouse_dir):
            explanation = explanation_of(settings, kpi, month, segment, limit=limit)
        typer.echo(explained(explanation, settings.language))


@app.command()
def reconcile(
    file: Annotated[str, typer.Argument(help="CSV or Excel with month and mrr, customers or churn of then.")],
) -> None:
    """Lay figures that people had before beside the published ones, with the rule behind each difference."""
    with _sentences():
        from pathlib import Path

        from orchestration.reconcile.old_figures import read_old_figures
        from orchestration.reconcile.our_figures import read_our_figures
        from orchestration.reconcile.reconciliation import reconciled
        from orchestration.reconcile.texts import as_text
        from orchestration.release.releases import open_marts, published_release

        settings = load_settings()
        old = read_old_figures(Path(file).expanduser().resolve(), settings.csv_encoding)
        with held(settings.warehouse_dir):
            release = published_release(settings.warehouse_dir)
            if release is None:
                raise WarehouseError("Nothing was published yet; run `make run` first.")
            months = {month for by_month in old.totals.values() for month in by_month}
            with open_marts(settings.published_link.resolve()) as connection:
                ours = read_our_figures(connection, months)
        currency = release.origin.reporting_currency
        typer.echo(as_text(old.name, release.as_of_date, currency, reconciled(old, ours)))


@app.command()
def docs() -> None:
    """Write dbt's documentation of every table into one page."""
    with _sentences():
        from orchestration.resources import open_warehouse

        warehouse = open_warehouse(load_settings())
        if not warehouse.settings.build_path.exists():
            raise WarehouseError("There is nothing to describe yet: run `make run` first.")
        with held(warehouse.settings.warehouse_dir):
            typer.echo(f"Open {warehouse.dbt.write_docs()} in a browser.")


@app.command()
def contracts() -> None:
    """Write the files that follow from the input contract, the list of segments and the axes of health."""
    with _sentences():
        from orchestration.dbt.contracts import write

        changed = write(PROJECT_DIR)
        for path in changed:
            typer.echo(f"written: {path}")
        typer.echo(f"{len(changed)} files were out of date.")


@app.command()
def releases() -> None:
    """List the releases that are kept, the newest first."""
    with _sentences():
        from orchestration.release.releases import kept_releases, read_release

        warehouse_dir = load_settings().warehouse_dir
        current = (warehouse_dir / "published").resolve().name
        for name in reversed(kept_releases(warehouse_dir)):
            as_of_date = read_release(warehouse_dir / "releases" / name).as_of_date
            typer.echo(f"{name}  as of {as_of_date}{'  published' if name == current else ''}")


@app.command()
def restore(
    release: Annotated[str, typer.Option(help="The kept release that readers shall see again.")] = "",
    backup: Annotated[str, typer.Option(help="The folder that `make backup` wrote.")] = "",
) -> None:
    """Step back to a kept release, or have the next run begin with the history of a backup."""
    with _sentences():
        from pathlib import Path

        from orchestration.demo import with_demo
        from orchestration.release.releases import Origin
        from orchestration.release.restoring import restore_backup, restore_release

        settings = with_demo(load_settings())
        if bool(release) == bool(backup):
            raise WarehouseError(
                "Name what to restore: `make restore RELEASE=…` (`make releases` lists them) "
                "or `make restore BACKUP=<folder>`."
            )
        if release and settings.dbt_target == "spark":
            raise WarehouseError(
                "Releases are stepped back on DuckDB alone; on Spark, put the raw files back and run again."
            )
        with held(settings.warehouse_dir):
            if release:
                restored = restore_release(settings.warehouse_dir, release)
                typer.echo(
                    f"Readers see {restored.release_id} again, as of {restored.as_of_date}. "
                    "The next run builds everything anew where the raw files are other ones."
                )
            else:
                origin = Origin.of(settings, PROJECT_DIR)
                rows = restore_backup(settings.warehouse_dir, origin, Path(backup).resolve())
                typer.echo(f"The next run begins with {rows} rows of history: `make run`.")


@app.command()
def backup(to: Annotated[str, typer.Option(help="A new folder.")]) -> None:
    """Copy what raw data cannot give again, scores and figures as published, into a folder."""
    with _sentences():
        from pathlib import Path

        from orchestration.release.releases import published_release
        from orchestration.release.restoring import back_up

        warehouse_dir = load_settings().warehouse_dir
        with held(warehouse_dir):
            published = published_release(warehouse_dir)
            if published is None:
                raise WarehouseError("Nothing was published yet; there is nothing to back up.")
            back_up(warehouse_dir, published, Path(to).resolve())
        typer.echo(f"Written to {to}; `make restore BACKUP={to}` takes it back.")


@app.command()
def report(
    language: Annotated[str, typer.Option(help="Which page to name: en or ja.")] = "",
    month: Annotated[str, typer.Option(help="One page of a month such as 2025-10, to be mailed.")] = "",
    segment: Annotated[str, typer.Option(help="One page of a segment such as plan:pro.")] = "",
    to: Annotated[str, typer.Option(help="The folder; <warehouse>/reports where it is not named.")] = "",
) -> None:
    """Write the report of what is published again, or one page of a month and a segment; as PDF too."""
    with _sentences():
        from pathlib import Path

        from orchestration.release.releases import published_release
        from orchestration.report import browser, page_name, print_page, write_again, write_month

        settings = load_settings()
        release = published_release(settings.warehouse_dir)
        if release is None:
            raise WarehouseError("Nothing was published yet: run `make run` first.")
        folder = Path(to).resolve() if to else settings.warehouse_dir / "reports"
        shown = language or settings.language
        if month or segment:
            chosen = month or f"{release.as_of_date:%Y-%m}"
            pages = write_month(settings.published_link, release, folder, chosen, segment)
            first = pages[shown == "ja"]
        else:
            write_again(settings.published_link, release, folder)
            pages = [folder / page_name("monthly", code) for code in ("en", "ja")]
            first = folder / page_name("index", shown)
        typer.echo(f"Open {first} in a browser.")
        if program := browser():
            typer.echo(f"As PDF: {print_page(pages[shown == 'ja'], program)}")
        else:
            typer.echo("No PDF: that takes Chromium.")


@app.command(name="open")
def open_report() -> None:
    """Say where the report of the published release is."""
    with _sentences():
        from orchestration.release.releases import REPORTS

        settings = load_settings()
        name = "index.html" if settings.language == "en" else f"index.{settings.language}.html"
        first = settings.published_link / REPORTS / name
        if not first.exists():
            raise WarehouseError("There is no report yet: run `make run` first.")
        typer.echo(f"Open {first} in a browser: {first.resolve().as_uri()}")


@app.command()
def pictures() -> None:
    """Take the pictures of the guides from the published release; needs Chromium."""
    with _sentences():
        from orchestration.release.releases import REPORTS, published_release
        from orchestration.release.summary import run_summary
        from orchestration.report import browser, take_picture
        from orchestration.terminal import draw

        settings = load_settings()
        release, program = published_release(settings.warehouse_dir), browser()
        reports = settings.published_link / REPORTS
        if release is None or not (reports / "overview.html").exists():
            raise WarehouseError("There is no report yet: run `make run` first.")
        if program is None:
            raise WarehouseError("Pictures take Chromium, which is not installed.")
        folder = PROJECT_DIR / "docs" / "images"
        draw(run_summary(release, settings.warehouse_dir, PROJECT_DIR), "make run", folder / "run.svg")
        take_picture(reports / "overview.html", folder / "report.png", program, (1280, 1000))
        take_picture(reports / "index.ja.html", folder / "report_today_ja.png", program, (1280, 1000))
        typer.echo(f"Written into {folder}.")


@app.command()
def dev() -> None:
    """Open Dagster's pages with the runs of the settings' warehouse; what is launched there publishes too."""
    with _sentences():
        import os
        import sys

        from orchestration.run_history import history_dir

        warehouse_dir = load_settings().warehouse_dir
        os.environ.setdefault("DAGSTER_HOME", str(history_dir(warehouse_dir)))
        typer.echo(f"The pages show the warehouse {warehouse_dir}; the job `refresh` publishes into it.")
        arguments = [sys.executable, "-m", "dagster", "dev", "--working-directory", str(PROJECT_DIR)]
        os.chdir(PROJECT_DIR)
        os.execv(sys.executable, [*arguments, "-m", "orchestration.definitions"])


class Service(StrEnum):
    """What runs as a service: the pages, and what starts runs by schedules and sensors."""

    PAGES = "pages"
    DAEMON = "daemon"


@app.command()
def serve(
    service: Annotated[Service, typer.Argument(help="The pages, or the daemon that starts scheduled runs.")],
    host: Annotated[str, typer.Option(help="Where the pages listen; they have no login.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port of the pages.")] = 3000,
) -> None:
    """Run Dagster's pages or its daemon on the settings' warehouse until stopped: docs/operate.md."""
    with _sentences():
        import os
        import sys
        from pathlib import Path

        from orchestration.run_history import history_dir

        history = str(history_dir(load_settings().warehouse_dir))
        os.environ.setdefault("DAGSTER_HOME", history)
        commands = {
            Service.PAGES: ["dagster-webserver", "--host", host, "--port", str(port)],
            Service.DAEMON: ["dagster-daemon", "run"],
        }
        name, *arguments = commands[service]
        os.chdir(PROJECT_DIR)
        program = str(Path(sys.executable).with_name(name))
        os.execv(program, [program, *arguments, "-m", "orchestration.definitions"])


@app.command()
def clean() -> None:
    """Remove what runs wrote into the warehouse, and the folder if nothing else is in it.

    erasures.json stays: who was erased stays erased.
    """
    with _sentences():
        warehouse_dir = load_settings().warehouse_dir
        if not warehouse_dir.exists():
            return
        with held(warehouse_dir):
            (warehouse_dir / "published").unlink(missing_ok=True)
            for folder in ("build", "releases", "history", "dagster", "target", "logs", "notices", "reports"):
                shutil.rmtree(warehouse_dir / folder, ignore_errors=True)
            (warehouse_dir / "run.lock").unlink()
        if not any(warehouse_dir.iterdir()):
            warehouse_dir.rmdir()


@contextmanager
def _sentences() -> Generator[None]:
    """Print the sentence of an error and end with the status 1, or 130 where a person interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Interrupted; nothing was published.", err=True)
        raise typer.Exit(130) from None
    except (ProjectError, OSError) as error:
        typer.echo(system_error(error) if isinstance(error, OSError) else error, err=True)
        raise typer.Exit(1) from None
