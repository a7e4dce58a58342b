"""The one Spark session of this process."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jinja2
import yaml

from orchestration.errors import ProjectError
from orchestration.settings import PROJECT_DIR

# A pyspark.sql.SparkSession; the package is there only where Spark was asked for.
Session = Any
# The session of this process and the warehouse that it is of; there is one at most.
_opened: dict[Path, Session] = {}

OLDEST_JAVA = 17
# The target of the Makefile that installs the packages.
INSTALL = "install-spark"


class SparkError(ProjectError, RuntimeError):
    """Spark cannot be used here; the message says why and what to do."""


def refuse_missing_spark(java_home: Path | None, is_installed: Callable[[str], object] = find_spec) -> None:
    """Stop where Spark cannot start; `is_installed` says whether a module can be imported.

    Raises:
        SparkError: the packages or Java are missing, or Java is too old.
    """
    if not all(is_installed(module) for module in ("pyspark", "dbt.adapters.spark")):
        raise SparkError(
            "DBT_TARGET is spark, but the packages for it (dbt-spark, PyHive, pyspark) are not there. "
            f"Install them with `make {INSTALL}`, or use DBT_TARGET=duckdb."
        )
    advice = f"Install Java {OLDEST_JAVA} or newer and set JAVA_HOME to it, or use DBT_TARGET=duckdb."
    java = _java(java_home)
    if java is None:
        raise SparkError(f"DBT_TARGET is spark, but there is no Java here, which Spark runs in. {advice}")
    version = java_version(java)
    if version is None or version < OLDEST_JAVA:
        found = f"Java {version}" if version else "something else"
        raise SparkError(f"Spark needs Java {OLDEST_JAVA}, and {java} is {found}. {advice}")


def open_session(warehouse_dir: Path) -> Session:
    """The session of this process, with the parameters with which dbt opens it too.

    Raises:
        SparkError: the session of this process is that of another warehouse.
    """
    if not _opened:
        _opened[warehouse_dir] = _start(warehouse_dir)
    if warehouse_dir not in _opened:
        raise SparkError(
            f"This process already uses another warehouse on Spark; open {warehouse_dir} in a new one."
        )
    return _opened[warehouse_dir]


def _start(warehouse_dir: Path) -> Session:
    """Start Spark; what its Java prints goes to `<warehouse>/logs/spark.log` instead of the terminal."""
    # Spark's Python side repeats whole queries and traces of errors that dbt reports itself.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    pyspark, java_gateway = import_module("pyspark"), import_module("pyspark.java_gateway")
    parameters = {**session_parameters(warehouse_dir), "spark.sql.catalogImplementation": "hive"}
    configuration = pyspark.SparkConf().setAll([*parameters.items()])
    configuration.setMaster(parameters["spark.master"]).setAppName(warehouse_dir.name)
    log_path = warehouse_dir / "logs" / "spark.log"
    for folder in (log_path.parent, warehouse_dir / "build" / "spark"):
        folder.mkdir(parents=True, exist_ok=True)
    with log_path.open("w", encoding="utf-8") as log:
        gateway = java_gateway.launch_gateway(configuration, {"stdout": log, "stderr": log})
    pyspark.SparkContext(conf=configuration, gateway=gateway)
    return import_module("pyspark.sql").SparkSession.builder.getOrCreate()


def session_parameters(warehouse_dir: Path) -> dict[str, str]:
    """The parameters of a session of this warehouse, as profiles.yml states them for dbt."""
    variables = {"warehouse_dir": str(warehouse_dir)}
    profiles = jinja2.Template((PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    rendered = profiles.render(var=variables.get, env_var=lambda _, default: default)
    output = yaml.safe_load(rendered)["cs_kpi"]["outputs"]["spark"]
    parameters = {name: str(value) for name, value in output["server_side_parameters"].items()}
    # dbt-spark sets this whatever the profile says: a value that does not fit is NULL, not an error.
    return {**parameters, "spark.sql.ansi.enabled": "false"}


def java_version(java: str) -> int | None:
    """The feature release of a `java`, such as 17; None where it does not say."""
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def _java(java_home: Path | None) -> str | None:
    """The `java` that Spark starts."""
    return shutil.which("java", path=str(java_home / "bin") if java_home else None)
