"""A small company twice: as the contract has it, and as twelve exports that people have."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path

from .workbooks import workbook

Rows = Sequence[Sequence[str]]

ACCOUNTS = [
    ["account_id", "account_name", "created_at", "country"],
    ["c1", "東京商店", "2024-01-05", "JP"],
    ["c2", "大阪物産", "2024-02-01", "JP"],
    ["c3", "Acme", "2024-03-10", "US"],
]
PLANS = [
    ["plan_id", "product_id", "plan_name", "tier_rank"],
    ["p1", "main", "Basic", "1"],
    ["p2", "main", "Pro", "2"],
]
ITEMS = [
    [
        *("subscription_item_id", "subscription_id", "account_id", "plan_id", "unit_price", "currency"),
        *("billing_interval", "status", "valid_from", "valid_to"),
    ],
    ["i1", "s1", "c1", "p1", "10000", "USD", "month", "active", "2024-01-05", ""],
    ["i2", "s2", "c2", "p2", "240000", "USD", "year", "active", "2024-02-01", ""],
    ["i3", "s3", "c3", "p1", "12000", "USD", "month", "canceled", "2024-03-10", "2024-05-01"],
]
USERS = [
    ["user_id", "account_id", "created_at", "role"],
    ["u1", "c1", "2024-01-06T09:05:00Z", "admin"],
    ["u2", "c2", "2024-02-02T10:00:00Z", "viewer"],
]
EVENTS = [
    ["event_id", "account_id", "user_id", "event_name", "occurred_at"],
    ["e1", "c1", "u1", "login", "2024-01-07T00:05:00Z"],
    ["e2", "c2", "u2", "report_viewed", "2024-02-03T01:00:00Z"],
]
TICKETS = [
    ["ticket_id", "account_id", "priority", "opened_at"],
    ["t1", "c1", "high", "2024-02-05T01:00:00Z"],
]
SURVEYS = [
    ["response_id", "survey_kind", "account_id", "score", "responded_at"],
    ["r1", "nps", "c1", "9", "2024-04-01"],
]
CANCELLATIONS = [
    ["cancellation_id", "account_id", "cancelled_at", "reason_code"],
    ["x1", "c3", "2024-05-01", "price"],
]
CONTRACTS = [
    ["contract_id", "account_id", "started_at", "ends_at", "mrr", "currency"],
    ["k1", "c2", "2024-02-01", "2025-02-01", "20000", "JPY"],
]
GAUGES = [["account_id", "measured_on", "measure", "value"], ["c1", "2024-04-01", "seats_limit", "1500.5"]]
LEADS = [["lead_id", "account_id", "created_at"], ["l1", "c1", "2023-12-01"]]
TEAM = [["member_id", "member_name", "team"], ["m1", "山田", "smb"]]
TABLES = {
    "accounts": ACCOUNTS,
    "plans": PLANS,
    "subscription_items": ITEMS,
    "users": USERS,
    "product_events": EVENTS,
    "support_tickets": TICKETS,
    "survey_responses": SURVEYS,
    "cancellations": CANCELLATIONS,
    "contracts": CONTRACTS,
    "usage_gauges": GAUGES,
    "leads": LEADS,
    "team_members": TEAM,
}
# What a person adds to the draft, one edit for a file at most.
EDITS = {
    "  subscription_items:\n": "  subscription_items:\n    minor_units: [unit_price]\n",
    "  product_events:\n": "  product_events:\n    timezone: Asia/Tokyo\n",
    "  usage_gauges:\n": '  usage_gauges:\n    decimal_mark: ","\n    thousands_mark: "."\n',
    "  cancellations:\n": "  cancellations:\n    dates: DD/MM/YYYY\n",
    "  contracts:\n": "  contracts:\n    tax: {columns: [mrr], rate: 0.1}\n",
}


def write_tidy(folder: Path) -> None:
    """The tables of TABLES as the contract has them."""
    folder.mkdir(parents=True)
    for name, rows in TABLES.items():
        (folder / f"{name}.csv").write_bytes(_csv(rows))


def write_untidy(folder: Path) -> None:
    """The same tables as exports: other names, separators, encodings, formats and spellings."""
    folder.mkdir(parents=True)
    headers = ["顧客ID", "会社名", "登録日", "国"]
    days = {"2024-01-05": "2024年1月5日", "2024-02-01": "2024年2月1日", "2024-03-10": "2024年3月10日"}
    accounts = [headers, *([days.get(cell, cell) for cell in row] for row in ACCOUNTS[1:])]
    (folder / "顧客一覧.csv").write_bytes(_csv(accounts, encoding="cp932"))
    plans = [[*row[:3], int(row[3])] for row in PLANS[1:]]
    (folder / "プラン一覧.xlsx").write_bytes(
        workbook({"プラン": [["プランID", "商品ID", "プラン名", "tier_rank"], *plans]})
    )
    words = {"month": "月額", "year": "年払い"}
    items = [
        [
            "明細ID",
            "契約番号",
            "顧客ID",
            "プランID",
            "price",
            "通貨",
            "請求単位",
            "Status",
            "開始日",
            "終了日",
        ],
        *(
            [*row[:4], f"{row[4]}00", row[5], words[row[6]], row[7].upper(), row[8].replace("-", "/"), row[9]]
            for row in ITEMS[1:]
        ),
    ]
    (folder / "契約明細.csv").write_bytes(_csv(items, separator=";"))
    (folder / "contacts.csv.gz").write_bytes(
        gzip.compress(_csv([["contact_id", "customer_id", "Created", "Role"], *USERS[1:]]), mtime=0)
    )
    local = {"2024-01-07T00:05:00Z": "2024/1/7 9:05", "2024-02-03T01:00:00Z": "2024/2/3 10:00"}
    events = [["message_id", "customer_id", "user_id", "Event", "Timestamp"]]
    events += [[*row[:4], local[row[4]]] for row in EVENTS[1:]]
    (folder / "usage.tsv").write_bytes(_csv(events, separator="\t"))
    tickets = [["チケットID", "顧客ID", "優先度", "受付日時"], ["t1", "c1", "High", "2024-02-05T10:00+09:00"]]
    (folder / "問い合わせ.csv").write_bytes(_csv(tickets, encoding="cp932"))
    surveys = [
        ["回答ID", "アンケート種別", "顧客ID", "スコア", "回答日"],
        ["r1", "NPS", "c1", "\uff19", "2024-4-1"],
    ]
    (folder / "アンケート.csv").write_bytes(_csv(surveys, encoding="utf-16"))
    cancellations = [["解約ID", "顧客ID", "解約日", "解約理由"], ["x1", "c3", "01/05/2024", "price"]]
    (folder / "解約.csv").write_bytes(_csv(cancellations, encoding="utf-8-sig"))
    contracts = [["contract_number", "customer_id", "start_date", "renewal_date", "mrr", "currency"]]
    contracts += [["k1", "c2", "2024-02-01", "2025-02-01", "¥22,000", "jpy"]]
    (folder / "renewals.csv").write_bytes(_csv(contracts))
    gauges = [
        ["Account ID", "measured on", "Measure", "Value"],
        ["c1", "2024-04-01", "seats_limit", "1.500,5"],
    ]
    (folder / "usage_gauges.csv").write_bytes(_csv(gauges, separator=";"))
    (folder / "leads.csv").write_bytes(_csv(LEADS))
    (folder / "team_members.csv").write_bytes(_csv(TEAM, encoding="cp932"))


def _csv(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)
