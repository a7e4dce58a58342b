"""Files of one CSM each: the work of the day, and the customers that the CSM looks after.

No such file holds a customer of another CSM.
"""

from __future__ import annotations

import csv
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from orchestration.report.figures import Marts, Row
from orchestration.report.language import Language, Text
from orchestration.report.today import WORK_COLUMNS, work_rows

# Customers on one page; those with the most MRR at stake come first.
MOST_CUSTOMERS = 400
TIMELINE_EVENTS = 12
# Excel takes a file for UTF-8 by this mark alone.
_EXCEL = "utf-8-sig"


def file_name(csm_id: str | None) -> str:
    """The name of a CSM's files: the id where it can be a name, else a part of its hash."""
    if csm_id is None:
        return "unassigned"
    return (
        csm_id if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", csm_id) else sha256(csm_id.encode()).hexdigest()[:12]
    )


def write_work_list(marts: Marts, language: Language, csm_id: str | None, path: Path) -> None:
    """The work of a CSM as CSV that Excel opens."""
    with path.open("w", encoding=_EXCEL, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([language(column.title) for column in WORK_COLUMNS])
        for row in work_rows(marts, language, csm_id):
            writer.writerow([_cell(row[column.key]) for column in WORK_COLUMNS])


def _cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def all_csms(marts: Marts) -> list[str | None]:
    """Who looks after customers, those without a CSM last."""
    found = marts.rows("select distinct csm_id from marts.account_360 order by csm_id nulls last")
    return [row["csm_id"] for row in found]


def customers_of(marts: Marts, language: Language, csm_id: str | None) -> dict[str, Any]:
    """The customers of a CSM for the customers' page: what the list shows, and each one's own page."""
    accounts = marts.rows(
        """
        select a.*, s.churn_chance_90d, s.expected_mrr_loss_90d, s.adoption_score, s.maturity_score,
            s.engagement_score, s.sentiment_score, s.support_score, s.commercial_score, s.timing_score,
            s.health_band_label_en, s.health_band_label_ja, s.timing_reason_label_en, s.timing_reason_label_ja
        from marts.account_360 as a
        left join marts.account_health_scores as s using (account_id, as_of_date)
        where a.csm_id is not distinct from ?
        order by coalesce(s.expected_mrr_loss_90d, 0) desc, a.mrr desc nulls last, a.account_id
        limit ?
        """,
        [csm_id, MOST_CUSTOMERS],
    )
    marts.connection.execute("create or replace temporary table listed (account_id varchar)")
    if accounts:
        marts.connection.execute(
            "insert into listed select unnest(string_split(?, chr(10)))",
            ["\n".join(row["account_id"] for row in accounts)],
        )
    scores = _grouped(
        marts,
        "select account_id, as_of_date, round(score, 1) as score from marts.account_health_scores "
        "where account_id in (from listed) order by as_of_date",
    )
    causes = _grouped(
        marts,
        f"""
        select account_id, measure_label_{language.code} as label, round(points_lost, 1) as points
        from marts.account_health_contributions
        where account_id in (from listed) and points_lost >= 0.5
        qualify row_number() over (partition by account_id order by points_lost desc, measure_id) <= 5
        order by points_lost desc
        """,
    )
    timelines = _timelines(marts, language)
    return {
        "customers": [
            {
                "id": row["account_id"],
                "name": row["account_name"] or row["account_id"],
                "mrr": float(row["mrr"] or 0),
                "band": row["health_band"],
                "shown": _shown(row, language),
                "axes": _axes(row, language),
                "trend": [each["score"] for each in scores.get(row["account_id"], [])][-13:],
                "causes": [[each["label"], each["points"]] for each in causes.get(row["account_id"], [])],
                "timeline": timelines.get(row["account_id"], [])[:TIMELINE_EVENTS],
            }
            for row in accounts
        ]
    }


def _shown(row: Row, language: Language) -> list[list[str]]:
    """What is known of a customer, as pairs of a title and a text."""
    figures = (
        (Text("MRR", "MRR"), row["mrr"], "currency"),
        (Text("Health", "ヘルス"), language.of(row, "health_band_label"), "text"),
        (Text("Score", "スコア"), row["score"], "score"),
        (Text("Chance of leaving in 90 days", "90日以内の解約確率"), row["churn_chance_90d"], "rate"),
        (Text("Main reason", "主な理由"), language.of(row, "main_reason_label"), "text"),
        (Text("Timing", "時期"), language.of(row, "timing_reason_label"), "text"),
        (Text("Next step", "次の対応"), language.of(row, "next_best_action_label"), "text"),
        (Text("Renewal", "更新日"), row["renewal_date"], "date"),
        (Text("Notice by", "解約予告期限"), row["notice_due_on"], "date"),
        (Text("Last use", "直近の利用"), row["last_active_at"], "date"),
        (Text("Last touch", "直近の接点"), row["last_touched_on"], "date"),
        (Text("Open tickets", "未解決の問い合わせ"), row["open_tickets"], "count"),
        (Text("Latest NPS", "直近のNPS回答"), row["latest_nps"], "count"),
        (Text("Open goals", "進行中の目標"), row["open_goals"], "count"),
        (Text("Revenue to date", "累計収益"), row["realised_ltv"], "currency"),
        (Text("Plan", "プラン"), row["plan_id"], "text"),
    )
    return [[language(title), language.value(value, unit)] for title, value, unit in figures]


_AXES = {
    "adoption": Text("Use", "利用"),
    "maturity": Text("Maturity", "活用度"),
    "engagement": Text("Engagement", "関与"),
    "sentiment": Text("Sentiment", "満足"),
    "support": Text("Support", "サポート"),
    "commercial": Text("Commercial", "契約"),
    "timing": Text("Timing", "時期"),
}


def _axes(row: Row, language: Language) -> list[list[object]]:
    return [
        [language(title), None if row[f"{axis}_score"] is None else round(row[f"{axis}_score"])]
        for axis, title in _AXES.items()
    ]


def _timelines(marts: Marts, language: Language) -> dict[str, list[list[str]]]:
    """What happened last, newest first: movements of MRR, tickets, answers, touches and goals."""
    words = {
        "movement": Text("MRR", "MRR"),
        "ticket": Text("Ticket", "問い合わせ"),
        "answer": Text("Answer", "回答"),
        "touch": Text("Touch", "接点"),
        "goal": Text("Goal", "目標"),
    }
    found = marts.rows(
        """
        with events as (
            select account_id, movement_date as day, 'movement' as kind, movement_type as what
            from marts.fct_mrr_movements
            union all
            select account_id, opened_on, 'ticket', concat_ws(', ', category, priority)
            from marts.fct_support_tickets
            union all
            select account_id, responded_on, 'answer', concat_ws(' ', survey_kind, score::varchar)
            from marts.fct_survey_responses
            union all
            select account_id, occurred_on, 'touch', activity_type
            from marts.fct_cs_activities
            where touch_kind = 'individual'
            union all
            select account_id, achieved_on, 'goal', title
            from marts.fct_customer_goals
            where achieved_on is not null
        )
        from events
        where account_id in (from listed)
        qualify row_number() over (partition by account_id order by day desc, kind, what) <= ?
        order by day desc, kind, what
        """,
        [TIMELINE_EVENTS],
    )
    timelines: dict[str, list[list[str]]] = {}
    for row in found:
        event = [f"{row['day']:%Y-%m-%d}", language(words[row["kind"]]), row["what"] or ""]
        timelines.setdefault(row["account_id"], []).append(event)
    return timelines


def _grouped(marts: Marts, query: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in marts.rows(query):
        groups.setdefault(row["account_id"], []).append(row)
    return groups
