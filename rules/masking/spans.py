"""Parts of a text that are hidden, and how.

Masking a masked text again changes nothing. That holds because every finder keeps to these rules:

- a star is never part of what it looks for, and no end of a word;
- what it hides begins with characters that stay (138, 025, 苏A, 张), so that whatever stands to
  the left of it sees the same neighbour before and after;
- those characters are not taken for the end of a number: see :data:`END`;
- of numbers, at most two digits stay behind the stars, and no pattern begins with so few.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["phone", "id_number", "card", "plate", "name"]

END: Final = r"(?![0-9]|\*(?:\*{3}|\*{0,2}[ -][0-9*]))"
"""Pattern: a number ends here. Neither more digits follow, nor the stars that hide them, as in
138******78, 138*-***-**78 and 0512*** ****. Other stars, such as **13812345678**, part nothing."""


class Span(NamedTuple):
    """``start`` to ``end`` (excluded) is personal data of one kind. Spans may overlap."""

    kind: Kind
    start: int
    end: int


def starred(text: str, spans: Iterable[Span]) -> str:
    """The text with a star for each letter, digit and Han character in the spans; of a phone, for
    each digit.

    Spaces, hyphens and brackets stay, so the length and every index are those of ``text``.
    """
    characters = list(text)
    for kind, start, end in spans:
        for i in range(start, end):
            character = characters[i]
            if character.isdecimal() if kind == "phone" else character.isalnum():
                characters[i] = "*"
    return "".join(characters)
