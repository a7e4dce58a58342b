"""The messages, in English and in Japanese: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orchestration.notices.facts import Fact

LANGUAGES = ("en", "ja")
_LINES_SHOWN = 20


@dataclass(frozen=True)
class Message:
    """What is sent: plain text, without any address."""

    title: str
    body: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class _Text:
    """`title` takes {n}, how many; `line` writes one fact; `next_step` says what to do.

    `page` is the page of the report that shows more of it.
    """

    title: str
    intro: str
    line: Callable[[dict[str, Any]], str]
    next_step: str
    page: str = ""


def messages(
    facts: Sequence[Fact], language: str, link: Callable[[str], str] = lambda page: ""
) -> list[Message]:
    """One message for the facts of each kind, in the order in which they matter.

    `link` gives the address of a page of the report, or nothing where there is none.
    """
    texts = _TEXTS[language]
    found = []
    for kind, text in texts.items():
        of_kind = tuple(fact for fact in facts if fact.kind == kind)
        if of_kind:
            lines = (
                _by_csm(of_kind, text, language)
                if kind.startswith("accounts_")
                else _list(of_kind, text, language)
            )
            address = link(text.page) if text.page else ""
            report = _REPORT[language].format(address) if address else ""
            parts = [text.intro, "\n".join(lines), text.next_step, report]
            found.append(
                Message(text.title.format(n=len(of_kind)), "\n\n".join(filter(None, parts)), of_kind)
            )
    return found


def trial_message(language: str) -> Message:
    """What `make notify` sends."""
    if language == "ja":
        return Message(
            "カスタマーサクセスDWH: テスト通知", "通知の設定は正しく動いています。対応は必要ありません。"
        )
    return Message(
        "Customer success warehouse: test notice",
        "Notices reach you at this address. There is nothing to do.",
    )


def _list(facts: Sequence[Fact], text: _Text, language: str) -> list[str]:
    lines = [text.line(dict(fact.values)) for fact in facts[:_LINES_SHOWN]]
    if len(facts) > _LINES_SHOWN:
        lines.append(_more(len(facts) - _LINES_SHOWN, language))
    return lines


def _by_csm(facts: Sequence[Fact], text: _Text, language: str) -> list[str]:
    lines = []
    for csm, group in groupby(facts, key=lambda fact: fact.values["csm"]):
        of_csm = list(group)
        name = csm if csm != "unknown" else {"en": "No CSM assigned", "ja": "担当CSMなし"}[language]
        count = f"({len(of_csm)}件)" if language == "ja" else f" ({len(of_csm)})"
        lines += [*([""] if lines else []), f"{name}{count}", *_list(of_csm, text, language)]
    return lines


def _more(count: int, language: str) -> str:
    return f"- ほか{count}件" if language == "ja" else f"- and {count} more"


def figure(value: float | None, unit: str | None, language: str) -> str:
    """A KPI's value as people write it."""
    if value is None:
        return "値なし" if language == "ja" else "no value"
    if unit == "rate":
        return f"{value:.2%}"
    return f"{value:,.0f}" if unit in ("currency", "count") else f"{value:,.2f}"


def _failed(values: dict[str, Any], language: str) -> str:
    as_of = values["as_of_date"]
    if language == "ja":
        kept = f"公開中の数値は{as_of}時点のままです。" if as_of else "公開済みの数値はまだありません。"
        return f"{values['sentence']}\n\n{kept}"
    kept = f"Readers still see the figures as of {as_of}." if as_of else "Nothing was published before."
    return f"{values['sentence']}\n\n{kept}"


def _stale(values: dict[str, Any], language: str) -> str:
    table, newest, due, days = (
        values[name] for name in ("table_name", "newest_on", "next_expected_on", "days_late_now")
    )
    if language == "ja":
        affected = f" 影響: {values['affects_ja']}" if values["affects_ja"] else ""
        return f"- {table}: 最新データは{newest}。{due}までに届く予定で、{days}日遅れています。{affected}"
    late = f"{days} day{'' if days == 1 else 's'} late"
    affected = f" Affected: {values['affects_en']}." if values["affects_en"] else ""
    return f"- {table}: newest record {newest}, next one expected by {due}, {late}.{affected}"


def _volume(values: dict[str, Any], language: str) -> str:
    rows, usual = values["rows_last_day"], values["usual_rows_last_day"]
    if language == "ja":
        return f"- {values['table_name']}: 前日の行数は{rows:,}行(同じ曜日の通常は約{usual:,.0f}行)"
    return (
        f"- {values['table_name']}: {rows:,} rows on the last day, usually about {usual:,.0f} on that weekday"
    )


def _rejected(values: dict[str, Any], language: str) -> str:
    table, rejected, read = values["table_name"], values["rows_quarantined"], values["rows_read"]
    if language == "ja":
        return f"- {table}: {read:,}行のうち{rejected:,}行({rejected / read:.0%})"
    return f"- {table}: {rejected:,} of {read:,} rows ({rejected / read:.0%})"


def _restated(values: dict[str, Any], language: str) -> str:
    before, now = (
        figure(values[name], values["unit"], language) for name in ("first_reported_value", "latest_value")
    )
    accounts = values["accounts_changed"]
    if language == "ja":
        behind = "" if accounts is None else f"(変更されたアカウント: {accounts:,}件)"
        return f"- {values['month_start']:%Y-%m} {values['name_ja']}: {before} → {now}{behind}"
    behind = "" if accounts is None else f" ({accounts:,} account{'' if accounts == 1 else 's'} changed)"
    return f"- {values['month_start']:%Y-%m} {values['name_en']}: {before} → {now}{behind}"


def _kpi(values: dict[str, Any], language: str) -> str:
    value, previous, target = (
        figure(values[name], values["unit"], language) for name in ("value", "previous_value", "target_value")
    )
    month = f"{values['month_start']:%Y-%m}"
    if language == "ja":
        return (
            f"- {values['name_ja']}({month}): {value}、目標 {target}、前月 {previous}"
            f"(責任者: {values['owner_label_ja']})"
        )
    return (
        f"- {values['name_en']} ({month}): {value}, target {target}, month before {previous} "
        f"(owner: {values['owner_label_en']})"
    )


def _red(values: dict[str, Any], language: str) -> str:
    reason, action = values[f"reason_{language}"], values[f"action_{language}"]
    if language == "ja":
        details = [f"理由: {reason}" if reason else "", f"次の対応: {action}" if action else ""]
        return f"- {_account(values)} {'、'.join(filter(None, details))}".rstrip()
    details = [f"reason: {reason}" if reason else "", f"next: {action}" if action else ""]
    said = "; ".join(filter(None, details))
    return f"- {_account(values)}{': ' if said else ''}{said}"


def _account(values: dict[str, Any]) -> str:
    mrr = values["mrr"]
    return values["account_id"] + ("" if mrr is None else f" (MRR {mrr:,.0f} {values['currency']})")


_REPORT = {"en": "Report: {}", "ja": "レポート: {}"}
_SENTENCE = "Customer success warehouse: "
_SENTENCE_JA = "カスタマーサクセスDWH: "
_TEXTS = {
    "en": {
        "run_failed": _Text(
            _SENTENCE + "the run failed",
            "",
            lambda values: _failed(values, "en"),
            "Next: fix what the message says and run again (`make run`). Details are in the newest file of "
            "the warehouse's folder logs.",
        ),
        "publish_refused": _Text(
            _SENTENCE + "nothing was published",
            "The run built new figures, but a check refused them.",
            lambda values: _failed(values, "en"),
            "Next: look at the failing rows, fix the input or the rule, and run again (`make run`). The log "
            "in the warehouse's folder logs names the rows.",
        ),
        "input_stale": _Text(
            _SENTENCE + "inputs late ({n})",
            "Expected data has not arrived. Until it does, some figures are too low or too old.",
            lambda values: _stale(values, "en"),
            "Next: ask the owner of the source whether the export ran; then deliver the files and run again. "
            "If the delay is normal, change seeds/operations/input_expectations.csv.",
            page="data",
        ),
        "volume_unusual": _Text(
            _SENTENCE + "inputs of unusual volume ({n})",
            "The last day of an input has far fewer or far more rows than usual.",
            lambda values: _volume(values, "en"),
            "Next: check whether the export is incomplete or was delivered twice. If the volume is right, "
            "there is nothing to do.",
            page="data",
        ),
        "input_rejected": _Text(
            _SENTENCE + "inputs with most rows rejected ({n})",
            "These rows count in no figure.",
            lambda values: _rejected(values, "en"),
            "Next: see the reasons in marts.quarantined_rows, fix the export, and run again.",
            page="data",
        ),
        "restated": _Text(
            _SENTENCE + "closed figures changed ({n})",
            "Figures of closed months differ from what was first reported (first reported → now).",
            lambda values: _restated(values, "en"),
            "Next: check the accounts in marts.account_month_restatements; if the change is right, tell "
            "those who use the reported figures. marts.kpi_restatements has every segment.",
            page="data",
        ),
        "kpi_red": _Text(
            _SENTENCE + "KPIs newly red ({n})",
            "Red in the last closed month, not red the month before.",
            lambda values: _kpi(values, "en"),
            "Next: the owner looks for the cause by segment in marts.kpi_scorecard_months and agrees on a "
            "measure.",
            page="overview",
        ),
        "accounts_red": _Text(
            _SENTENCE + "accounts newly at risk, red ({n})",
            "Red since the last release, by CSM.",
            lambda values: _red(values, "en"),
            "Next: each CSM contacts these accounts, the largest MRR first. Details are in "
            "marts.account_360.",
            page="index",
        ),
        "accounts_recovered": _Text(
            _SENTENCE + "accounts no longer red ({n})",
            "Better than red since the last release, by CSM.",
            lambda values: f"- {_account(values)}",
            "Next: end the rescue measures that are no longer needed, and keep in touch.",
            page="index",
        ),
    },
    "ja": {
        "run_failed": _Text(
            _SENTENCE_JA + "実行に失敗しました",
            "",
            lambda values: _failed(values, "ja"),
            "次の対応: メッセージの内容を修正し、`make run` で再実行してください。"
            "詳細はウェアハウスの logs フォルダの最新ファイルにあります。",
        ),
        "publish_refused": _Text(
            _SENTENCE_JA + "公開を中止しました",
            "新しい数値を作成しましたが、チェックに合格しなかったため公開していません。",
            lambda values: _failed(values, "ja"),
            "次の対応: 不合格の行を確認し、入力データまたはルールを修正して `make run` で再実行してください。"
            "該当する行はウェアハウスの logs フォルダのログにあります。",
        ),
        "input_stale": _Text(
            _SENTENCE_JA + "入力データの遅延({n}件)",
            "予定のデータが届いていません。届くまで、一部の数値は少なすぎるか古いままです。",
            lambda values: _stale(values, "ja"),
            "次の対応: データ提供元にエクスポートの状況を確認し、ファイルが届いたら再実行してください。"
            "この間隔が正常な場合は seeds/operations/input_expectations.csv を変更してください。",
            page="data",
        ),
        "volume_unusual": _Text(
            _SENTENCE_JA + "入力データの件数が通常と異なります({n}件)",
            "前日の行数が通常より大幅に少ないか、多くなっています。",
            lambda values: _volume(values, "ja"),
            "次の対応: エクスポートの不足や二重送信がないか確認してください。"
            "件数が正しければ対応は不要です。",
            page="data",
        ),
        "input_rejected": _Text(
            _SENTENCE_JA + "入力データの大半を除外しました({n}件)",
            "除外した行はどの数値にも含まれません。",
            lambda values: _rejected(values, "ja"),
            "次の対応: marts.quarantined_rows で理由を確認し、エクスポートを修正して再実行してください。",
            page="data",
        ),
        "restated": _Text(
            _SENTENCE_JA + "締め後の数値が変わりました({n}件)",
            "締めた月の数値が、最初に報告した値と異なります(最初の報告 → 現在)。",
            lambda values: _restated(values, "ja"),
            "次の対応: marts.account_month_restatements で対象アカウントを確認し、"
            "変更が正しければ数値の利用者に連絡してください。"
            "セグメント別の値は marts.kpi_restatements にあります。",
            page="data",
        ),
        "kpi_red": _Text(
            _SENTENCE_JA + "新たに赤になったKPI({n}件)",
            "直近の締め月に赤になりました(前月は赤ではありません)。",
            lambda values: _kpi(values, "ja"),
            "次の対応: 責任者は marts.kpi_scorecard_months で"
            "セグメント別に原因を確認し、対策を決めてください。",
            page="overview",
        ),
        "accounts_red": _Text(
            _SENTENCE_JA + "新たに危険(赤)になったアカウント({n}件)",
            "前回の公開以降に赤になったアカウントです(担当CSM別)。",
            lambda values: _red(values, "ja"),
            "次の対応: 担当CSMはMRRの大きいアカウントから連絡してください。"
            "詳細は marts.account_360 にあります。",
            page="index",
        ),
        "accounts_recovered": _Text(
            _SENTENCE_JA + "赤から回復したアカウント({n}件)",
            "前回の公開以降に赤より良くなったアカウントです(担当CSM別)。",
            lambda values: f"- {_account(values)}",
            "次の対応: 不要になった救済対応を終了し、定期的な連絡を続けてください。",
            page="index",
        ),
    },
}
