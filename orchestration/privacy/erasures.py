"""Who was erased: the list that a user supplies, and what a warehouse keeps of it.

<warehouse>/erasures.json holds salted hashes of the ids and the token that stands for each, so that a row
which arrives again is told and gets the same token. It holds no id, and neither does any other file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from orchestration.errors import ProjectError
from orchestration.privacy.hashing import hashed, is_token
from orchestration.settings import Settings

KINDS = ("account", "user")
# The file or folder of the list in the raw folder.
LIST = "erasures"
# Hashed with the salt: another salt gives another text.
_CHECK = "erasures of this warehouse"


class PrivacyError(ProjectError, ValueError):
    """What hides people cannot be done as it was asked for; the message says why and what to do."""


@dataclass(frozen=True)
class Erasures:
    """Who was erased: `tokens` by kind and salted hash; `is_purged`: nothing that was kept names them."""

    tokens: Mapping[tuple[str, str], str] = field(default_factory=dict)
    is_purged: bool = True

    def __bool__(self) -> bool:
        return bool(self.tokens)


@dataclass(frozen=True)
class Privacy:
    """How ids are shown: as they are, as salted hashes where `hashes`, as tokens where they were erased."""

    salt: str
    hashes: bool
    erasures: Erasures

    def published(self, kind: str, value: str) -> str:
        """What stands for an id of an account or a user."""
        token = self.token(kind, value)
        if token:
            return token
        return hashed(self.salt, value) if self.hashes else value

    def token(self, kind: str, value: str) -> str | None:
        """The token of an id that was erased; also of its hash, and of the token itself."""
        if is_token(value):
            return value
        return self.erasures.tokens.get((kind, hashed(self.salt, value))) if self.salt else None


def privacy_of(settings: Settings) -> Privacy:
    """How a warehouse shows ids.

    Raises:
        PrivacyError: the salt under which erasures are kept is missing or another one.
    """
    return Privacy(settings.hash_salt, settings.hash_pii, kept_erasures(settings))


def kept_erasures(settings: Settings) -> Erasures:
    """Who was erased from the warehouse.

    Raises:
        PrivacyError: the salt is missing or another one, or the file cannot be read.
    """
    path = settings.erasures_path
    if not path.exists():
        return Erasures()
    require_salt(settings)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["salt"] != hashed(settings.hash_salt, _CHECK):
            raise PrivacyError(
                f"CSKPI_HASH_SALT is another one than that under which {path} was written, so that nobody "
                "who was erased would be recognised. Set it back."
            )
        tokens = {(one["kind"], one["hash"]): one["token"] for one in content["erased"]}
        return Erasures(tokens, content["is_purged"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, PrivacyError):
            raise
        raise PrivacyError(
            f"{path} cannot be read ({type(error).__name__}); it says who was erased. Put it back from a "
            "backup, or remove it and supply every erasure once more."
        ) from error


def save_erasures(settings: Settings, erasures: Erasures) -> None:
    """Keep who was erased, in one step."""
    content = {
        "salt": hashed(settings.hash_salt, _CHECK),
        "is_purged": erasures.is_purged,
        "erased": [
            {"kind": kind, "hash": key, "token": token} for (kind, key), token in erasures.tokens.items()
        ],
    }
    path = settings.erasures_path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def require_salt(settings: Settings) -> None:
    """Stop where erasures are kept or asked for and there is nothing to hash them with.

    Raises:
        PrivacyError: CSKPI_HASH_SALT is not set, or the engine is Spark.
    """
    if settings.dbt_target == "spark":
        raise PrivacyError(
            "Erasures work on DuckDB alone: with DBT_TARGET=spark the ids would stay in tables and releases. "
            "Use DBT_TARGET=duckdb, or leave those rows out of the raw files and use a new "
            "CSKPI_WAREHOUSE_DIR."
        )
    if not settings.hash_salt:
        raise PrivacyError(
            "Erasures need CSKPI_HASH_SALT, a secret text of at least 16 characters: the warehouse keeps "
            "salted hashes of who was erased. Set the one that was used before; for the first time "
            "`openssl rand -hex 32` makes one."
        )


def is_erasure_file(name: str) -> bool:
    """Whether a path inside the raw folder is of the list of erasures."""
    path = PurePosixPath(name)
    return LIST in (path.parts[0], path.stem if len(path.parts) == 1 else None)
