"""A word of the lexicon speaks for one category once: a second weight would be a matter of luck."""

from __future__ import annotations

import unicodedata

from packs.document import Where
from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_word``. Words are compared as a text is: NFKC, without case."""
    document = pack.documents["classify.yaml"]
    seen: dict[tuple[str, str], str] = {}

    def once(owner: str, word: str, where: Where) -> None:
        key = (owner, unicodedata.normalize("NFKC", word).casefold().strip())
        if key in seen:
            raise document.error(
                "duplicate_word",
                f"{word!r} stands twice for {owner} (the first is {seen[key]!r})",
                where,
                mend="keep one of the two",
            )
        seen[key] = word

    for i, entry in enumerate(pack.classify.lexicon):
        for j, word in enumerate(entry.words):
            once(entry.category, word, ("lexicon", i, "words", j))
    for i, group in enumerate(pack.classify.urgent_words):
        for j, word in enumerate(group.words):
            once("urgent_words", word, ("urgent_words", i, "words", j))
