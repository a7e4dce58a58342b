"""What a release was made from, so that a run can say that there is nothing new and leave it.

Nothing here imports Dagster, dbt or an engine: it answers before they are loaded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.privacy.hashing import HASHED_WITH, hashed
from orchestration.settings import Settings

# What figures follow from, in the project's folder.
_PROJECT = (
    *("dbt_project.yml", "profiles.yml", "requirements.lock", "models", "macros", "seeds"),
    *("tests/sql", "tests/generic", "orchestration"),
)
_NO_SOURCE = {"__pycache__", ".DS_Store"}


@dataclass(frozen=True)
class InputFile:
    """One file of the raw folder: bytes, time of its last change in ns, and the SHA-256 of its content."""

    size: int
    modified_ns: int
    sha256: str


@dataclass(frozen=True)
class Inputs:
    """All that the figures of a release follow from.

    `files` by their path inside the raw folder; `project` is a SHA-256 of models, seeds, code and locks;
    `settings` are those that change figures. `loaded_on` is the day of the load. Records dated after it
    (`is_dated_ahead`) let the as-of date move with the clock alone.
    """

    files: Mapping[str, InputFile] = field(default_factory=dict)
    project: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    loaded_on: dt.date | None = None
    is_dated_ahead: bool = False

    def content_of(self, name: str) -> str | None:
        """The SHA-256 of a file of the raw folder; None where it is not there."""
        return self.files[name].sha256 if name in self.files else None

    def to_json(self) -> dict[str, Any]:
        """The inputs as release.json holds them."""
        return {**asdict(self), "loaded_on": self.loaded_on.isoformat() if self.loaded_on else None}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Inputs:
        """The inputs that `to_json` gave; raises KeyError, TypeError or ValueError for anything else."""
        loaded_on = content["loaded_on"]
        return cls(
            files={name: InputFile(**file) for name, file in content["files"].items()},
            project=content["project"],
            settings=content["settings"],
            loaded_on=dt.date.fromisoformat(loaded_on) if loaded_on else None,
            is_dated_ahead=content["is_dated_ahead"],
        )


def current_inputs(settings: Settings, project_dir: Path, known: Inputs | None = None) -> Inputs:
    """What a run of these settings would read now.

    A file whose size and time are those in `known` is not read again.

    Raises:
        OSError: a file cannot be read.
    """
    raw_dir = settings.raw_dir
    files = {} if raw_dir is None else dict(_files(raw_dir, known.files if known else {}))
    return Inputs(files, _project(project_dir), _settings(settings), settings.today)


def is_up_to_date(before: Inputs, now: Inputs, *, has_as_of_date: bool) -> bool:
    """Whether a run of `now` would give the figures that `before` gave.

    `has_as_of_date`: the as-of date is a setting, so that the clock moves nothing.
    """
    contents = [{name: file.sha256 for name, file in each.files.items()} for each in (before, now)]
    same = (before.project, before.settings) == (now.project, now.settings) and contents[0] == contents[1]
    clock_matters = before.is_dated_ahead and not has_as_of_date
    return same and not (clock_matters and before.loaded_on != now.loaded_on)


def refuse_other_hashes(before: Inputs, now: Inputs) -> None:
    """Stop where hashes that were published would have to become values again, or other hashes.

    Raises:
        WarehouseError: the release hashed PII, and now it would not, or with another salt.
    """
    was, becomes = before.settings.get("hash_pii", ""), now.settings.get("hash_pii", "")
    if was and was != becomes:
        problem = "is not set any more" if not becomes else "is set, but CSKPI_HASH_SALT is another one"
        raise WarehouseError(
            f"The warehouse publishes hashes of PII, and CSKPI_HASH_PII {problem}: the history of scores "
            "could not be continued. Set it back, or use another CSKPI_WAREHOUSE_DIR."
        )


def save_inputs(path: Path, run_id: str, inputs: Inputs) -> None:
    """Keep what a run is about to load, until it publishes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"run_id": run_id, **inputs.to_json()}), encoding="utf-8")


def saved_inputs(path: Path, run_id: str) -> Inputs:
    """What `save_inputs` kept for this run; nothing where it was another run."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Inputs.from_json(content) if content["run_id"] == run_id else Inputs()


def _files(raw_dir: Path, known: Mapping[str, InputFile]) -> Iterator[tuple[str, InputFile]]:
    for path in sorted(raw_dir.rglob("*")):
        if not path.is_file():
            continue
        name, status = path.relative_to(raw_dir).as_posix(), path.stat()
        before = known.get(name)
        if before and (before.size, before.modified_ns) == (status.st_size, status.st_mtime_ns):
            yield name, before
        else:
            yield name, InputFile(status.st_size, status.st_mtime_ns, _sha256(path))


def _project(project_dir: Path) -> str:
    digest = hashlib.sha256()
    for part in _PROJECT:
        root = project_dir / part
        for path in sorted([root, *root.rglob("*")]):
            if path.is_file() and _NO_SOURCE.isdisjoint(path.parts):
                digest.update(f"{path.relative_to(project_dir)}\0{_sha256(path)}\n".encode())
    return digest.hexdigest()


def _settings(settings: Settings) -> dict[str, str]:
    return {
        "as_of_date": str(settings.as_of_date or ""),
        "reporting_currency": settings.reporting_currency,
        "reporting_timezone": settings.reporting_timezone,
        "csv_encoding": settings.csv_encoding,
        "dbt_target": settings.dbt_target,
        "close_day": str(settings.close_day),
        "hash_pii": hashed(settings.hash_salt, HASHED_WITH) if settings.hash_pii else "",
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
