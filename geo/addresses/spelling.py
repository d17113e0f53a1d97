"""One spelling for all texts: width, case, blanks, punctuation and English short forms."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from unicodedata import normalize

LONGEST: Final = 512
"""Characters of an address that are read."""

# Letters, Han and digits without anything between them: most addresses, and no more to do.
_PLAIN = re.compile(r"[0-9㐀-鿿]+|[0-9a-z]+")
_WORD = re.compile(r"[^\W_]+")
_JOINS: Final = frozenset(" \t\r\n\v\f\u3000\u00a0-‐‑–'’·.")
"""Characters that part nothing: between two Han characters a blank says nothing."""
_ENGLISH: Final = {
    "rd": "road",
    "st": "street",
    "str": "street",
    "ave": "avenue",
    "av": "avenue",
    "blvd": "boulevard",
    "ln": "lane",
    "dist": "district",
    "subdist": "subdistrict",
    "neighborhood": "neighbourhood",
    "neighborhoods": "neighbourhood",
    "comm": "community",
}


class Spelling(NamedTuple):
    """``text``: without punctuation; one blank between two Latin words or numbers, none elsewhere.

    ``breaks``: indices into it before which a comma, bracket or the like stood.
    """

    text: str
    breaks: tuple[int, ...]


def spell(written: str) -> Spelling:
    """The one spelling of a text; nothing but its first :data:`LONGEST` characters is read."""
    folded = normalize("NFKC", written[:LONGEST]).casefold()
    if _PLAIN.fullmatch(folded):
        return Spelling(_ENGLISH.get(folded, folded)[:LONGEST], ())
    parts: list[str] = []
    breaks: list[int] = []
    length = end = 0
    latin = False
    for word in _WORD.finditer(folded[:LONGEST]):
        piece = word[0]
        starts_latin = piece[0].isascii()
        between = folded[end : word.start()]
        if parts and latin and starts_latin:
            if piece == "district" and parts[-1] == "sub":  # sub-district
                parts[-1], length = "subdistrict", length + len(piece)
                end = word.end()
                continue
            parts.append(" ")
            length += 1
        if parts and not _JOINS.issuperset(between):
            breaks.append(length)
        if starts_latin:
            piece = _ENGLISH.get(piece, piece)
        parts.append(piece)
        length += len(piece)
        latin = piece[-1].isascii()
        end = word.end()
    return Spelling("".join(parts), tuple(breaks))


def same_spelling(written: str) -> str:
    """The text of :func:`spell`."""
    return spell(written).text
