"""``advertisement``: words and ways to be reached that add up to an offer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from rules.screen.check import Check
from rules.screen.facts import ScreenFacts
from rules.text import normalise
from rules.words import Words


class WeightedWords(Protocol):
    """Words with one weight. Below zero they speak against, as in a report about posters."""

    @property
    def words(self) -> Sequence[str]: ...
    @property
    def weight(self) -> float: ...


class Advertisement(Protocol):
    """``patterns``: weights of the named patterns of this file."""

    @property
    def threshold(self) -> float: ...
    @property
    def words(self) -> Sequence[WeightedWords]: ...
    @property
    def patterns(self) -> Mapping[str, float]: ...


_GAP: Final = r"[^0-9a-z\u4e00-\u9fff]{0,4}"
# Each begins with a letter or a set of them, so that the search skips what cannot begin a match;
# what must not stand before it is therefore asked for behind. Stars are what rules/masking leaves
# of a number.
PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    # an account (6 to 20 characters, a letter first) or a number that is used as one
    "wechat": re.compile(
        rf"(?:微信|薇信|威信|v信|wechat|weixin|vx|wx)(?<![0-9a-z][vw]x) ?(?:号|id)?{_GAP}"
        r"(?:[a-z][-_0-9a-z]{5,19}|1[3-9]\d[\d*]{8})(?![-_0-9a-z])"
    ),
    "qq": re.compile(
        rf"(?:qq|扣扣|企鹅)(?<![0-9a-z]qq) ?(?:群号|群|号)?{_GAP}[1-9]\d{{4,10}}(?!\d)"
    ),
    # a mobile number of the mainland: 11 digits in one, or as 3, 4 and 4
    "phone": re.compile(r"1(?<!\d1)[3-9]\d([- ]?)[\d*]{4}\1[\d*]{4}(?!\d)"),
    "url": re.compile(
        r"https?://[^\s/]{3}|www\.[^\s.]{2,63}\.[a-z]{2}"
        r"|[a-z0-9](?<![-.@0-9a-z][a-z0-9])[-a-z0-9]{1,62}"
        r"\.(?:com|cn|net|org|top|xyz|vip|cc|shop|club|site|online|info|me|io)(?![0-9a-z])"
    ),
}
_MAY_MATCH = [f"{char}[-./:0-9a-z]{{2}}" for char in "0123456789abcdefghijklmnopqrstuvwxyz"]
"""Every pattern needs one of these."""


def advertisement(given: Advertisement) -> Check:
    """Texts whose words (each once) and patterns (each once) weigh ``threshold`` or more."""
    pairs = [(word, group.weight) for group in given.words for word in group.words]
    words, weights = Words(word for word, _ in pairs), [weight for _, weight in pairs]
    patterns = [(name, PATTERNS[name].search, weight) for name, weight in given.patterns.items()]
    may_count = _any_of([word for word, weight in pairs if weight > 0], bool(patterns))
    threshold = given.threshold

    def found(facts: ScreenFacts, form: str) -> str | None:
        if may_count(form) is None:
            return None
        parts = [(name, weight) for name, search, weight in patterns if search(form)]
        parts += [(words.words[i], weights[i]) for i in words.find(facts.text)]
        score = round(sum(weight for _, weight in parts), 6)
        if score < threshold:
            return None
        figures = ", ".join(f"{name} ({weight:g})" for name, weight in parts)
        return f"{figures}: {score:g}, and {threshold:g} is an advertisement"

    return found


def _any_of(words: Sequence[str], patterns: bool) -> Callable[[str], object | None]:
    """A search for anything that can count. On an ordinary text it is much faster than those for
    all of them, because whatever it looks for begins with one of a set of characters."""
    begins = [re.escape(normalise(word).strip()) for word in words]
    return re.compile("|".join(begins + _MAY_MATCH * patterns)).search
