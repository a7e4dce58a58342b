"""Notices reach real local servers, once, in both languages, and never stop a run."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import warehouse_definitions
from orchestration.jobs import REFRESH_JOB
from orchestration.notices.facts import Fact, failure_fact
from orchestration.notices.memory import memory_of
from orchestration.notices.sending import Mail
from orchestration.notices.telling import tell, tell_failure
from orchestration.notices.texts import Message, trial_message
from orchestration.settings import Settings, SettingsError, load_settings

from ..support.commands import run_command
from ..support.mailboxes import json_inbox, mail_inbox
from ..support.tiny_project import GOOD_ACCOUNTS, tiny_warehouse, write_project, write_raw

DAY = dt.date(2026, 1, 31)
FACT = failure_fact("accounts.csv is empty.", None, DAY)
OTHER_FACT = failure_fact("plans.csv is empty.", None, DAY)
AT_ONCE = (0.0, 0.0)
# Nothing listens on the port of discarded messages.
DEAD = "json://user:hidden-word@127.0.0.1:9/"


def settings_of(folder: Path, *urls: str, language: str = "en") -> Settings:
    return load_settings(
        {
            "CSKPI_WAREHOUSE_DIR": str(folder / "warehouse"),
            "CSKPI_NOTIFY_URLS": " ".join(urls),
            "CSKPI_LANGUAGE": language,
        }
    )


def tell_facts(settings: Settings, facts: Sequence[Fact], run_id: str = "run-1") -> int:
    return tell(settings, lambda: facts, run_id, AT_ONCE)


@pytest.mark.parametrize(("language", "word"), [("en", "the run failed"), ("ja", "実行に失敗しました")])
def test_a_message_comes_over_http_and_by_mail_in_the_language_that_is_set(
    tmp_path: Path, language: str, word: str
) -> None:
    with json_inbox() as http, mail_inbox() as mail:
        assert tell_facts(settings_of(tmp_path, http.url, mail.url, language=language), [FACT]) == 1
    (posted,), (mailed,) = http.messages, mail.messages
    assert word in posted["title"]
    assert word in mailed["subject"]
    body = mailed.get_body(("plain", "html"))
    for text in (posted["message"], body.get_content()):
        assert "accounts.csv is empty." in text
        assert "make run" in text


def test_a_refused_message_is_sent_again(tmp_path: Path) -> None:
    with json_inbox(refusals=2) as inbox:
        assert tell_facts(settings_of(tmp_path, inbox.url), [FACT]) == 1
    assert (inbox.asked, len(inbox.messages)) == (3, 1)


def test_a_fact_is_told_once_and_a_new_one_beside_it_alone(tmp_path: Path) -> None:
    with json_inbox() as inbox:
        settings = settings_of(tmp_path, inbox.url)
        assert tell_facts(settings, [FACT]) == 1
        assert tell_facts(settings, [FACT], "run-2") == 0
        assert tell_facts(settings, [FACT, OTHER_FACT], "run-3") == 1
    assert [("accounts" in post["message"]) for post in inbox.messages] == [True, False]


def test_a_run_is_told_by_one_of_the_command_and_the_sensor(tmp_path: Path) -> None:
    with json_inbox() as inbox:
        settings = settings_of(tmp_path, inbox.url)
        assert tell_failure(settings, "A sentence.", "run-1", AT_ONCE) == 1
        assert tell_failure(settings, "The same in other words.", "run-1", AT_ONCE) == 0


def test_another_log_makes_no_other_failure() -> None:
    keys = {
        failure_fact(f"It stopped. Its log is /wh/logs/2026-01-31-{run}.log.", None, DAY).key
        for run in ("0a1b2c3d", "4e5f6a7b")
    }
    assert len(keys) == 1


def test_a_server_that_is_down_is_a_warning_without_its_address_and_is_tried_again_by_the_next_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    assert tell_facts(settings_of(tmp_path, DEAD), [FACT]) == 0
    assert "Address 1 of CSKPI_NOTIFY_URLS did not take the message in 3 attempts" in caplog.text
    said = caplog.text + "".join(capfd.readouterr()) + repr(settings_of(tmp_path, DEAD))
    assert "hidden-word" not in said
    assert "127.0.0.1" not in said
    with json_inbox() as inbox:
        assert tell_facts(settings_of(tmp_path, inbox.url), [FACT]) == 1
    for path in (tmp_path / "warehouse").rglob("*"):
        assert path.is_dir() or b"hidden-word" not in path.read_bytes()


def test_the_other_addresses_get_what_one_refuses(tmp_path: Path) -> None:
    with json_inbox() as inbox:
        mail = Mail([DEAD, "no-address", inbox.url], AT_ONCE)
        assert mail.send(trial_message("en"))
        assert mail.send(Message("second", "message"))
    assert [post["title"] for post in inbox.messages][1] == "second"
    assert [problem.split(" of ")[0] for problem in mail.problems] == ["Address 1", "Address 2"]
    assert "no-address" not in "".join(mail.problems)


def test_a_long_message_comes_in_parts(tmp_path: Path) -> None:
    lines = [f"- account {number:05d}" for number in range(3_000)]
    with json_inbox() as inbox:
        assert Mail([inbox.url], AT_ONCE).send(Message("title", "\n".join(lines)))
    assert len(inbox.messages) > 1
    posted = " ".join(post["message"] for post in inbox.messages)
    assert all(line in posted for line in (lines[0], lines[-1]))


def test_whatever_goes_wrong_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Sequence[Fact]:
        raise ValueError("json://user:hidden-word@host")

    assert tell(settings_of(tmp_path, DEAD), broken, "run-1") == 0
    assert "Notices were not sent (ValueError)" in caplog.text
    assert "hidden-word" not in caplog.text


def test_a_broken_memory_tells_again(tmp_path: Path) -> None:
    told = tmp_path / "notices" / "told.json"
    with memory_of(tmp_path, DAY) as memory:
        memory.add(["a"])
    told.write_text(told.read_text(encoding="utf-8")[:-5], encoding="utf-8")
    with memory_of(tmp_path, DAY) as memory:
        assert not memory.has("a")
        memory.add(["b"])
    with memory_of(tmp_path, DAY + dt.timedelta(days=101)) as memory:
        assert memory.has("b")
        memory.add(["c"])
        assert not memory.has("b")


def test_a_failed_check_is_told_without_its_rows() -> None:
    sentence = (
        "1 model or test failed. Nothing was published: readers keep the release they had.\n\n"
        "test not_null_accounts: 2 rows\n"
        "  rows:   select * from test_failures.x   (in build)\n"
        "          account_id=a1, contact=ada@example.com\n"
    )
    fact = failure_fact(sentence, None, DAY)
    assert fact.kind == "publish_refused"
    assert "test not_null_accounts: 2 rows" in fact.values["sentence"]
    assert "a1" not in fact.values["sentence"]
    assert "@" not in failure_fact("Row 3 has ada@example.com.", None, DAY).values["sentence"]


def test_the_sensors_tell_of_runs_that_dagster_launched(tmp_path: Path) -> None:
    write_project(tmp_path)
    write_raw(tmp_path, GOOD_ACCOUNTS)
    (tmp_path / "raw" / "plans.csv").write_text("plan_name\nx\n", encoding="utf-8")
    warehouse = tiny_warehouse(tmp_path)
    with json_inbox() as inbox, dg.DagsterInstance.ephemeral() as history:
        warehouse = replace(warehouse, settings=replace(warehouse.settings, notify_urls=(inbox.url,)))
        definitions = warehouse_definitions(warehouse)
        cursors: dict[str, str | None] = {"tell_failed_runs": None, "tell_published_runs": None}

        def look() -> None:
            """Have the daemon's tick of each sensor."""
            for name, cursor in cursors.items():
                context = dg.build_sensor_context(
                    history, cursor, repository_def=definitions.get_repository_def()
                )
                cursors[name] = definitions.resolve_sensor_def(name).evaluate_tick(context).cursor

        look()
        job = definitions.resolve_job_def(REFRESH_JOB)
        for _ in range(2):
            job.execute_in_process(instance=history, raise_on_error=False)
        for _ in range(3):
            look()
    (posted,) = inbox.messages
    assert "plans.csv" in posted["message"]


def test_make_notify_sends_a_test_message(tmp_path: Path, history_dir: Path) -> None:
    with json_inbox() as inbox:
        ended = run_command(
            "notify",
            tmp_path / "warehouse",
            history_dir,
            {"CSKPI_NOTIFY_URLS": inbox.url, "CSKPI_LANGUAGE": "ja"},
        )
    assert ended.exit_status == 0, ended.errors
    assert "hidden-word" not in ended.output + ended.errors
    assert [post["title"] for post in inbox.messages] == ["カスタマーサクセスDWH: テスト通知"]


def test_make_notify_says_which_address_is_wrong(tmp_path: Path, history_dir: Path) -> None:
    ended = run_command("notify", tmp_path / "warehouse", history_dir, {"CSKPI_NOTIFY_URLS": "hidden-word"})
    assert ended.exit_status == 1
    assert "Address 1 of CSKPI_NOTIFY_URLS" in ended.errors
    assert "hidden-word" not in ended.output + ended.errors


def test_make_run_tells_why_it_stopped(tmp_path: Path, history_dir: Path) -> None:
    with json_inbox() as inbox:
        settings = {"CSKPI_RAW_DIR": str(tmp_path / "missing"), "CSKPI_NOTIFY_URLS": f"{DEAD} {inbox.url}"}
        ended = run_command("run", tmp_path / "warehouse", history_dir, settings)
    assert ended.exit_status == 1
    assert "Address 1 of CSKPI_NOTIFY_URLS" in ended.errors
    assert "hidden-word" not in ended.output + ended.errors
    (posted,) = inbox.messages
    assert "CSKPI_RAW_DIR" in posted["message"]


def test_make_run_tells_of_a_published_release_that_cannot_be_read(tmp_path: Path, history_dir: Path) -> None:
    write_raw(tmp_path, GOOD_ACCOUNTS)
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "published").symlink_to("nowhere")
    with json_inbox() as inbox:
        settings = {"CSKPI_RAW_DIR": str(tmp_path / "raw"), "CSKPI_NOTIFY_URLS": inbox.url}
        ended = run_command("run", tmp_path / "warehouse", history_dir, settings)
    assert ended.exit_status == 1
    (posted,) = inbox.messages
    assert "leads to no release" in posted["message"]


def test_another_language_is_refused() -> None:
    with pytest.raises(SettingsError, match="CSKPI_LANGUAGE"):
        load_settings({"CSKPI_LANGUAGE": "fr"})
