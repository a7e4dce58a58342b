"""What a person reads where Spark was asked for and cannot start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.engines.spark_session import (
    INSTALL,
    SparkError,
    java_version,
    refuse_missing_spark,
    session_parameters,
)
from orchestration.settings import PROJECT_DIR

from .conftest import exit_status


def a_java(folder: Path, version: str) -> Path:
    """A command `java` that says this version."""
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-14' >&2\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def is_there(module: str) -> bool:
    """Every module can be imported."""
    return bool(module)


@pytest.mark.parametrize("absent", ["pyspark", "dbt.adapters.spark"])
def test_packages_that_are_missing(absent: str) -> None:
    with pytest.raises(SparkError) as said:
        refuse_missing_spark(None, lambda module: module != absent)
    assert str(said.value).startswith("DBT_TARGET is spark, but the packages for it ")
    assert f"`make {INSTALL}`" in str(said.value)
    assert f"\n{INSTALL}: " in (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")


def test_no_java(tmp_path: Path) -> None:
    with pytest.raises(SparkError) as said:
        refuse_missing_spark(tmp_path, is_there)
    assert str(said.value).startswith("DBT_TARGET is spark, but there is no Java here")
    assert "Install Java 17 or newer and set JAVA_HOME to it, or use DBT_TARGET=duckdb." in str(said.value)


def test_an_old_java(tmp_path: Path) -> None:
    java = a_java(tmp_path, "11.0.6")
    with pytest.raises(SparkError) as said:
        refuse_missing_spark(tmp_path, is_there)
    assert str(said.value).startswith(f"Spark needs Java 17, and {java} is Java 11. Install Java 17")


def test_a_new_java(tmp_path: Path) -> None:
    a_java(tmp_path, "21")
    refuse_missing_spark(tmp_path, is_there)


def test_a_run_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBT_TARGET", "spark")
    monkeypatch.setenv("CSKPI_RAW_DIR", str(tmp_path / "raw"))
    monkeypatch.setenv("CSKPI_WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert exit_status("run") == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.startswith("DBT_TARGET is spark, but ")
    assert len(said.err.splitlines()) == 1


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
