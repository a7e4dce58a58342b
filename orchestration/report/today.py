"""The first page: how things stand this morning, and what to do today."""

from __future__ import annotations

from orchestration.report.blocks import Block, Column, Page, Table, Tile, Tiles
from orchestration.report.figures import Marts, Row
from orchestration.report.language import Language, Text

# More work than that in one day is not done.
WORK_PER_CSM = 10
RENEWAL_DAYS = 90
MOST_CHANGES = 30
ALARM_DAYS = 7


def today_page(marts: Marts, language: Language) -> Page:
    """Eight figures, the work of the day by CSM, what changed since the date before, and renewals ahead."""
    blocks: list[Block] = [
        Tiles(_tiles(marts, language)),
        *_work(marts, language),
        _changes(marts, language),
        _alarms(marts, language),
        _renewals(marts, language),
        _renewal_stages(marts, language),
        _by_csm(marts, language),
    ]
    return Page("index", Text("Today", "今日"), blocks)


def _tiles(marts: Marts, language: Language) -> list[Tile]:
    def figure(kpi_id: str) -> Row:
        return marts.row(
            "select value, previous_value, target_value, status from marts.kpi_scorecard_months "
            "where kpi_id = ? and month_start = ? and segment_dimension = 'all'",
            [kpi_id, marts.month],
        )

    def kpi_tile(kpi_id: str, title: Text) -> Tile:
        found, unit = figure(kpi_id), marts.kpis.get(kpi_id, {}).get("unit", "number")
        value = found.get("value")
        lines = [f"{language(_MONTH)} {language.change(value, found.get('previous_value'), unit)}"]
        if found.get("target_value") is not None:
            lines.append(f"{language(_TARGET)} {language.value(found['target_value'], unit)}")
        return Tile(
            language(title), language.value(value, unit), lines, found.get("status", "no_data"), kpi_id
        )

    lost = marts.row(
        "select r.churned_customers, m.churned_mrr from marts.kpi_customer_retention_months as r "
        "inner join marts.kpi_mrr_months as m using (month_start, segment_dimension, segment_value) "
        "where month_start = ? and segment_dimension = 'all'",
        [marts.month],
    )
    risk = marts.row(
        "select * from marts.kpi_health_months "
        "where month_start = ? and segment_dimension = 'all' and health_band = 'all'",
        [marts.month],
    )
    before = marts.row(
        "select mrr_at_risk from marts.kpi_health_months "
        "where month_start = ? - interval 1 month and segment_dimension = 'all' and health_band = 'all'",
        [marts.month],
    )
    late = marts.row(
        "select count(*) as accounts, sum(mrr) as mrr from marts.csm_work_items "
        "where reason = 'onboarding_stuck' and not is_done"
    )
    customers = language.value(lost.get("churned_customers"), "count")
    more_risk = language.change(risk.get("mrr_at_risk"), before.get("mrr_at_risk"), "currency")
    return [
        kpi_tile("closing_mrr", Text("MRR", "MRR")),
        kpi_tile("nrr_12m_rate", Text("NRR, 12 months", "NRR(12か月)")),
        kpi_tile("grr_12m_rate", Text("GRR, 12 months", "GRR(12か月)")),
        Tile(
            language(Text("Churned MRR this month", "当月の解約MRR")),
            language.value(lost.get("churned_mrr"), "currency"),
            [language(Text(f"{customers} customers", f"{customers}社"))],
            kpi_id="churned_mrr",
        ),
        Tile(
            language(Text("MRR with notice given", "解約予告済のMRR")),
            language.value(risk.get("notice_given_mrr"), "currency"),
        ),
        Tile(
            language(Text("MRR undecided, notice due within 90 days", "90日以内に予告期限を迎える未定のMRR")),
            language.value(risk.get("undecided_notice_90d_mrr"), "currency"),
        ),
        Tile(
            language(Text("Onboarding late", "オンボーディングの遅れ")),
            language(Text(f"{late['accounts']} customers", f"{late['accounts']}社")),
            [f"MRR {language.value(late.get('mrr'), 'currency')}"],
        ),
        Tile(
            language(Text("MRR of red customers", "危険な顧客のMRR")),
            language.value(risk.get("mrr_at_risk"), "currency"),
            [f"{language(_MONTH)} {more_risk}"],
            kpi_id="mrr_at_risk",
        ),
    ]


_MONTH = Text("Month before:", "前月比")
_TARGET = Text("Target:", "目標")
_CUSTOMER = Column(Text("Customer", "顧客"), "account_name")
_MRR = Column(Text("MRR", "MRR"), "mrr", "currency")
_NOTICE = Column(Text("Notice by", "解約予告期限"), "notice_due_on", "date")
_STAGE = Column(Text("Renewal stage", "更新ステージ"), "stage")
_CSM = Column(Text("CSM", "担当CSM"), "csm")


def work_rows(marts: Marts, language: Language, csm_id: str | None) -> list[Row]:
    """The work of a CSM, or with None of the pool of customers without one, first things first."""
    rows = marts.rows(
        f"""
        select w.*, a.notice_due_on, a.renewal_stage_label_{language.code} as stage
        from marts.csm_work_lists as w
        inner join marts.account_360 as a using (account_id)
        where w.csm_id is not distinct from ?
        order by w.position
        """,
        [csm_id],
    )
    reason = Text("{}: {}", "{}({})")
    for row in rows:
        reasons = [
            language(reason).format(
                language.of(row, f"reason_{number}_label"), language.of(row, f"evidence_{number}")
            )
            for number in (1, 2, 3)
            if row[f"reason_{number}"]
        ]
        row["why"] = "\n".join(reasons)
        row["action"] = language.of(row, "next_action_label")
    return rows


WORK_COLUMNS = (
    Column(Text("No.", "順"), "position", "count"),
    _CUSTOMER,
    _MRR,
    _NOTICE,
    _STAGE,
    Column(Text("Why", "理由"), "why"),
    Column(Text("What to do", "対応"), "action"),
    Column(Text("Due", "期日"), "due_on", "date"),
    Column(Text("Last touch", "直近の接点"), "last_touched_on", "date"),
)


def csms(marts: Marts) -> list[str | None]:
    """Who has work, the pool of customers without a CSM last."""
    found = marts.rows("select distinct csm_id from marts.csm_work_lists order by csm_id nulls last")
    return [row["csm_id"] for row in found]


def csm_name(marts: Marts, csm_id: str | None, language: Language) -> str:
    """The name of a CSM, or of the pool."""
    return marts.member(csm_id) if csm_id else language(Text("Without a CSM", "担当CSMなし"))


def _work(marts: Marts, language: Language) -> list[Table]:
    tables = []
    for csm_id in csms(marts):
        rows = work_rows(marts, language, csm_id)
        name, left = csm_name(marts, csm_id, language), len(rows) - WORK_PER_CSM
        more = Text(f"{left} more on the CSM's own page.", f"ほか{left}件は担当者のページにあります。")
        tables.append(
            Table(
                Text(f"Work of the day: {name}", f"今日の対応:{name}"),
                WORK_COLUMNS,
                rows[:WORK_PER_CSM],
                note=language(more) if left > 0 else "",
            )
        )
    nothing = Text("Work of the day", "今日の対応")
    return tables or [Table(nothing, WORK_COLUMNS, [], Text("No work today.", "今日の対応はありません。"))]


def _changes(marts: Marts, language: Language) -> Table:
    rows = marts.rows(
        """
        select
            a.account_name, a.mrr, a.csm_id, c.previous_health_band, c.health_band, c.previous_as_of_date,
            s.main_reason_label_en, s.main_reason_label_ja
        from marts.account_health_changes as c
        inner join marts.account_360 as a using (account_id)
        inner join marts.account_health_scores as s
            on c.account_id = s.account_id and c.as_of_date = s.as_of_date
        where c.as_of_date = (select max(as_of_date) from marts.account_health_changes)
            and (c.health_band = 'red' or c.previous_health_band = 'red')
        order by c.health_band = 'red' desc, a.mrr desc
        limit ?
        """,
        [MOST_CHANGES],
    )
    since = f"{rows[0]['previous_as_of_date']:%Y-%m-%d}" if rows else ""
    for row in rows:
        bands = (row["previous_health_band"], row["health_band"])
        row["change"] = " → ".join(language(marts.bands[band]) for band in bands if band in marts.bands)
        row["why"] = language.of(row, "main_reason_label")
        row["csm"] = marts.member(row["csm_id"])
    return Table(
        Text(f"Newly red, or red no more, since {since}", f"{since}以降に危険になった・危険を脱した顧客")
        if since
        else Text("Newly red, or red no more", "危険になった・危険を脱した顧客"),
        [
            _CUSTOMER,
            _MRR,
            Column(Text("Band", "バンド"), "change"),
            Column(Text("Main reason", "主な理由"), "why"),
            _CSM,
        ],
        rows,
        Text("No customer became red or left red.", "該当する顧客はありません。"),
    )


def _alarms(marts: Marts, language: Language) -> Table:
    kinds = {
        "notice": Text("Notice to leave", "解約予告"),
        "escalation": Text("Escalated ticket", "エスカレーション"),
    }
    rows = marts.rows(
        f"""
        with alarms as (
            select account_id, notice_given_on as day, 'notice' as kind
            from marts.fct_contract_renewals
            union
            select account_id, opened_on, 'escalation' from marts.fct_support_tickets where is_escalated
        )
        select day, kind, a.account_name, a.mrr, a.csm_id
        from alarms
        inner join marts.account_360 as a using (account_id)
        where day between a.as_of_date - {ALARM_DAYS - 1} and a.as_of_date
        order by day desc, a.mrr desc, a.account_id, kind
        limit ?
        """,
        [MOST_CHANGES],
    )
    for row in rows:
        row["what"], row["csm"] = language(kinds[row["kind"]]), marts.member(row["csm_id"])
    return Table(
        Text(
            f"Notices and escalations of {ALARM_DAYS} days",
            f"直近{ALARM_DAYS}日間の解約予告・エスカレーション",
        ),
        [
            Column(Text("Day", "日付"), "day", "date"),
            _CUSTOMER,
            _MRR,
            Column(Text("What", "内容"), "what"),
            _CSM,
        ],
        rows,
        Text("No customer gave notice or escalated a ticket.", "該当する顧客はありません。"),
    )


_AHEAD = """
    from marts.fct_contract_renewals as c
    inner join marts.account_360 as a using (account_id)
    where c.outcome = 'open' and c.due_on between a.as_of_date and a.as_of_date + to_days(?)
"""


def _renewals(marts: Marts, language: Language) -> Table:
    rows = marts.rows(
        "select a.account_name, c.mrr, a.csm_id, c.due_on, c.notice_due_on, "
        f"c.renewal_stage_label_{language.code} as stage "
        f"{_AHEAD} order by c.mrr desc nulls last, a.account_id limit 20",
        [RENEWAL_DAYS],
    )
    for row in rows:
        row["csm"] = marts.member(row["csm_id"])
    return Table(
        Text("Renewals within 90 days, largest first", "90日以内の契約更新(金額順)"),
        [
            _CUSTOMER,
            _MRR,
            _NOTICE,
            Column(Text("Ends", "満了日"), "due_on", "date"),
            _STAGE,
            _CSM,
        ],
        rows,
        Text("No contract ends within 90 days.", "90日以内に満了する契約はありません。"),
    )


def _renewal_stages(marts: Marts, language: Language) -> Table:
    rows = marts.rows(
        f"select c.renewal_stage_label_{language.code} as stage, count(*) as contracts, sum(c.mrr) as mrr "
        f"{_AHEAD} group by stage, c.renewal_stage_order order by c.renewal_stage_order",
        [RENEWAL_DAYS],
    )
    return Table(
        Text("Renewals within 90 days by stage", "90日以内の契約更新(ステージ別)"),
        [
            _STAGE,
            Column(Text("Contracts", "契約数"), "contracts", "count"),
            _MRR,
        ],
        rows,
        Text("No contract ends within 90 days.", "90日以内に満了する契約はありません。"),
    )


def _by_csm(marts: Marts, language: Language) -> Table:
    rows = marts.rows(
        """
        select
            csm_id,
            count(*) filter (where not is_done) as open_items,
            count(*) filter (where not is_done and due_on < as_of_date) as overdue,
            count(*) filter (where is_done) as done,
            count(distinct account_id) filter (where not is_done) as accounts,
            sum(mrr_at_stake) filter (where not is_done) as mrr
        from marts.csm_work_items
        group by csm_id
        order by open_items desc, csm_id nulls last
        """
    )
    for row in rows:
        row["csm"] = csm_name(marts, row["csm_id"], language)
    return Table(
        Text("Work by CSM", "担当CSM別の対応状況"),
        [
            _CSM,
            Column(Text("Open", "未対応"), "open_items", "count"),
            Column(Text("Overdue", "期日超過"), "overdue", "count"),
            Column(Text("Done", "対応済み"), "done", "count"),
            Column(Text("Customers", "顧客数"), "accounts", "count"),
            Column(Text("MRR at stake", "影響するMRR"), "mrr", "currency"),
        ],
        rows,
        Text("No work today.", "今日の対応はありません。"),
    )
