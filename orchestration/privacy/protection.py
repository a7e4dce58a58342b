"""Rows without the people behind them: the SQL that hides what relations hold.

Ids of accounts and users become tokens where they were erased, and salted hashes where hashing is asked for.
Rows of erased accounts and users keep amounts, dates and segments; their texts are NULL and the ids of their
records hashes, in every relation that refers to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from orchestration.privacy.erasures import KINDS, Privacy
from orchestration.privacy.hashing import hash_sql, hashed, is_token, new_token, set_salt, text_sql

# The columns that say whose row it is; other ids, such as that of a parent, are of somebody else.
_OWNERS = ("account_id", "user_id")


@dataclass(frozen=True)
class Relation:
    """A table or a query `source`, and which PII each of its columns contains, if any.

    `helpers` are columns that say whose row it is and are not shown.
    """

    name: str
    source: str
    columns: Mapping[str, str | None]
    helpers: Mapping[str, str | None] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[str]:
        """The columns that contain PII of this kind."""
        return [name for name, found in {**self.columns, **self.helpers}.items() if found == kind]


@dataclass(frozen=True)
class Protected:
    """A query for each relation that gives its rows without PII; `privacy` knows everyone who is erased.

    `changed`: the relations that hold someone who is erased now.
    """

    queries: Mapping[str, str]
    privacy: Privacy
    changed: frozenset[str] = frozenset()


def protected(
    connection: duckdb.DuckDBPyConnection, relations: Sequence[Relation], privacy: Privacy
) -> Protected:
    """How to read relations without PII; the queries run on this connection.

    Users of an erased account are erased with it, under tokens of their own.
    """
    if not privacy.salt:
        return Protected({one.name: _query(one, privacy, set()) for one in relations}, privacy)
    set_salt(connection, privacy.salt)
    connection.execute("create or replace temp table erased_ids (kind varchar, value varchar, token varchar)")
    connection.execute("create or replace temp table erased_records (column_name varchar, value varchar)")
    if not privacy.erasures:
        return Protected({one.name: _query(one, privacy, set()) for one in relations}, privacy)
    for kind in KINDS:
        _add_ids(connection, kind, _ids(connection, relations, kind), privacy)
    privacy = _with_users(connection, relations, privacy)
    shared = _shared_records(relations)
    for relation in relations:
        for column in shared & {*relation.of_kind("record")}:
            connection.execute(
                # Once each, or a join would give rows twice.
                f"insert into erased_records select '{column}', {text_sql(f'rows.{column}')} "
                f"from {relation.source} as rows {_owners(relation)} "
                f"where ({_is_owned(relation)}) and {text_sql(f'rows.{column}')} is not null "
                "except select column_name, value from erased_records"
            )
    changed = [one.name for one in relations if _is_changed(connection, one)]
    return Protected(
        {one.name: _query(one, privacy, shared) for one in relations}, privacy, frozenset(changed)
    )


def _ids(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation], kind: str) -> list[str]:
    parts = [
        f"select {text_sql(column)} as value from {relation.source}"
        for relation in relations
        for column in relation.of_kind(kind)
    ]
    query = f"select distinct value from ({' union '.join(parts)}) where value is not null order by value"
    return [value for (value,) in connection.execute(query).fetchall()] if parts else []


def _add_ids(
    connection: duckdb.DuckDBPyConnection, kind: str, values: Iterable[str], privacy: Privacy
) -> None:
    found = [
        (kind, value, token)
        for value in values
        if not is_token(value) and (token := privacy.token(kind, value))
    ]
    if found:
        connection.executemany("insert into erased_ids values (?, ?, ?)", found)


def _with_users(
    connection: duckdb.DuckDBPyConnection, relations: Sequence[Relation], privacy: Privacy
) -> Privacy:
    owned = [one for one in relations if {*_OWNERS} <= {*one.columns, *one.helpers}]
    users = {
        user
        for relation in owned
        for (user,) in connection.execute(
            f"select distinct {text_sql('rows.user_id')} from {relation.source} as rows "
            f"inner join erased_ids on erased_ids.kind = 'account' "
            f"and erased_ids.value = {text_sql('rows.account_id')}"
        ).fetchall()
        if user is not None and privacy.token("user", user) is None
    }
    tokens = {("user", hashed(privacy.salt, user)): new_token() for user in sorted(users)}
    erasures = replace(privacy.erasures, tokens={**privacy.erasures.tokens, **tokens})
    privacy = replace(privacy, erasures=erasures)
    _add_ids(connection, "user", sorted(users), privacy)
    return privacy


def _shared_records(relations: Sequence[Relation]) -> set[str]:
    """The ids of records that several relations hold."""
    counted = Counter(column for relation in relations for column in relation.of_kind("record"))
    return {column for column, relations_of_it in counted.items() if relations_of_it > 1}


def _is_changed(connection: duckdb.DuckDBPyConnection, relation: Relation) -> bool:
    kinds = [(column, kind) for kind in KINDS for column in relation.of_kind(kind)]
    records = [(column, "record") for column in relation.of_kind("record")]
    tests = [
        f"exists (select 1 from {relation.source} as rows inner join erased_ids "
        f"on erased_ids.kind = '{kind}' and erased_ids.value = {text_sql(f'rows.{column}')})"
        for column, kind in kinds
    ] + [
        f"exists (select 1 from {relation.source} as rows inner join erased_records "
        f"on erased_records.column_name = '{column}' "
        f"and erased_records.value = {text_sql(f'rows.{column}')})"
        for column, _ in records
    ]
    found = connection.execute(f"select {' or '.join(tests)}").fetchone() if tests else None
    return bool(found and found[0])


def _query(relation: Relation, privacy: Privacy, shared: set[str]) -> str:
    joins, refers = "", []
    if privacy.erasures:
        joins = _owners(relation)
        for kind in KINDS:
            for column in set(relation.of_kind(kind)) - set(_OWNERS):
                joins += _join_ids(column, kind)
        for column in sorted(shared & {*relation.of_kind("record")}):
            joins += (
                f" left join erased_records as of_{column} on of_{column}.column_name = '{column}' "
                f"and of_{column}.value = {text_sql(f'rows.{column}')}"
            )
            refers.append(f"of_{column}.value is not null")
    is_erased = " or ".join([*filter(None, [_is_owned(relation) if joins else ""]), *refers])
    shown = ", ".join(
        f'{_shown(name, kind, is_erased, privacy)} as "{name}"' for name, kind in relation.columns.items()
    )
    return f"select {shown} from {relation.source} as rows{joins}"


def _shown(column: str, kind: str | None, is_erased: str, privacy: Privacy) -> str:
    value = f'rows."{column}"'
    if kind is None:
        return value
    value = f"cast({value} as varchar)"
    otherwise = hash_sql(value) if privacy.hashes else value
    if not privacy.erasures:
        return otherwise
    if kind in KINDS:
        return f"coalesce(of_{column}.token, {otherwise})"
    if not is_erased:
        return otherwise
    return (
        f"case when {is_erased} then {hash_sql(value) if kind == 'record' else 'null'} else {otherwise} end"
    )


def _owners(relation: Relation) -> str:
    """The joins that tell whose row it is."""
    there = {**relation.columns, **relation.helpers}
    return "".join(_join_ids(column, kind) for column in _OWNERS if (kind := there.get(column)))


def _is_owned(relation: Relation) -> str:
    there = {**relation.columns, **relation.helpers}
    return " or ".join(f"of_{column}.token is not null" for column in _OWNERS if there.get(column)) or "false"


def _join_ids(column: str, kind: str) -> str:
    return (
        f" left join erased_ids as of_{column} on of_{column}.kind = '{kind}' "
        f"and of_{column}.value = {text_sql(f'rows.{column}')}"
    )
