"""Ids of other systems that lead to no account, with accounts that they may be; nothing links itself."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from orchestration.loading.contract import Contract, refers_to_accounts
from orchestration.loading.known_names import plain

# So many ids of a system are listed; the count is of all.
_LISTED = 20
# Mail providers whose domain says nothing of a company.
_PROVIDERS = {
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.jp",
    "outlook.com",
    "hotmail.com",
    "icloud.com",
}
# What legal forms add to a name.
_FORMS = re.compile(
    r"(株式会社|有限会社|合同会社|\(株\)|\(有\)|[,、]?\s*\b(inc|ltd|llc|gmbh|corp|corporation|co|kk|sa|ag|bv|limited)\b\.?)",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?(?:.+@)?((?:[\w-]+\.)+[a-z]{2,})/?", re.IGNORECASE)


@dataclass(frozen=True)
class Unresolved:
    """An id of a system that leads to no account: how many rows of which tables have it, and their users."""

    system: str
    source_id: str
    rows: int
    tables: Sequence[str]
    users: Sequence[str] = ()


@dataclass(frozen=True)
class KnownAccounts:
    """What suggestions are made from: `names` by account, and accounts by the domains of their users."""

    names: Mapping[str, str | None] = field(default_factory=dict)
    domains: Mapping[str, set[str]] = field(default_factory=dict)


def suggested(one: Unresolved, known: KnownAccounts) -> Sequence[tuple[str, str]]:
    """Accounts that an id may be, each with why, in the order of accounts; none where nothing says so."""
    own = domain_of(one.source_id)
    domains = {domain for text in (one.source_id, *one.users) if (domain := domain_of(text))}
    found = {
        account: f"domain {domain}" for domain in sorted(domains) for account in known.domains.get(domain, ())
    }
    name = company(own.partition(".")[0] if own else one.source_id)
    for account, account_name in known.names.items():
        if plain(account) == plain(one.source_id):
            found.setdefault(account, "spelling of the id")
        elif name and account_name and company(account_name) == name:
            found.setdefault(account, f"name {account_name}")
    return sorted(found.items())


def domain_of(text: str) -> str | None:
    """The domain of an address or of a site; none of a mail provider."""
    found = _DOMAIN.fullmatch(text.strip())
    domain = found[1].casefold() if found else None
    return None if domain in _PROVIDERS else domain


def company(name: str) -> str:
    """A company's name without its legal form and what spellings differ in."""
    return plain(_FORMS.sub("", unicodedata.normalize("NFKC", name)))


def unresolved_links(
    connection: duckdb.DuckDBPyConnection, contract: Contract, systems: Mapping[str, str]
) -> Iterator[str]:
    """For each system, how many ids lead to no account, the most frequent ones, and what they may be."""
    found = _unresolved(connection, contract, systems)
    if not found:
        return
    known = _known(connection)
    linked = {
        system
        for (system,) in connection.execute(
            "select distinct system from staging.base_account_links where row_status = 'accepted'"
        ).fetchall()
    }
    for system, ids in found.items():
        rows = sum(one.rows for one in ids)
        without = "" if system in linked else f" account_links has no row of {system}."
        yield (
            f"{system}: no account for {_counted(len(ids), 'id')} in {_counted(rows, 'row')}.{without} "
            "Add them to account_links (system, source_id, account_id); "
            "suggestions are not applied by themselves."
        )
        for one in ids[:_LISTED]:
            candidates = suggested(one, known)
            maybe = "; ".join(f"{account} ({why})" for account, why in candidates[:3])
            yield (
                f"{system}, {one.source_id}: {_counted(one.rows, 'row')} of {', '.join(one.tables)}"
                + (f"; perhaps {maybe}?" if maybe else "; nothing looks like it.")
            )
        if len(ids) > _LISTED:
            yield f"{system}: {_counted(len(ids) - _LISTED, 'more id')}."


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _unresolved(
    connection: duckdb.DuckDBPyConnection, contract: Contract, systems: Mapping[str, str]
) -> dict[str, list[Unresolved]]:
    """The ids of each system that lead to no account, those of most rows first."""
    rows: dict[tuple[str, str], int] = defaultdict(int)
    tables: dict[tuple[str, str], list[str]] = defaultdict(list)
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table in contract.tables:
        if table.name not in systems or not refers_to_accounts(table):
            continue
        has_users = "user_id" in table.column_names
        for column in (one.name for one in table.columns if one.references == "accounts.account_id"):
            read = f"trim(cast(landed.{column} as varchar))"
            people = "list(distinct cast(landed.user_id as varchar))" if has_users else "[]::varchar[]"
            for source_id, count, found in connection.execute(f"""
                select {read}, count(*), {people}
                from raw."{table.name}" as landed
                inner join staging.base_{table.name} as base
                    on landed._file_name = base._file_name and landed._row_number = base._row_number
                where nullif({read}, '') is not null and (
                    (base.quarantine_reason = 'unknown_reference' and base.reason_column = '{column}')
                    or (base.row_status = 'accepted' and base.{column} is null)
                )
                group by 1 order by 1
            """).fetchall():
                key = (systems[table.name], source_id)
                rows[key] += count
                tables[key].append(table.name)
                users[key].update(user for user in found if user)
    ids: dict[str, list[Unresolved]] = defaultdict(list)
    for key in sorted(rows, key=lambda key: (key[0], -rows[key], key[1])):
        ids[key[0]].append(Unresolved(*key, rows[key], [*dict.fromkeys(tables[key])], sorted(users[key])))
    return ids


def _known(connection: duckdb.DuckDBPyConnection) -> KnownAccounts:
    names = dict(
        connection.execute(
            "select account_id, account_name from staging.base_accounts "
            "where row_status = 'accepted' order by 1"
        ).fetchall()
    )
    domains: dict[str, set[str]] = defaultdict(set)
    for account, user in connection.execute(
        "select account_id, user_id from staging.base_users "
        "where row_status = 'accepted' and contains(user_id, '@')"
    ).fetchall():
        if domain := domain_of(user):
            domains[domain].add(account)
    return KnownAccounts(names, domains)
