"""The sentences of the backtest's report in English and Japanese, side by side."""

from __future__ import annotations

from typing import Any

LANGUAGES = ("en", "ja")

_TEXTS: dict[str, tuple[str, str]] = {
    "title": ("# Does the health score predict churn?", "# ヘルススコアは解約を予測できているか"),
    "too_little_history": (
        "Too little history yet: too few accounts left within {days} days after a date whose {days} days "
        "are over. Run on; the answer comes with more history.",
        "履歴がまだ足りません。{days}日が過ぎた基準日のうち、その{days}日以内に解約した顧客が少なすぎます"
        "。運用を続けて履歴が増えれば、結果が表示されます。",
    ),
    "answer": (
        "Of two customers, one who left within {days} days and one who stayed, the one who left had the "
        "lower score in {auc:.0%} of the pairs (AUC {interval}). This rests on {account_dates:,} scores "
        "of {accounts:,} accounts from {as_of_from} to {as_of_to}; {churned:,} accounts left.",
        "{days}日以内に解約した顧客と継続した顧客を1社ずつ比べると、{auc:.0%}の組で、解約した顧客のスコア"
        "の方が低くなっていました(AUC {interval})。{as_of_from}から{as_of_to}までの{accounts:,}社、延べ"
        "{account_dates:,}件のスコアに基づき、このうち{churned:,}社が解約しました。",
    ),
    "answer_coin": (
        "The interval holds 0.5: the score was **no better than a coin**.",
        "区間に0.5が含まれるため、スコアは**コイン投げと変わりません**でした。",
    ),
    "answer_lift": (
        "The lowest tenth of scores held {lift:.1f} times as many leavers as a tenth picked by chance.",
        "スコアの低い10%には、無作為に選んだ10%の{lift:.1f}倍の解約が含まれていました。",
    ),
    "answer_few": (
        "Fewer than {minimum} accounts left, so nothing is ranked below: differences may be chance.",
        "解約した顧客が{minimum}社に満たないため、以下では順位を付けません。差は偶然かもしれません。",
    ),
    "better": ("It is better than {model} ({auc:.3f}).", "{model}({auc:.3f})よりも正確です。"),
    "not_clearly_better": (
        "It is not clearly better than {model} ({auc:.3f}, inside the interval).",
        "{model}({auc:.3f})は区間の中にあり、スコアの方が正確とは言い切れません。",
    ),
    "no_better": (
        "It is **no better than** {model} ({auc:.3f}).",
        "{model}({auc:.3f})**を上回っていません**。",
    ),
    "answer_latest": (
        "Over the latest {dates} dates it was {interval}.",
        "直近{dates}回の基準日では{interval}でした。",
    ),
    "coin": ("no better than a coin", "コイン投げと変わらない"),
    "model_score": ("Health score", "ヘルススコア"),
    "model_score_hindsight": (
        "Health score, also of what was recorded later",
        "ヘルススコア(後から記録された内容も含む)",
    ),
    "model_chance": ("Chance of leaving", "解約確率"),
    "model_end_of_term": ("Days to the end of the term alone", "契約期間の残り日数だけ"),
    "model_recency": ("Days since last use alone", "最終利用からの日数だけ"),
    "model_tenure": ("Tenure alone", "利用期間の長さだけ"),
    "model_logistic": ("Logistic regression on all measures", "全指標のロジスティック回帰"),
    "figures": ("## Figures", "## 結果"),
    "figures_head": (
        "| left within {days} days | AUC (95 %) | lift of lowest tenth | Brier | scores | then left |",
        "| {days}日以内の解約 | AUC(95%区間) | 下位10%のリフト | ブライアスコア | スコア数 | うち解約 |",
    ),
    "figures_note": (
        "An interval that holds 0.5 is no better than a coin. Lift: the churn rate in the lowest tenth of "
        "scores divided by the churn rate of all. Intervals are 95 % confidence intervals; they count "
        "accounts, not rows, as an account is there on many dates. Brier score: the mean squared error of "
        "the predicted chance, lower is better. Every chance is out of time: the curve that gives it was "
        "fitted on windows that were over before its date, so the first dates have none.",
        "区間に0.5が含まれる場合は、コイン投げと変わりません。リフトは、スコアの低い10%の解約率を全体の解"
        "約率で割った値です。区間は95%信頼区間で、同じ顧客が複数の基準日に現れるため、行数ではなく顧客数で"
        "数えています。ブライアスコアは予測した確率の平均二乗誤差で、小さいほど良い値です。確率はすべて、"
        "その基準日より前に終わった期間だけに当てはめた曲線によるもので、最初の基準日にはありません。",
    ),
    "bands": ("## What a band is worth", "## バンドごとの実績"),
    "bands_intro": (
        "What became of customers within {days} days, {dates}. “Without notice” leaves out those who had "
        "given notice or whose end was scheduled: nobody need predict them.",
        "{dates}の顧客が、その後{days}日以内にどうなったかを示します。「申し出なし」は、解約の申し出があっ"
        "た顧客と終了日が決まっていた顧客を除いた値です(予測するまでもないため)。",
    ),
    "dates_all": ("over all dates", "全基準日"),
    "dates_latest": ("over the latest {dates} dates", "直近{dates}回の基準日"),
    "bands_head": (
        "| band | of all customers | then left | of all leavers | of lost MRR | without notice: then left "
        "| of leavers | of lost MRR |",
        "| バンド | 顧客に占める割合 | 解約率 | 解約顧客に占める割合 | 失ったMRRに占める割合 | 申し出なし"
        ": 解約率 | 解約顧客に占める割合 | 失ったMRRに占める割合 |",
    ),
    "edges": ("## What other edges would catch", "## 境界を変えた場合"),
    "edges_intro": (
        "Customers whose score is below an edge, without notice, over all dates. Choose the edge of the "
        "lowest band by how many customers a team can talk to, and that of the next by how many it can "
        "watch; the edges now are {edges}. They are in {file}.",
        "スコアが境界より低い顧客(申し出なし、全基準日)の実績です。最も低いバンドの境界は連絡を取れる顧客"
        "数から、次のバンドの境界は見守れる顧客数から選んでください。現在の境界は{edges}で、{file}にありま"
        "す。",
    ),
    "edges_head": (
        "| score below | of all customers | customers per CSM | then left | of leavers | of lost MRR |",
        "| スコアの上限 | 顧客に占める割合 | CSM1人あたりの顧客数 | 解約率 | 解約顧客に占める割合 | 失った"
        "MRRに占める割合 |",
    ),
    "edges_workload": (
        "Per CSM: that share of the {customers:,} customers of {as_of_date}, for {csms:,} CSMs. A band "
        "changes only where a score passes an edge clearly, so bands differ a little from this table.",
        "CSM1人あたりの顧客数は、{as_of_date}の顧客{customers:,}社とCSM {csms:,}人から計算しています。バン"
        "ドはスコアが境界をはっきり越えたときにだけ変わるため、この表とは少し異なります。",
    ),
    "edges_no_csm": (
        "No customer has a CSM, so the load is shown as a share alone.",
        "CSMが割り当てられた顧客がいないため、割合だけを示します。",
    ),
    "chance": ("## The chance of leaving", "## 解約確率"),
    "chance_made": (
        "The chance within {days} days comes from a curve over what is due (notice, scheduled end, end of "
        "the term, past due) and the rest of the score. The newest curve counts from {from_date}. The "
        "table shows past chances in ten groups of equal size: a good chance lies inside the interval of "
        "the rate.",
        "{days}日以内の解約確率は、期限に関すること(解約の申し出、終了予定、契約期間の終わり、支払い遅延)"
        "と、それ以外のスコアから求めた曲線によります。最新の曲線は{from_date}から使われています。下の表は"
        "、過去の確率を低い順に10等分したものです。確率が実績の区間に入っていれば、よく合っています。",
    ),
    "chance_none": (
        "No chance within {days} days is shown per account: {reason}. What a band is worth stands above. "
        "The table shows how well the score alone would have given a chance.",
        "{days}日以内の解約確率は、顧客ごとには表示しません({reason})。代わりにバンドごとの実績を上に示し"
        "ています。下の表は、スコアだけから求めた確率の当たり具合です。",
    ),
    "reason_too_few_windows": (
        "fewer than {chance_min_windows} dates have a closed window",
        "期間が終わった基準日が{chance_min_windows}回に満たない",
    ),
    "reason_too_few_churns": (
        "fewer than {chance_min_churns} accounts left within closed windows",
        "終わった期間内に解約した顧客が{chance_min_churns}社に満たない",
    ),
    "reason_too_few_leavers": (
        "fewer than {chance_min_leavers} accounts have left so far",
        "これまでに解約した顧客が{chance_min_leavers}社に満たない",
    ),
    "calibration_head": (
        "| predicted, mean | then left (95 %) | scores | then left | accounts |",
        "| 予測の平均 | 実際の解約率(95%区間) | スコア数 | うち解約 | 顧客数 |",
    ),
    "calibration_picture": ("Predicted chance against churn rate", "予測した確率と実際の解約率"),
    "lift_picture": ("Share of leavers by risk", "リスクの高い順に見た解約の割合"),
    "pictures_note": (
        "The plots are in English.",
        "図の文字は英語です(日本語フォントが見つからないため)。1枚目は横軸が予測した確率、縦軸が実際の解約率"
        "、2枚目は横軸がリスクの高い順に並べた顧客の割合、縦軸がそこに含まれる解約の割合です。",
    ),
    "calibration_title": ("Chance of leaving within {days} days", "{days}日以内の解約確率"),
    "calibration_across": (
        "predicted chance (%), mean of a tenth of the scores",
        "予測した確率(%、スコアの10分の1ごとの平均)",
    ),
    "calibration_up": ("churn rate (%), with its 95 % interval", "実際の解約率(%、95%区間)"),
    "calibration_happened": ("what happened", "実績"),
    "calibration_predicted": ("as predicted", "予測どおりの場合"),
    "lift_title": ("Accounts that left within {days} days", "{days}日以内に解約した顧客"),
    "lift_across": ("share of accounts, riskiest first (%)", "リスクの高い順に見た顧客の割合(%)"),
    "lift_up": ("share of the accounts that left (%)", "解約した顧客に占める割合(%)"),
    "lift_by_chance": ("by chance", "無作為の場合"),
    "segments": ("## By kind of customer", "## 顧客の種類別"),
    "segments_head": (
        "| {dimension} | AUC of the score (95 %) | AUC of the chance (95 %) | scores | then left |",
        "| {dimension} | スコアのAUC(95%区間) | 解約確率のAUC(95%区間) | スコア数 | うち解約 |",
    ),
    "segment_lifecycle_stage": ("stage", "ステージ"),
    "segment_notice": ("notice", "解約の申し出"),
    "segment_billing_months": ("billing period in months", "請求間隔(月)"),
    "segment_billing_months_without_notice": (
        "billing period in months, without notice",
        "請求間隔(月・申し出なし)",
    ),
    "notice_given": ("given, or an end is scheduled", "あり、または終了予定あり"),
    "notice_none": ("none", "なし"),
    "unknown": ("unknown", "不明"),
    "coverage": (
        "On {as_of_date}, {without:.1%} of customers had no score; over all dates "
        "{without_of_all_dates:.1%}. In this report they are in the table of bands alone.",
        "{as_of_date}にスコアがなかった顧客は{without:.1%}、全基準日では{without_of_all_dates:.1%}です。こ"
        "れらの顧客は、この報告ではバンドの表にだけ含まれています。",
    ),
    "indicators": ("## What goes before churn", "## 解約の前触れ"),
    "indicators_head": (
        "| measure | AUC for churn in the next {days} days (95 %) |",
        "| 指標 | 今後{days}日の解約に対するAUC(95%区間) |",
    ),
    "indicators_few": (
        "Fewer than {minimum} accounts left: too few to say which measure tells most.",
        "解約した顧客が{minimum}社に満たないため、どの指標が最も役立つかは判断できません。",
    ),
    "indicators_none": ("No measure was better than a coin.", "コイン投げよりよい指標はありませんでした。"),
    "indicators_coin": ("No better than a coin: {names}.", "コイン投げと変わらない指標: {names}。"),
    "indicators_against": (
        "Against the direction of the seed: {names}.",
        "シードで決めた向きと逆の指標: {names}。",
    ),
    "suggestions": ("## Weights that history suggests", "## 履歴から見た重みの候補"),
    "suggestions_few": (
        "Fewer than {minimum} accounts left: too few to suggest other weights.",
        "解約した顧客が{minimum}社に満たないため、別の重みは提案できません。",
    ),
    "suggestions_head": ("| measure | weight | suggested |", "| 指標 | 現在の重み | 候補 |"),
    "suggestions_worth": (
        "With weights fitted this way on earlier dates alone, AUC on later dates was {suggested:.3f}; "
        "with the present ones, on the same dates, {present:.3f}. Nothing changes by itself: "
        "`make tune-health` shows the suggestion as a change of {file}.",
        "前の基準日だけで求めた重みを後の基準日に使うと、AUCは{suggested:.3f}でした。現在の重みでは、同じ"
        "基準日で{present:.3f}です。重みが自動的に変わることはありません。`make tune-health`が、{file}の変"
        "更案を表示します。",
    ),
    "method": ("## How this was measured", "## 測り方"),
    "method_recorded": (
        "A score uses what had happened by its date and had been recorded by the end of its month, where the "
        "source says when it recorded a row: notice, tickets, answers, reviews and touches. Of contracts and "
        "scheduled ends what had been recorded by then counts, of usage all that happened. Records that come "
        "late make the past look better foreseen than it was: the row “also of what was recorded later” "
        "shows by how much. `account_health_history` keeps scores as they were first published.",
        "スコアには、その基準日までに起き、記録日が分かる場合はその月の終わりまでに記録されていたこと(解約の"
        "申し出、問い合わせ、回答、レビュー、接点)を使っています。契約と終了予定はその日までに記録されてい"
        "た内容、利用は起きたことすべてを数えます。遅れて記録された行があると、過去の予測が実際より当たって"
        "見えます。その差は「後から記録された内容も含む」の行で分かります。最初に公開したときのスコアは"
        "`account_health_history`に残っています。",
    ),
    "method_text": (
        "For every past month-end whose horizon is over, the customers of that day are ranked by their "
        "score of that day. A customer left if its MRR fell to zero within the horizon. AUC is the chance "
        "that, of a customer who left and one who stayed, the one who left had the lower score: 0.5 is a "
        "coin toss, 1 is perfect. The logistic regression is tested on dates later than those it was "
        "fitted on. The values it reads are in `account_health_measures`, the scores in "
        "`account_health_scores`, what became of the customers in `fct_mrr_movements`.",
        "期間が終わった過去の月末ごとに、その日の顧客をその日のスコアで並べます。期間内にMRRが0になった顧"
        "客を解約と数えます。AUCは、解約した顧客と継続した顧客の組で、解約した顧客のスコアの方が低い確率で"
        "す。0.5はコイン投げ、1は完全な予測を表します。ロジスティック回帰は、当てはめに使った基準日より後"
        "の基準日で試しています。読み取った値は`account_health_measures`、スコアは`account_health_scores`"
        "、その後の結果は`fct_mrr_movements`にあります。",
    ),
}


def text(key: str, language: str, **values: Any) -> str:
    """The sentence of a key in a language, filled with values."""
    return _TEXTS[key][LANGUAGES.index(language)].format(**values)


def keys() -> tuple[str, ...]:
    """The keys of all sentences."""
    return tuple(_TEXTS)


def sentences(key: str) -> tuple[str, str]:
    """The sentence of a key in every language, unfilled."""
    return _TEXTS[key]


def plot_texts(language: str) -> tuple[str, ...]:
    """All words that a plot in a language can show."""
    plotted = ("calibration_", "lift_", "model_")
    place = LANGUAGES.index(language)
    return tuple(words[place] for key, words in _TEXTS.items() if key.startswith(plotted))
