"""A folder of an object store as the raw folder: DuckDB's extension httpfs copies its files.

Keys come from the environment (AWS_ACCESS_KEY_ID and the like) or from a persistent secret of DuckDB.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path

import duckdb

from orchestration.loading.errors import LoadError


def copy_bucket(address: str, folder: Path) -> None:
    """Copy the files under an address such as s3://bucket/exports into a folder, as `copy_files` does.

    Raises:
        LoadError: httpfs is not installed, the store refuses, or there is no file.
    """
    with duckdb.connect() as connection:
        try:
            connection.load_extension("httpfs")
        except duckdb.Error:
            raise LoadError(
                f"CSKPI_RAW_DIR is {address}, which takes DuckDB's extension httpfs. It is not installed: "
                "`.venv/bin/python -c \"import duckdb; duckdb.connect().install_extension('httpfs')\"`. "
                "Or copy the folder first: `aws s3 sync`, `gcloud storage rsync`."
            ) from None
        copy_files(connection, address, folder)


def copy_files(connection: duckdb.DuckDBPyConnection, address: str, folder: Path) -> None:
    """Copy all files under an address that DuckDB reads, each into the same place of the folder.

    A file of the same size and time stays as it is; files that are gone there are removed.

    Raises:
        LoadError: the address cannot be read, there is no file, or one would lie outside of the folder.
    """
    start = address.rstrip("/") + "/"
    try:
        found = connection.execute(
            "select filename, size, epoch_us(last_modified) from read_blob(?)", [f"{start}**"]
        ).fetchall()
        kept = {_copied(connection, name, start, folder, state) for name, *state in found}
    except duckdb.IOException as error:
        raise LoadError(
            f"{address} cannot be read: {str(error).splitlines()[0]} Keys come from AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and AWS_REGION, or from a persistent secret of DuckDB."
        ) from None
    if not kept:
        raise LoadError(f"{address} holds no file; check the address.")
    for path in folder.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def _copied(
    connection: duckdb.DuckDBPyConnection, name: str, start: str, folder: Path, state: list[int]
) -> Path:
    """Where a file's copy is, written where size or time (microseconds) are others."""
    size, microseconds = state
    path = folder / name.removeprefix(start)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise LoadError(f"{name} leads out of the raw folder; give the object another name.")
    there = path.stat() if path.exists() else None
    if there is None or (there.st_size, there.st_mtime_ns // 1000) != (size, microseconds):
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = connection.execute("select content from read_blob(?)", [glob.escape(name)]).fetchall()
        copy = path.with_name(f".{path.name}.tmp")
        copy.write_bytes(rows[0][0])
        os.utime(copy, ns=(microseconds * 1000, microseconds * 1000))
        copy.replace(path)
    return path
