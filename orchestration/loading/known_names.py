"""Names and words of exports that are known besides those of the contract: `known_names.yml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).with_name("known_names.yml")


def plain(name: str) -> str:
    """A name without what spellings differ in: case, width, blanks, hyphens, underscores, full stops."""
    return re.sub(r"[\s_\-.()]", "", unicodedata.normalize("NFKC", name)).casefold()


@cache
def known(kind: str) -> Mapping[str, Sequence[str]]:
    """The names of one kind, `columns`, `tables`, `billing` or `units`, without what spellings differ in."""
    content = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return {name: [plain(str(other)) for other in (name, *others)] for name, others in content[kind].items()}


def billing_period(words: str) -> tuple[str, int] | None:
    """The interval and the count that words such as 月額, annual or `3 months` mean; None where unknown."""
    text = plain(words)
    for meaning, others in known("billing").items():
        if text in others:
            count, _, unit = meaning.rpartition(" ")
            return unit, int(count or 1)
    parts = re.fullmatch(r"(?:every|毎)?([0-9]+)(.+?)(?:ごと|毎|払い|契約)?", text)
    if parts and int(parts[1]) > 0:
        for unit, others in known("units").items():
            if parts[2] in others:
                return unit, int(parts[1])
    return None
