"""The worked example with two more accounts, whose people can be told in any file by their names."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.settings import PROJECT_DIR

EXAMPLE = PROJECT_DIR / "examples" / "worked_example"
SALT = "a salt of sixteen characters or more"
# Of the account and of the user that are erased, and of those that stay.
GONE = (
    *("quokka-holdings-41", "Quokka Holdings", "ann@quokka.example", "bob@quokka.example", "Ann complained"),
    *("Bob asked", "Bob went", "ticket-q1", "carl@numbat.example", "Carl praised"),
)
STAY = ("numbat-trading-7", "Numbat Trading", "dora@numbat.example", "Dora shrugged", "Agent Smithers")
FILES = {
    "users.csv": (
        "user_id,account_id,created_at,role\n"
        "ann@quokka.example,quokka-holdings-41,2024-01-02,admin\n"
        "bob@quokka.example,quokka-holdings-41,2024-01-02,viewer\n"
        "carl@numbat.example,numbat-trading-7,2024-01-02,admin\n"
        "dora@numbat.example,numbat-trading-7,2024-01-02,viewer\n"
    ),
    "product_events.csv": "event_id,account_id,user_id,event_name,session_id,occurred_at\n"
    + "".join(
        f"{user[:3]}-{month}-{day},{account},{user},login,{user}/{month}/{day},"
        f"2024-{month:02}-{day:02} 10:00\n"
        for account, user in (
            ("quokka-holdings-41", "ann@quokka.example"),
            ("quokka-holdings-41", "bob@quokka.example"),
            ("numbat-trading-7", "carl@numbat.example"),
            ("numbat-trading-7", "dora@numbat.example"),
        )
        for month in range(1, 7)
        for day in (3, 17, 28)
    ),
    # The last two rows are quarantined.
    "support_tickets.csv": (
        "ticket_id,account_id,user_id,agent_id,priority,opened_at,resolved_at\n"
        "ticket-q1,quokka-holdings-41,ann@quokka.example,m-1,high,2024-03-03 09:00,2024-03-04 09:00\n"
        "ticket-n1,numbat-trading-7,carl@numbat.example,m-1,low,2024-03-03 09:00,2024-03-05 09:00\n"
        "ticket-n2,numbat-trading-7,dora@numbat.example,m-1,low,2024-06-03 09:00,\n"
        "ticket-q1-broken,quokka-holdings-41,bob@quokka.example,m-1,enormous,2024-03-03 09:00,\n"
        "ticket-n3-broken,numbat-trading-7,carl@numbat.example,m-1,enormous,2024-03-03 09:00,\n"
    ),
    "survey_responses.csv": (
        "response_id,survey_kind,account_id,user_id,ticket_id,score,responded_at,comment\n"
        "q-1,csat,quokka-holdings-41,ann@quokka.example,ticket-q1,1,2024-03-05,Ann complained\n"
        "q-2,csat,,,ticket-q1,2,2024-03-05,Bob asked\n"
        "n-1,csat,numbat-trading-7,carl@numbat.example,ticket-n1,5,2024-03-06,Carl praised\n"
        "n-2,nps,numbat-trading-7,dora@numbat.example,,7,2024-03-06,Dora shrugged\n"
    ),
    "feature_requests.csv": (
        "request_id,account_id,title,created_at\n"
        "quokka-holdings-41/1,quokka-holdings-41,Bob asked for more,2024-03-01\n"
        "n/1,numbat-trading-7,Dora shrugged at less,2024-03-01\n"
    ),
    "feature_request_reactions.csv": (
        "reaction_id,request_id,account_id,user_id,reaction,reacted_at\n"
        "r-1,quokka-holdings-41/1,numbat-trading-7,dora@numbat.example,vote,2024-03-02\n"
    ),
    "cancellations.csv": (
        "cancellation_id,account_id,cancelled_at,reason_code,comment\n"
        "c-1,quokka-holdings-41,2024-05-31,price,Bob went\n"
    ),
    "team_members.csv": "member_id,member_name,team\nm-1,Agent Smithers,support\n",
}
ERASURES = "kind,id\naccount,quokka-holdings-41\nuser,carl@numbat.example\n"


def write_private_company(folder: Path) -> Path:
    """The raw folder of the company, without a list of erasures."""
    shutil.copytree(EXAMPLE, folder)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    _append(
        folder / "accounts.csv",
        "quokka-holdings-41,Quokka Holdings,2023-12-15,DE,retail,smb\n"
        "numbat-trading-7,Numbat Trading,2023-12-15,JP,software,smb\n",
    )
    header = (folder / "subscription_items.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    items = (
        ("quokka-holdings-41/i", "quokka-holdings-41/s", "quokka-holdings-41", "123.45", "2024-06-01"),
        ("numbat-i", "numbat-s", "numbat-trading-7", "67.89", ""),
    )
    plan = (folder / "plans.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    for item, subscription, account, price, end in items:
        row = {
            "subscription_item_id": item,
            "subscription_id": subscription,
            "account_id": account,
            "plan_id": plan,
            "quantity": "1",
            "unit_price": price,
            "billing_interval": "month",
            "status": "active",
            "valid_from": "2024-01-01",
            "valid_to": end,
        }
        _append(folder / "subscription_items.csv", ",".join(row.get(name, "") for name in header) + "\n")
    return folder


def _append(path: Path, text: str) -> None:
    before = path.read_text(encoding="utf-8")
    path.write_text(before if before.endswith("\n") else before + "\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
