"""Texts that people write: comments by language and mood, titles of requests and goals."""

from __future__ import annotations

import numpy as np

from simulator.randomness import Bools, Floats, Ints

# Language (English, Japanese) x mood (unhappy, in between, happy).
_COMMENTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        (
            "It keeps timing out when we need it most.",
            "We have asked for this three times now.",
            "Half of my team went back to spreadsheets.",
            "The price went up and the reports did not get better.",
            "Nobody showed us how to set this up properly.",
            "Since the last release the sync breaks every morning.",
            "Support closed the ticket before it was solved.",
            "Too many clicks for a simple task.",
        ),
        (
            "Does the job.",
            "Good, but the search could be faster.",
            "Fine for us so far, we use only a small part of it.",
            "Reports are useful, the export less so.",
            "Took a while to get used to.",
            "Some days are better than others.",
        ),
        (
            "We would not want to work without it.",
            "Setup was quick and our manager was a great help.",
            "The dashboards changed our Monday meetings.",
            "Support answered within the hour, thank you.",
            "Our teams finally look at the same figures.",
            "The new automation saves us a day every week.",
            "I recommend it to everyone who asks.",
        ),
    ),
    (
        (
            "肝心なときに動かないことが多いです。",
            "同じ問い合わせを三回しています。",
            "結局、表計算に戻ってしまいました。",
            "値上げに見合う改善を感じません。",
            "使い方を教わる機会がありませんでした。",
            "先日の更新以降、連携が毎朝止まります。",
            "解決前に問い合わせが閉じられました。",
        ),
        (
            "普通に使えています。",
            "検索がもう少し速いと助かります。",
            "まだ一部の機能しか使っていません。",
            "慣れるまで時間がかかりました。",
            "レポートは便利ですが、出力が物足りないです。",
        ),
        (
            "もうこれなしでは仕事になりません。",
            "導入が早く、担当の方にとても助けられました。",
            "会議の準備が半分の時間で済むようになりました。",
            "問い合わせへの返事が早くて安心です。",
            "部署の間で同じ数字を見られるようになりました。",
            "知り合いの会社にも勧めています。",
        ),
    ),
)
_STARTS = tuple(
    tuple(sum(len(pool) for group in _COMMENTS[:language] for pool in group)
          + sum(len(pool) for pool in _COMMENTS[language][:mood]) for mood in range(3))
    for language in range(2)
)  # fmt: skip
COMMENTS = tuple(comment for language in _COMMENTS for mood in language for comment in mood)

LEAVING_COMMENTS = (
    (
        "We need functions that are not on the roadmap.",
        "Our people never got into the habit of using it.",
        "The colleague who ran this has left and nobody took over.",
        "Too many open tickets for too long.",
        "We found something cheaper that is good enough.",
        "All tools were cut this year.",
        "The broken integration cost us a week.",
        "The company is being closed.",
        "We are reorganising.",
    ),
    (
        "必要な機能が今後の予定にもありませんでした。",
        "社内で使う習慣が根付きませんでした。",
        "推進していた担当者が退職しました。",
        "問い合わせの解決に時間がかかりすぎました。",
        "より安価な製品で足りると判断しました。",
        "全社的な経費削減のためです。",
        "連携の不具合で業務が止まりました。",
        "会社を清算することになりました。",
        "組織再編のためです。",
    ),
)

REQUEST_TITLES = (
    "Export reports on a schedule", "Dark mode", "Bulk edit of records", "Approval by two people",
    "Faster search over archives", "Fiscal years that do not start in January", "Japanese era dates",
    "Connector for warehouses", "Offline mode of the portal", "Roles for contractors",
    "Undo for automation runs", "Forecast by region", "Comments on dashboards", "Alerts to the phone",
    "Import from old systems",
)  # fmt: skip
REQUEST_AREAS = (
    "core_reports", "core_dashboards", "core_records", "app_approvals", "core_search", "core_reports",
    "core_records", "integration_warehouse", "app_portal", "core_records", "core_automation",
    "insights_forecasts", "core_dashboards", "insights_alerts", "core_records",
)  # fmt: skip

GOAL_TITLES = (
    (
        "Shorten the monthly close",
        "Answer customers faster",
        "Fewer errors in orders",
        "Less time on reports",
    ),
    ("月次決算の短縮", "顧客への回答の迅速化", "受注ミスの削減", "報告書作成時間の削減"),
)

# Milestones and tasks of a success plan, in order, by language.
PLAN_MILESTONES = (
    ("Plan agreed", "Data ready", "First use", "Result measured"),
    ("計画の合意", "データ準備の完了", "運用開始", "効果測定"),
)
PLAN_TASKS = (
    (
        "Agree on the figures to measure",
        "Import last year's data",
        "Train the team that uses it",
        "Measure the result and report it",
    ),
    (
        "測定する指標を決める",
        "昨年度のデータを取り込む",
        "利用チーム向けの研修を行う",
        "効果を測定し報告する",
    ),
)

# Notes on work, by verdict: done, snoozed, false_alarm, saved, lost.
WORK_NOTES = (
    (
        "Talked to the lead, next steps agreed.",
        "They are closing their quarter, call again later.",
        "They use it as before, the figures were late.",
        "Renewed after we showed the savings.",
        "Decided months ago, nothing to be done.",
    ),
    (
        "担当者と次の進め方を合意。",
        "期末のため、落ち着いてから再連絡。",
        "実際には通常どおり利用されている。",
        "成果を説明し、継続の意向を確認。",
        "社内で決定済みで、引き止められず。",
    ),
)


def comments(rng: np.random.Generator, mood: Floats, is_japanese: Bools, chance: float) -> Ints:
    """Positions in COMMENTS that fit each person's mood and language; -1 where nothing was written."""
    level = np.digitize(mood, (-0.45, 0.35))
    sizes = np.array([[len(pool) for pool in language] for language in _COMMENTS])
    starts = np.array(_STARTS)
    language = is_japanese.astype(np.int64)
    code = starts[language, level] + (rng.random(len(mood)) * sizes[language, level]).astype(np.int64)
    return np.where(rng.random(len(mood)) < chance, code, -1)
