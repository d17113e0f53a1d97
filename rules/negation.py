"""Which words a text denies. Short-sighted on purpose: only fillers are passed over."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias, TypeVar

from rules.given import Negation
from rules.words import Form, Span, form_of, form_of_word, head, latin

Mark: TypeAlias = Literal["negator", "after", "exception"]
"""What a word of a pack's negation does where it stands: deny what follows, deny what went before,
or keep what lies in it from counting."""
Place: TypeAlias = tuple[int, int]
"""``[start, end)`` in a form."""
Marked: TypeAlias = tuple[int, int, Mark]
"""Where a mark stands, ``[start, end)``, and which."""
S = TypeVar("S", Span, Marked)

Table: TypeAlias = dict[str, tuple[Form, ...]]
"""Forms by their head, the longest first."""

_SIGN: Final = re.compile("[^0-9a-z\x80-\xff]|\xe2[\x80\x81]|\xe3\x80")
"""Of ASCII, and of U+2000 to U+207F and U+3000 to U+303F: what is no letter, Chinese or Latin."""
_WORD: Final = re.compile("[0-9a-z]+|[\xc2-\xf4][\x80-\xbf]+")
_ASKS: Final = tuple(form_of(char) for char in "不没")


class Denial:
    """A pack's negation, compiled. ``marks``: what to look for in a text, with what it does."""

    __slots__ = ("_fillers", "_joiners", "_past", "_reach", "marks")

    def __init__(self, negation: Negation) -> None:
        self.marks: list[tuple[str, Mark]] = [
            *((word, "negator") for word in _twins(negation.words)),
            *((word, "after") for word in _twins(negation.after)),
            *((word, "exception") for word in _twins(negation.exceptions)),
        ]
        self._fillers = _table(negation.fillers)
        self._joiners = _table(negation.joiners)
        self._reach = negation.reach
        past = [re.escape(form) for forms in _table(negation.past).values() for form in forms]
        self._past = re.compile("|".join(past) or "(?!)")

    def weigh(
        self, form: Form, words: Sequence[Span], marks: Sequence[Marked]
    ) -> tuple[set[int], set[int]]:
        """Indices of the words that a form affirms somewhere, and that it denies somewhere.

        A negator denies what follows it at once or after fillers, and what is joined to that. Two
        in a row affirm. None denies that stands in a word (``没有井盖``), in an exception or in a
        question (``漏不漏水``). Commas and full stops are no fillers, so they end its reach.
        """
        words = sorted(words)
        # Of marks that begin at one place, such as 没 and 没有, the longest counts: the last found.
        marks = sorted({mark[0]: mark for mark in marks}.values())
        exceptions = [one for one in marks if one[2] == "exception"]
        if exceptions:
            words = _outside(words, exceptions)
            marks = _outside(marks, exceptions)
        acting, denied = _acting(form, words, marks)
        negators = [(start, end) for start, end, mark in acting if mark == "negator"]
        if negators:
            denied += self._behind(form, words, negators)
        if len(negators) < len(acting):
            after = [start for start, _, mark in acting if mark == "after"]
            denied += self._before(form, words, after)
        affirmed, negated = _divided(words, denied)
        if not affirmed.isdisjoint(negated):
            return _divided(words, denied + self._gone(form, words, denied))
        return affirmed, negated

    def _behind(self, form: Form, words: Sequence[Span], negators: Sequence[Place]) -> list[Place]:
        """The words that negators deny; each has those up to the next one."""
        denied: list[Place] = []
        i = 0
        while i < len(negators):
            start, end = negators[i]
            first = _first(words, start)
            far, near = self.far(form, end), words[first][0] if first < len(words) else len(form)
            odd = True
            i += 1
            while i < len(negators) and negators[i][0] <= min(far, near):
                far, odd = self.far(form, negators[i][1]), not odd
                i += 1
            if odd:
                until = negators[i][0] if i < len(negators) else len(form)
                denied += self._reached(form, words, end, far, range(first, _first(words, until)))
        return denied

    def far(self, form: Form, at: int) -> int:
        """Where the fillers end that begin at ``at``, and what they may reach over."""
        left = self._reach
        while True:
            begins = form[at : at + 1]
            if begins >= "\xe0":
                begins = form[at : at + 3]  # as head() has it; this is where the time goes
            step = 0
            if begins in self._fillers or begins == " ":
                step = _step(form, at, self._fillers.get(begins, ()))
            if not step and left and not _SIGN.match(form, at):
                word = _WORD.match(form, at)
                step, left = word.end() - at if word else 0, left - 1
            if not step:
                return at
            at += step

    def _joined(self, form: Form, at: int) -> int:
        """As :meth:`far`, if a joiner stands at ``at``; else ``at``."""
        far = at
        while form.startswith(" ", far):
            far += 1
        step = _step(form, far, self._joiners.get(head(form, far), ()))
        return self.far(form, far + step) if step else at

    def _reached(
        self, form: Form, words: Sequence[Span], end: int, far: int, within: range
    ) -> list[Place]:
        """The words that a mark ending at ``end`` speaks of: up to ``far``, where its fillers end,
        and what touches those or is joined to them. ``within``: where in ``words`` they may be."""
        reached: list[Place] = []
        for i in within:
            begins, ends, _ = words[i]
            if begins > far:
                far = self._joined(form, far) if reached else far
                if begins > far:
                    break
            if ends > end:
                reached.append((begins, ends))
                far = max(far, ends)
        return reached

    def _before(self, form: Form, words: Sequence[Span], after: Sequence[int]) -> list[Place]:
        """The words of which it is said at one of the places ``after`` that they are no more."""
        denied: list[Place] = []
        ends = sorted((end, start) for start, end, _ in words)
        for at in after:
            low = at
            for end, start in reversed(ends[: bisect_left(ends, (at + 1,))]):
                far = self.far(form, end) if low == at else self._joined(form, end)
                if far < low:
                    break
                denied.append((start, end))
                low = min(low, start)
        return denied

    def _gone(self, form: Form, words: Sequence[Span], denied: Iterable[Place]) -> list[Place]:
        """What was (``以前积水``) and is denied later on (``现在没有积水了``)."""
        ids_at = {(start, end): ids for start, end, ids in words}
        later: dict[int, int] = {}
        for place in sorted(denied):
            later.update(dict.fromkeys(ids_at[place], place[0]))
        gone: list[Place] = []
        marks = [past.span() for past in self._past.finditer(form)]
        for (start, end), (until, _) in pairwise([*marks, (len(form), 0)]):
            within = range(_first(words, start), _first(words, until))
            reached = self._reached(form, words, end, self.far(form, end), within)
            if any(later.get(i, -1) > start for place in reached for i in ids_at[place]):
                gone += reached
        return gone


def _first(words: Sequence[Span], start: int) -> int:
    """The index of the first word that begins at ``start`` or later."""
    return bisect_left(words, (start,))


def _acting(
    form: Form, words: Sequence[Span], marks: Sequence[Marked]
) -> tuple[list[Marked], list[Place]]:
    """The marks that deny something if anything is near, and the places of words that only seemed
    to be there: ``没有水`` in ``没有水管爆裂``."""
    acting: list[Marked] = []
    seeming: list[Place] = []
    covered = (0, 0)  # the place of the word that reaches farthest so far
    i = acted = 0
    for marked in marks:
        start, end, _ = marked
        while i < len(words) and words[i][0] <= start:
            if words[i][1] > covered[1]:
                covered = words[i][:2]
            i += 1
        if end <= acted:
            continue
        if end <= covered[1]:
            if not _taken_back(words, i, end, covered[1]):
                continue
            seeming.append(covered)
        if _asks(form, start):
            continue
        acting.append(marked)
        acted = end
    return acting, seeming


def _taken_back(words: Sequence[Span], i: int, end: int, cover_end: int) -> bool:
    """Whether one of the words from ``i`` on begins behind a mark that ends at ``end``, inside the
    word around that, and reaches beyond it."""
    while i < len(words) and words[i][0] < cover_end:
        if words[i][0] >= end and words[i][1] > cover_end:
            return True
        i += 1
    return False


def _asks(form: Form, start: int) -> bool:
    """A question of the form A-not-A: 是不是, 有没有, 漏不漏水."""
    if not form.startswith(_ASKS, start):
        return False
    before, behind = form[max(start - 3, 0) : start], form[start + 3 : start + 6]
    return before == behind and len(before) == 3  # a Chinese character is three bytes


def _divided(words: Iterable[Span], denied: Iterable[Place]) -> tuple[set[int], set[int]]:
    places = set(denied)
    affirmed: set[int] = set()
    negated: set[int] = set()
    for start, end, ids in words:
        (negated if (start, end) in places else affirmed).update(ids)
    return affirmed, negated


def _outside(spans: Sequence[S], exceptions: Sequence[Marked]) -> list[S]:
    """Those that lie in no exception, these left out too; both ascend by where they begin."""
    kept: list[S] = []
    i = to = 0
    for span in spans:
        while i < len(exceptions) and exceptions[i][0] <= span[0]:
            to = max(to, exceptions[i][1])
            i += 1
        if span[1] > to:
            kept.append(span)
    return kept


def _twins(words: Iterable[str]) -> list[str]:
    """The words; one with an apostrophe also as phones write it."""
    return [form for word in words for form in dict.fromkeys((word, word.replace("'", "’")))]


def _table(words: Iterable[str]) -> Table:
    forms = sorted({form_of_word(word) for word in _twins(words)}, key=lambda f: (-len(f), f))
    table: dict[str, list[Form]] = {}
    for form in forms:
        table.setdefault(head(form, 0), []).append(form)
    return {begins: tuple(same) for begins, same in table.items()}


def _step(form: Form, at: int, forms: Sequence[Form]) -> int:
    """The length of the first of ``forms`` that stands at ``at``, or of a space; 0 for none.

    Between two Chinese characters a space is as good as a comma.
    """
    for one in forms:
        if form.startswith(one, at):
            end = at + len(one)
            if not (latin(one[-1]) and end < len(form) and latin(form[end])):
                return len(one)
    if form[at : at + 1] == " " and (latin(form[at - 1]) or latin(form[at + 1 : at + 2])):
        return 1
    return 0
