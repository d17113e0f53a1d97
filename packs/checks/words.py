"""A word has one weight for a category and one place in the negation, and no word is a negator."""

from __future__ import annotations

import unicodedata

from packs.document import Where
from packs.pack import Pack

_PARTS = ("words", "fillers", "joiners", "after", "past", "exceptions")


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_word``, ``pack.word_is_negator``. Words are compared as a text is:
    NFKC, without case."""
    document = pack.documents["classify.yaml"]
    negation = pack.classify.negation
    seen: dict[tuple[str, str], str] = {}
    negators = {_form(word) for word in negation.words} if negation is not None else set()

    def once(owner: str, word: str, where: Where) -> None:
        key = (owner, _form(word))
        if owner != "negation" and key[1] in negators:
            raise document.error(
                "word_is_negator",
                f"{word!r} is a word of {owner} and of negation.words: it could deny nothing",
                where,
                mend="take it out of one of the two",
            )
        if key in seen:
            raise document.error(
                "duplicate_word",
                f"{word!r} stands twice for {owner} (the first is {seen[key]!r})",
                where,
                mend="keep one of the two",
            )
        seen[key] = word

    if negation is not None:
        for part in _PARTS:
            for i, word in enumerate(getattr(negation, part)):
                once("negation", word, ("negation", part, i))
    for i, entry in enumerate(pack.classify.lexicon):
        for j, word in enumerate(entry.words):
            once(entry.category, word, ("lexicon", i, "words", j))
    for i, group in enumerate(pack.classify.urgent_words):
        for j, word in enumerate(group.words):
            once("urgent_words", word, ("urgent_words", i, "words", j))


def _form(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()
