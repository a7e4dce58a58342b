"""Salted hashes that stand for PII, and random tokens that stand for erased accounts and users."""

from __future__ import annotations

import hashlib
import re
import uuid

import duckdb

# Hashes and tokens are told apart from ids by these, so that nothing is hashed twice.
_HASH = "pii_"
_TOKEN = "erased_"
_STANDS_FOR_ANOTHER = f"({_HASH}|{_TOKEN})[0-9a-f]{{32}}"
_SEPARATOR = "\x1f"
# Its hash tells salts apart and gives none away.
HASHED_WITH = "values hashed in this warehouse"


def hashed(salt: str, value: str) -> str:
    """The salted hash of a value: 128 bits of SHA-256; a hash or a token stays what it is."""
    if re.fullmatch(_STANDS_FOR_ANOTHER, value):
        return value
    return _HASH + hashlib.sha256(f"{salt}{_SEPARATOR}{value}".encode()).hexdigest()[:32]


def new_token() -> str:
    """A name for someone who was erased, which nothing leads back from."""
    return _TOKEN + uuid.uuid4().hex


def is_token(value: str) -> bool:
    """Whether the value stands for someone who was erased."""
    return value.startswith(_TOKEN) and re.fullmatch(_STANDS_FOR_ANOTHER, value) is not None


def set_salt(connection: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Let `hash_sql` hash with this salt on the connection; it is written to no database."""
    connection.execute("set variable pii_salt = " + "'" + salt.replace("'", "''") + "'")


def text_sql(value: str) -> str:
    """The text of a landed value, as the models read it: without blanks around it, NULL where it is empty."""
    return f"nullif(trim(cast({value} as varchar)), '')"


def hash_sql(value: str) -> str:
    """`hashed` in DuckDB's SQL, of a value's text."""
    text = text_sql(value)
    digest = f"sha256(getvariable('pii_salt') || chr({ord(_SEPARATOR)}) || {text})"
    return (
        f"case when regexp_full_match({text}, '{_STANDS_FOR_ANOTHER}') then {text} "
        f"else '{_HASH}' || left({digest}, 32) end"
    )
