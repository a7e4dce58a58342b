"""What a release shows that is worth a message."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import pytest

from orchestration.notices.facts import Fact, release_facts
from orchestration.notices.telling import tell_kept_release, tell_release, telling
from orchestration.notices.texts import LANGUAGES, messages
from orchestration.release.releases import Origin, Release, published_release
from orchestration.settings import load_settings

from ..support.commands import CommandRun
from ..support.mailboxes import json_inbox
from .test_sending import DEAD

AS_OF = dt.date(2026, 7, 10)
MARTS = {
    "input_freshness": """
select * from (values
    ('fx_rates', date '2026-07-09', date '2026-07-10', 0, 7, 7.0, 'fresh', null, null),
    ('product_events', date '2026-07-01', date '2026-07-04', 6, 0, 900.0, 'silent',
        'usage and health: customers look idle from then on', '利用状況・ヘルススコア'),
    ('surveys', null, null, null, null, null, 'not_supplied', null, null),
    ('support_tickets', date '2026-07-09', date '2026-08-09', 0, 3, 120.0, 'low_volume', null, null)
) as t (table_name, newest_on, next_expected_on, days_late, rows_last_day, usual_rows_last_day, status,
    affects_en, affects_ja)
""",
    "load_report": """
select * from (values ('cancellations', 30, 40), ('accounts', 1, 40), ('reviews', 0, 0))
    as t (table_name, rows_quarantined, rows_read)
""",
    "dim_kpis": """
select * from (values
    ('nrr_rate', 'NRR', 'NRR(売上継続率)', 'rate', 'Head of customer success', 'CS責任者'),
    ('closing_mrr', 'MRR', 'MRR(月次経常収益)', 'currency', 'Management', '経営層')
) as t (kpi_id, name_en, name_ja, unit, owner_label_en, owner_label_ja)
""",
    "kpi_restatements": """
select *, latest_value - first_reported_value as difference, date '2026-05-01' as month_start from (values
    ('closing_mrr', 'all', 'run-2', 120000.0, 118000.0, 1),
    ('closing_mrr', 'plan', 'run-2', 120000.0, 118000.0, 1),
    ('nrr_rate', 'all', 'run-2', 1.0, 0.995, 1),
    ('nrr_rate', 'all', 'run-1', 1.0, 0.8, 1)
) as t (kpi_id, segment_dimension, run_id, first_reported_value, latest_value, accounts_changed)
""",
    "kpi_scorecard_months": """
select *, 'all' as segment_dimension, 1.02 as previous_value, 1.0 as target_value from (values
    ('nrr_rate', date '2026-05-01', 1.02, 'yellow'),
    ('nrr_rate', date '2026-06-01', 0.94, 'red'),
    ('closing_mrr', date '2026-05-01', 1.0, 'red'),
    ('closing_mrr', date '2026-06-01', 1.0, 'red'),
    ('closing_mrr', date '2026-07-01', 1.0, 'red')
) as t (kpi_id, month_start, value, status)
""",
    "dim_accounts": """
select * from (values ('a1', 'm1'), ('a2', 'm1'), ('a3', 'm2'), ('a4', null), ('a5', 'm1'), ('a6', 'm2'))
    as t (account_id, csm_id)
""",
    "dim_team_members": "select 'm1' as member_id, 'Ada Sato' as member_name",
    "account_360": """
select account_id, 1500.0 as mrr, 'Days since last use' as main_reason_label_en,
    '最終利用からの日数' as main_reason_label_ja, 'Call the sponsor' as next_best_action_label_en,
    'スポンサーへ連絡する' as next_best_action_label_ja
from marts.dim_accounts
""",
}
BANDS = """
select account_id, health_band, date '{day}' as as_of_date from (values {rows}) as t (account_id, health_band)
"""
BEFORE = (
    "('a1', 'green'), ('a2', 'red'), ('a3', 'yellow'), ('a4', 'yellow'), ('a5', 'unknown'), ('a7', 'red')"
)
NOW = (
    "('a1', 'red'), ('a2', 'yellow'), ('a3', 'red'), ('a4', 'red'), ('a5', 'red'), ('a6', 'red'), "
    "('a7', 'unknown')"
)


def write_release(warehouse_dir: Path, run_id: str, day: dt.date, marts: dict[str, str]) -> Release:
    """A release with these marts, published."""
    release = Release(
        f"{day:%Y%m%d}T000000Z-{run_id}",
        run_id,
        day,
        Origin("raw", "EUR", "UTC", "account"),
        marts=dict.fromkeys(marts, 1),
    )
    folder = warehouse_dir / "releases" / release.release_id
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "cs_kpi.duckdb")) as connection:
        connection.execute("create schema marts")
        for name, query in marts.items():
            connection.execute(f"create table marts.{name} as {query}")
    manifest = {**asdict(release), "as_of_date": day.isoformat(), "inputs": release.inputs.to_json()}
    (folder / "release.json").write_text(json.dumps(manifest), encoding="utf-8")
    link = warehouse_dir / "published"
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    return release


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """The second release of a warehouse, with something to tell in each mart."""
    before = AS_OF - dt.timedelta(days=1)
    write_release(tmp_path, "run-1", before, {"account_health_scores": BANDS.format(day=before, rows=BEFORE)})
    scores = {"account_health_scores": BANDS.format(day=AS_OF, rows=NOW)}
    return write_release(tmp_path, "run-2", AS_OF, {**MARTS, **scores})


def told(facts: Sequence[Fact]) -> set[tuple[str, str]]:
    """Kinds of the facts, and what each is about."""
    return {(fact.kind, fact.key.split(":")[0]) for fact in facts}


def test_each_fact_is_found_and_nothing_else(release: Release, tmp_path: Path) -> None:
    assert told(release_facts(release, tmp_path, AS_OF)) == {
        ("input_stale", "product_events"),
        ("volume_unusual", "support_tickets"),
        ("input_rejected", "cancellations"),
        ("restated", "closing_mrr"),
        ("kpi_red", "nrr_rate"),
        ("accounts_red", "a1"),
        ("accounts_red", "a3"),
        ("accounts_red", "a4"),
        ("accounts_red", "a5"),
        ("accounts_red", "a6"),
        ("accounts_recovered", "a2"),
    }


def test_an_input_becomes_late_without_a_new_release_unless_the_date_is_set(
    release: Release, tmp_path: Path
) -> None:
    later = AS_OF + dt.timedelta(days=2)
    late = ("input_stale", "fx_rates")
    assert late in told(release_facts(release, tmp_path, later))
    assert late not in told(release_facts(release, tmp_path, later, is_dated=True))


def test_a_late_input_is_told_each_day_and_a_red_account_once(release: Release, tmp_path: Path) -> None:
    def keys(today: dt.date) -> set[str]:
        return {f"{fact.kind}:{fact.key}" for fact in release_facts(release, tmp_path, today, is_dated=True)}

    new = keys(AS_OF + dt.timedelta(days=1)) - keys(AS_OF)
    assert {key.split(":")[0] for key in new} == {"input_stale", "input_rejected"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_say_what_happened_to_whom_and_what_to_do(
    release: Release, tmp_path: Path, language: str
) -> None:
    found = messages(release_facts(release, tmp_path, AS_OF), language)
    assert len(found) == 7
    for message in found:
        assert {"en": "Next: ", "ja": "次の対応: "}[language] in message.body
        assert "None" not in message.title + message.body
        assert "@" not in message.body
    red = next(message.body for message in found if "a1" in message.body)
    # a3's CSM is not among the team members, a4 has none.
    names = ["Ada Sato", "m2", {"en": "No CSM assigned", "ja": "担当CSMなし"}[language]]
    assert [red.index(name) for name in names] == sorted(red.index(name) for name in names)
    assert {"en": "Call the sponsor", "ja": "スポンサーへ連絡する"}[language] in red
    figures = " ".join(message.body for message in found)
    assert "120,000 → 118,000" in figures
    assert "94.00%" in figures


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_link_to_the_page_that_shows_more(release: Release, tmp_path: Path, language: str) -> None:
    found = messages(release_facts(release, tmp_path, AS_OF), language, "file:///reports/{}".format)
    linked = {fact.kind: message.body.rsplit("/", 1)[-1] for message in found for fact in message.facts}
    assert linked["accounts_red"] == "index"
    assert linked["kpi_red"] == "overview"
    assert linked["input_stale"] == "data"


def test_a_notice_names_the_file_of_the_page_where_the_release_has_one(
    release: Release, tmp_path: Path
) -> None:
    reports = tmp_path / "published" / "reports"
    reports.mkdir()
    (reports / "index.html").touch()
    with json_inbox() as inbox:
        settings = load_settings(
            {
                "CSKPI_WAREHOUSE_DIR": str(tmp_path),
                "CSKPI_NOTIFY_URLS": inbox.url,
                "CSKPI_AS_OF_DATE": AS_OF.isoformat(),
            }
        )
        tell_release(settings, release.run_id)
    linked = [message["message"] for message in inbox.messages if "Report: " in message["message"]]
    assert linked
    assert all(body.endswith(f"Report: {(reports / 'index.html').as_uri()}") for body in linked)


def test_a_release_is_told_once(release: Release, tmp_path: Path) -> None:
    with json_inbox() as inbox:
        settings = load_settings(
            {
                "CSKPI_WAREHOUSE_DIR": str(tmp_path),
                "CSKPI_NOTIFY_URLS": inbox.url,
                "CSKPI_AS_OF_DATE": AS_OF.isoformat(),
            }
        )
        assert tell_release(settings, "another run") == 0
        assert tell_release(settings, "run-2") == 7
        assert tell_release(settings, "run-2") == 0
        assert tell_kept_release(settings, release) == 0
    assert len(inbox.messages) == 7
    remembered = json.loads((tmp_path / "notices" / "told.json").read_text(encoding="utf-8"))
    # Hashes alone: an account that is erased is not named here.
    assert {len(key) for key in remembered} == {64}


def test_a_run_goes_on_when_the_server_is_down(
    release: Release, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = load_settings({"CSKPI_WAREHOUSE_DIR": str(tmp_path), "CSKPI_NOTIFY_URLS": DEAD})
    is_done = False
    with telling(settings, release.run_id, waits=(0.0,)):
        is_done = True
    assert is_done
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    with json_inbox() as inbox:
        reached = replace(settings, notify_urls=(inbox.url,), as_of_date=AS_OF)
        assert tell_release(reached, release.run_id) == 7


def test_an_unreadable_release_stops_nothing(
    release: Release, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "published" / "cs_kpi.duckdb").write_text("broken", encoding="utf-8")
    settings = load_settings({"CSKPI_WAREHOUSE_DIR": str(tmp_path), "CSKPI_NOTIFY_URLS": DEAD})
    with telling(settings, release.run_id):
        pass
    assert "Notices were not sent" in caplog.text


def test_the_worked_example_has_the_columns_that_are_read(example_run: CommandRun) -> None:
    published = published_release(example_run.warehouse_dir)
    assert published is not None
    facts = release_facts(published, example_run.warehouse_dir, published.as_of_date, is_dated=True)
    for language in LANGUAGES:
        assert len(messages(facts, language)) == len({fact.kind for fact in facts})
