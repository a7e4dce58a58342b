"""Mutated input is refused with a sentence that names the file, or no row and no value of it is lost.

`make reliability` tries thousands more.
"""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.errors import ProjectError
from orchestration.loading import land, open_build
from orchestration.settings import load_settings

from ..support.mutated_folders import MutatedFolder, mutated_folders
from ..support.mutation_checks import Loader
from ..support.raw_folder import REQUIRED

FEW = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# Every so many folders the load report and its companions are built too.
REPORTED = 20


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Loader:
    return Loader(tmp_path_factory.mktemp("mutations"))


def test_folders_are_loaded_whole_or_refused_with_a_sentence(loader: Loader) -> None:
    number = count(1)

    @FEW
    @given(mutated_folders())
    def load(mutated: MutatedFolder) -> None:
        loader.load(mutated, with_reports=next(number) % REPORTED == 0)

    load()


ODD_TEXTS = [
    "~",
    "~nobody",
    "/",
    "x" * 300,
    "0",
    "-1",
    "\u0663",
    "2024-02-30",
    "a/../b",
    "é",
    "%s",
    "{{ x }}",
    "' or 1=1",
]
ODD_SETTINGS = {
    "CSKPI_AS_OF_DATE": [
        "2024-06-30",
        "20240630",
        "2024-W01-1",
        "0001-01-01",
        "9999-12-31",
        "today",
        "30.06.2024",
    ],
    "CSKPI_REPORTING_CURRENCY": ["usd", "US", "USDX", "\uff35\uff33\uff24", "$$$"],
    "CSKPI_REPORTING_TIMEZONE": [
        "Asia/Tokyo",
        "Asia",
        "posix",
        "..",
        "/etc/passwd",
        "asia/tokyo",
        "JST",
        "+09:00",
    ],
    "CSKPI_CSV_ENCODING": [
        "UTF8",
        "utf_8_sig",
        "cp932",
        "undefined",
        "base64",
        "rot13",
        "idna",
        "punycode",
        "mbcs",
    ],
    "CSKPI_MEMORY_LIMIT": ["1GB", "0GB", "1.5 GiB", "4", "4gb", "80%", "1B", "999999999999TB"],
    "CSKPI_KEPT_RELEASES": ["1", "0", "10000", "3.0", "three"],
    "CSKPI_RAW_DIR": ["raw", "no/such/folder", "README.md"],
    "CSKPI_TEMPORARY_DIR": ["a b#c", "x'y"],
    "DBT_TARGET": ["duckdb", "DuckDB", "postgres"],
}


@st.composite
def odd_settings(draw: st.DrawFn) -> dict[str, str]:
    """One or two settings with texts that a person might have typed, or with any text."""
    names = draw(st.lists(st.sampled_from(sorted(ODD_SETTINGS)), min_size=1, max_size=2, unique=True))
    anything = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(
        ODD_TEXTS
    )
    return {name: draw(st.sampled_from(ODD_SETTINGS[name]) | anything) for name in names}


def test_settings_are_taken_or_refused_with_a_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("settings")
    raw = folder / "raw"
    raw.mkdir()
    for name, text in REQUIRED.items():
        (raw / name).write_text(text, encoding="utf-8-sig")
    usual = {"CSKPI_RAW_DIR": str(raw), "CSKPI_WAREHOUSE_DIR": str(folder / "warehouse")}

    @FEW
    @given(odd_settings())
    def start(odd: dict[str, str]) -> None:
        said = stopped_with({**usual, **odd})
        # What is wrong with a raw folder is said of its path or its files.
        is_named = "CSKPI_RAW_DIR" in odd or any(name in said for name in odd)
        assert not said or is_named, f"{odd}: {said}"

    start()


def stopped_with(environ: dict[str, str]) -> str:
    """The sentence with which landing stops under these settings; nothing where it does not."""
    try:
        settings = load_settings(environ)
        assert settings.today
        with open_build(settings.build_path, settings.duckdb_config) as connection:
            land(settings, connection, "run")
    except ProjectError as error:
        return str(error)
    return ""
