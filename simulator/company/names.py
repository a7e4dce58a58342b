"""Names of companies and people, from pools that are made once per company.

A company's name is a surname, a coined word and a trade. Every coined word has a syllable that no
English or Japanese name has, so that none is a real company's. People are random pairs of common names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from faker import Faker

from simulator.randomness import Bools, Ints, stream

_OPEN = ("ka", "lo", "mi", "ta", "ru", "sa", "ve", "do", "ne", "pi", "ha", "zo", "bri", "cla", "fe", "gu")
_RARE = ("qi", "qe", "qo", "xu", "vza", "zvi", "qua-", "xeq")
_CLOSE = ("ra", "lon", "ris", "nta", "vo", "mel", "dex", "tis", "nor", "lia", "ren", "zum")
_OPEN_JA = ("カ", "ロ", "ミ", "タ", "ル", "サ", "ネ", "ピ", "ハ", "ゾ", "フェ", "グ")
_RARE_JA = ("クィ", "クェ", "クォ", "ヴゾ", "ズヴィ", "グォ")
_CLOSE_JA = ("ラ", "ロン", "リス", "ンタ", "ボ", "メル", "デクス", "ノル", "レン", "ズム")
# By industry, in the catalog's order.
_TRADES = (
    ("Software", "Systems"), ("Works", "Tools"), ("Stores", "Trading"), ("Capital", "Partners"),
    ("Clinics", "Care"), ("Academy", "Learning"), ("Logistics", "Freight"), ("Consulting", "Advisors"),
)  # fmt: skip
_TRADES_JA = (
    ("ソフト", "情報"), ("製作所", "工業"), ("商店", "商事"), ("金融", "投資"),
    ("医療", "ケア"), ("学園", "教育"), ("物流", "運輸"), ("事務所", "総研"),
)  # fmt: skip
_POOL = 400


@dataclass(frozen=True)
class NamePools:
    """Surnames and coined words by language (English, Japanese), and full names of people."""

    surnames: tuple[list[str], list[str]]
    coined: tuple[list[str], list[str]]
    people: tuple[list[str], list[str]]


def name_pools(seed: int) -> NamePools:
    """The pools of one simulated company."""
    rng = stream(seed, "names")
    surnames, people = [], []
    for locale in ("en_US", "ja_JP"):
        fake = Faker(locale)
        fake.seed_instance(int(rng.integers(2**31)))
        surnames.append(sorted({fake.last_name() for _ in range(_POOL)}))
        people.append([fake.name().removeprefix("Dr. ").removeprefix("Mr. ") for _ in range(_POOL)])
    coined: list[list[str]] = [
        [a + b.strip("-") + c for a in opening for b in rare for c in closing]
        for opening, rare, closing in ((_OPEN, _RARE, _CLOSE), (_OPEN_JA, _RARE_JA, _CLOSE_JA))
    ]
    coined[0] = [word.capitalize() for word in coined[0]]
    return NamePools((surnames[0], surnames[1]), (coined[0], coined[1]), (people[0], people[1]))


def company_names(seed: int, pools: NamePools, is_japanese: Bools, industry: Ints) -> pa.Array:
    """One name per account, in its country's language and of its trade."""
    rng = stream(seed, "company names")
    draws = rng.random((3, len(industry)))
    texts = []
    for language, trades in ((0, _TRADES), (1, _TRADES_JA)):
        surname, coined = pools.surnames[language], pools.coined[language]
        flat = [trade for pair in trades for trade in pair]
        codes = zip(
            _scaled(draws[0], len(surname)).tolist(),
            _scaled(draws[1], len(coined)).tolist(),
            (industry * 2 + _scaled(draws[2], 2)).tolist(),
            strict=True,
        )
        space = "" if language else " "
        texts.append([space.join((surname[a], coined[b], flat[c])) for a, b, c in codes])
    chosen = [texts[int(japanese)][k] for k, japanese in enumerate(is_japanese.tolist())]
    return pa.array(chosen, pa.string())


def people_names(pools: NamePools, is_japanese: Bools, start: int = 0) -> list[str]:
    """One full name per person, each used once before the pool repeats."""
    used = [start, start]
    names = []
    for japanese in is_japanese:
        pool = pools.people[int(japanese)]
        names.append(pool[used[int(japanese)] % len(pool)])
        used[int(japanese)] += 1
    return names


def _scaled(draws: np.ndarray, size: int) -> Ints:
    return (draws * size).astype(np.int64)
