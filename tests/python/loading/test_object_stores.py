"""A folder of an object store is a raw folder: its files are copied, and only those that changed."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.loading import LoadError
from orchestration.loading.object_stores import copy_files
from orchestration.loading.raw_sources import bring_raw
from orchestration.settings import load_settings


def copy(bucket: Path, folder: Path) -> dict[str, bytes]:
    """What a copy of a bucket holds; DuckDB reads a folder as it reads a bucket."""
    with duckdb.connect() as connection:
        copy_files(connection, str(bucket), folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_are_copied_into_their_places(tmp_path: Path) -> None:
    bucket, folder = tmp_path / "bucket", tmp_path / "copy"
    files = {
        "accounts.csv": b"account_id\na1\n",
        "product_events/2024-01 [1].csv.gz": b"\x1f\x8b\x00",
        "users.csv": "user_id\n\u682a\n".encode("cp932"),
    }
    for name, content in files.items():
        (bucket / name).parent.mkdir(parents=True, exist_ok=True)
        (bucket / name).write_bytes(content)
    assert copy(bucket, folder) == files
    kept = (folder / "users.csv").stat()
    # The same size at another time is another file; what is gone there goes here.
    (bucket / "accounts.csv").write_bytes(b"account_id\na2\n")
    os.utime(bucket / "accounts.csv", (1_700_000_000, 1_700_000_000))
    (bucket / "product_events/2024-01 [1].csv.gz").unlink()
    assert copy(bucket, folder) == {"accounts.csv": b"account_id\na2\n", "users.csv": files["users.csv"]}
    assert (folder / "users.csv").stat() == kept


def test_a_bucket_without_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="holds no file; check the address"):
        copy(tmp_path / "nothing", tmp_path / "copy")


def test_what_it_takes_is_said_where_it_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    address = "s3://bucket/exports"
    with pytest.raises(LoadError) as stop:
        bring_raw(
            load_settings({"CSKPI_RAW_DIR": address, "CSKPI_WAREHOUSE_DIR": str(tmp_path / "warehouse")})
        )
    assert str(stop.value) == (
        "CSKPI_RAW_DIR is s3://bucket/exports, which takes DuckDB's extension httpfs. It is not installed: "
        "`.venv/bin/python -c \"import duckdb; duckdb.connect().install_extension('httpfs')\"`. "
        "Or copy the folder first: `aws s3 sync`, `gcloud storage rsync`."
    )
