"""What a person reads where Spark was asked for and cannot start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.engines import spark
from orchestration.engines.spark import INSTALL, java_version, session_parameters
from orchestration.settings import PROJECT_DIR


def a_java(folder: Path, version: str) -> Path:
    """A command `java` that says this version."""
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-14' >&2\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def spark_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with the packages, without Java."""
    monkeypatch.setenv("DBT_TARGET", "spark")
    monkeypatch.setenv("CSKPI_RAW_DIR", str(tmp_path / "raw"))
    monkeypatch.setenv("CSKPI_WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(spark, "find_spec", lambda name: name)
    monkeypatch.chdir(PROJECT_DIR)
    return monkeypatch


def said_by_run(capfd: pytest.CaptureFixture[str]) -> str:
    assert main(["run"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    return said.err


@pytest.mark.parametrize("absent", ["pyspark", "dbt.adapters.spark"])
def test_packages_that_are_missing(
    spark_asked_for: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], absent: str
) -> None:
    spark_asked_for.setattr(spark, "find_spec", lambda name: None if name == absent else name)
    said = said_by_run(capfd)
    assert said.startswith("DBT_TARGET is spark, but the packages for it ")
    assert f"`make {INSTALL}`" in said
    assert f"\n{INSTALL}: " in (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")


@pytest.mark.usefixtures("spark_asked_for")
def test_no_java(capfd: pytest.CaptureFixture[str]) -> None:
    said = said_by_run(capfd)
    assert said.startswith("DBT_TARGET is spark, but there is no Java here")
    assert "Install Java 17 or newer and set JAVA_HOME to it, or use DBT_TARGET=duckdb." in said


def test_an_old_java(
    spark_asked_for: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    java = a_java(tmp_path / "jdk", "11.0.6")
    spark_asked_for.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert said_by_run(capfd).startswith(f"Spark needs Java 17, and {java} is Java 11. Install Java 17")


@pytest.mark.parametrize(
    ("version", "release"), [("17.0.15", 17), ("21", 21), ("1.8.0_392", 8), ("none at all", None)]
)
def test_releases_of_java(tmp_path: Path, version: str, release: int | None) -> None:
    assert java_version(str(a_java(tmp_path, version))) == release


def test_everything_of_a_session_is_inside_the_warehouse(tmp_path: Path) -> None:
    parameters = session_parameters(tmp_path)
    places = [value for value in parameters.values() if "/build/spark/" in value]
    assert len(places) == 3
    assert all(str(tmp_path) in place for place in places)


def test_every_macro_that_differs_by_engine_is_tried_on_both() -> None:
    macros = "".join(path.read_text("utf-8") for path in (PROJECT_DIR / "macros/portability").glob("*.sql"))
    tests = (PROJECT_DIR / "tests/spark/portability/tests").glob("*.sql")
    tried = "".join(path.read_text("utf-8") for path in tests)
    names = set(re.findall(r"{% macro (?!default__|spark__)(\w+)", macros))
    # What another one of them calls is tried with it.
    called = {name for name in names if re.search(rf"(?<!macro )\b{name}\(", macros)}
    assert len(names) > 20
    assert {name for name in names - called if f"{name}(" not in tried} == set()
