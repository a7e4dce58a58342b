"""What deploy/ and docs/operate.md tell people to use: it can be parsed, and what it names is there."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot
import yaml
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import PROJECT_DIR

DEPLOY = PROJECT_DIR / "deploy"
GUIDE = (PROJECT_DIR / "docs" / "operate.md").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
INSTALLED = "/opt/customer-success-warehouse"


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the container file, with its lines joined."""
    text = re.sub(
        r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    lines = re.sub(r"\\\n", " ", text).splitlines()
    parted = [line.partition(" ") for line in lines if line.strip()]
    return [(name, value.strip()) for name, _, value in parted]


def values_of(instruction: str) -> list[str]:
    return [value for name, value in instructions() if name == instruction]


def is_command_of_the_project(words: list[str]) -> bool:
    """Whether `python -m orchestration` knows a command and takes these arguments."""
    return CliRunner().invoke(app, [*words, "--help"]).exit_code == 0


def test_the_container_file_copies_what_is_there() -> None:
    known = {
        "FROM",
        "RUN",
        "WORKDIR",
        "COPY",
        "USER",
        "VOLUME",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    assert {name for name, _ in instructions()} <= known
    sources = [source for value in values_of("COPY") for source in value.split()[:-1]]
    assert [source for source in sources if not (PROJECT_DIR / source).exists()] == []
    # All that a run reads; tests/sql and tests/generic are dbt's.
    needed = {"orchestration", "simulator", "models", "macros", "seeds", "tests/sql", "tests/generic"}
    needed |= {"dbt_project.yml", "profiles.yml", "dagster.yaml", "pyproject.toml", "requirements.lock"}
    assert needed <= set(sources)


def test_the_container_runs_without_rights_on_one_volume_and_tells_whether_it_is_healthy() -> None:
    names = [name for name, _ in instructions()]
    (user,), (volume,) = values_of("USER"), values_of("VOLUME")
    assert user not in ("root", "0")
    assert names.index("USER") < names.index("ENTRYPOINT")
    # Installing needs rights, running none.
    assert all(name != "RUN" for name in names[names.index("USER") :])
    environment = dict(pair.split("=", maxsplit=1) for pair in shlex.split(values_of("ENV")[0]))
    assert volume == "/data"
    for name in ("CSKPI_RAW_DIR", "CSKPI_WAREHOUSE_DIR", "DAGSTER_HOME"):
        assert environment[name].startswith(f"{volume}/")
    assert "/server_info" in values_of("HEALTHCHECK")[0]


def test_no_secret_is_in_the_image_or_in_git() -> None:
    secrets = re.compile("PASSWORD|SECRET|TOKEN|SALT|NOTIFY_URLS", re.IGNORECASE)
    assert not any(secrets.search(value) for value in [*values_of("ENV"), *values_of("RUN")])
    example = (DEPLOY / "settings.env.example").read_text(encoding="utf-8")
    assert [line for line in example.splitlines() if secrets.search(line) and not line.endswith("=")] == []
    ignored = (PROJECT_DIR / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "deploy/settings.env" in ignored


def test_the_compose_file_shows_the_pages_to_the_proxy_alone() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert {"ports", "network_mode"} & {*services["pages"], *services["daemon"]} == set()
    assert services["proxy"]["ports"] == ["443:443", "80:80"]
    for service in ("pages", "daemon"):
        assert services[service]["read_only"] is True
        assert services[service]["volumes"] == ["data:/data"]
        assert services[service]["cap_drop"] == ["ALL"]
        assert (DEPLOY / services[service]["build"]["dockerfile"].removeprefix("deploy/")).exists()
        assert is_command_of_the_project(services[service]["command"])
    named = {mount.split(":")[0] for service in services.values() for mount in service["volumes"]}
    assert {name for name in named if not name.startswith("./")} == set(compose["volumes"])
    assert [name for name in named if name.startswith("./") and not (DEPLOY / name).exists()] == []
    assert "basic_auth" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_of_the_project_without_rights(unit: Path, tmp_path: Path) -> None:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.read(unit, encoding="utf-8")
    assert parsed.sections() == ["Unit", "Service", "Install"]
    service = parsed["Service"]
    python, *words = shlex.split(service["ExecStart"])
    assert python == f"{service['WorkingDirectory']}/.venv/bin/python"
    assert words[:2] == ["-m", "orchestration"]
    assert is_command_of_the_project(words[2:])
    assert service["User"] != "root"
    assert service["EnvironmentFile"].startswith("/etc/")
    if analyze := shutil.which("systemd-analyze"):
        # It asks whether the program is there, so the copy names the one of the tests.
        copy = tmp_path / unit.name
        text = unit.read_text(encoding="utf-8").replace(python, sys.executable)
        copy.write_text(
            text.replace("User=cskpi\n", "").replace(INSTALLED, str(PROJECT_DIR)), encoding="utf-8"
        )
        verified = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)
        assert unit.name not in verified.stderr, verified.stderr


def test_the_guide_names_files_and_commands_that_are_there() -> None:
    linked = re.findall(r"\]\((\.\./[^)#]+)\)", GUIDE)
    assert [link for link in linked if not (PROJECT_DIR / "docs" / link).resolve().exists()] == []
    makefile = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"make (?:--silent )?([a-z-]+)", GUIDE))
    assert named - targets == set()
    commands = re.findall(r"python -m orchestration ([a-z]+ [a-z]+)`", GUIDE)
    assert commands
    assert all(is_command_of_the_project(command.split()) for command in commands)


@pytest.mark.parametrize(("dialect", "sql"), re.findall(r"```sql (\w+)\n(.*?)```", GUIDE, flags=re.DOTALL))
def test_sql_of_the_guide_can_be_parsed(dialect: str, sql: str) -> None:
    assert sqlglot.parse(sql, read=dialect)
