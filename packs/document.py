"""One YAML file as plain data, with the line of every key and item."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean

from messages.errors import PackError
from packs.file_bytes import read_bytes

Where: TypeAlias = tuple[str | int, ...]
"""A path into a file's data, such as ``("departments", 3, "code")``."""

_PARSED_TEXTS: Final = 64
_PARSED: Final[dict[str, tuple[Any, Mapping[Where, int]]]] = {}
"""What equal texts came to: a process that loads a pack again (a check, a diff, a hot reload) does
not parse what has not changed. Nobody changes a document."""

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Document:
    """``data``: plain dicts, lists and scalars. ``file``: as an error should name it."""

    file: Path
    data: Any
    lines: Mapping[Where, int]

    def line(self, where: Where) -> int:
        """The line (from 1) of the deepest part of ``where`` that the file has."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def error(self, code: str, message: str, where: Where, *, mend: str) -> PackError:
        """The error to raise about what stands at ``where``."""
        return PackError(code, message, file=self.file, line=self.line(where), mend=mend)


def read(file: Path) -> Document:
    """The document in a YAML 1.2 file. Raises :class:`PackError` with file, line and mend."""
    text = _text(file)
    known = _PARSED.get(text)
    if known is None:
        known = _parsed(file, text)
        if len(_PARSED) >= _PARSED_TEXTS:
            _PARSED.clear()
        _PARSED[text] = known
    return Document(file, *known)


def _parsed(file: Path, text: str) -> tuple[Any, Mapping[Where, int]]:
    # Round trip, because that loader keeps lines; no other feature of it is used.
    yaml = YAML(typ="rt", pure=True)
    try:
        tree = yaml.load(text)
    except DuplicateKeyError as error:
        key = (error.problem or "").partition("found duplicate key ")[2].partition(" with ")[0]
        raise _at(file, error, "duplicate_key", f"{key or 'a key'} stands here twice") from None
    except YAMLError as error:
        raise _at(file, error, "syntax", "not YAML") from None
    except (RecursionError, ValueError) as error:
        raise PackError("syntax", f"not YAML: {error}", file=file, mend="mend the file") from None
    if tree is None:
        raise PackError("empty_file", "nothing stands in it", file=file, line=1, mend="fill it in")
    reader = _Reader(file)
    data = reader.plain(tree, (), tree.lc.line + 1 if hasattr(tree, "lc") else 1)
    return data, reader.lines


def _text(file: Path) -> str:
    raw = read_bytes(
        file,
        MAX_BYTES,
        missing="add it to the pack",
        too_large="move data into a CSV or GeoJSON file",
    )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PackError(
            "not_utf8", "not UTF-8", file=file, line=line, mend="save the file as UTF-8"
        ) from None


def _at(file: Path, error: YAMLError, code: str, what: str) -> PackError:
    mark = problem = None
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = error.problem if code == "syntax" else None
    mend = "keep one of the two" if code == "duplicate_key" else "mend the indentation or quotes"
    message = f"{what}: {problem}" if problem else what
    return PackError(code, message, file=file, line=mark.line + 1 if mark else 0, mend=mend)


class _Reader:
    """From ruamel's tree to plain data; collects lines on the way."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[Where, int] = {}
        self.nodes = 0

    def plain(self, node: Any, where: Where, line: int) -> Any:
        self.lines[where] = line
        self.nodes += 1
        if self.nodes > MAX_NODES or len(where) > MAX_DEPTH:
            raise self._error("too_large", "too many or too deep values", line, "unfold anchors")
        match node:
            case CommentedMap():
                return {self._key(k, node, line): self._value(node, k, where) for k in node}
            case CommentedSeq():
                return [
                    self.plain(item, (*where, i), node.lc.item(i)[0] + 1)
                    for i, item in enumerate(node)
                ]
            case ScalarBoolean() | bool():
                return bool(node)
            case None:
                return None
            case int():
                return int(node)
            case float():
                if not math.isfinite(node):
                    raise self._error(
                        "wrong_type", f"{node} counts nothing", line, "write a number"
                    )
                return float(node)
            case str():
                return str(node)
        raise self._error(
            "wrong_type",
            f"{type(node).__name__} is not a text, number, list or mapping",
            line,
            "write it as a quoted text",
        )

    def _value(self, node: CommentedMap, key: Any, where: Where) -> Any:
        try:
            line = node.lc.key(key)[0] + 1
        except (KeyError, TypeError):  # a key that came through a merge (<<) has no line here
            line = node.lc.line + 1
        return self.plain(node[key], (*where, key), line)

    def _key(self, key: Any, node: CommentedMap, line: int) -> str:
        if isinstance(key, str):
            return str(key)
        raise self._error(
            "wrong_type",
            f"the key {key!r} is not a text",
            node.lc.key(key)[0] + 1 if not isinstance(key, CommentedMap) else line,
            "put it in quotes",
        )

    def _error(self, code: str, message: str, line: int, mend: str) -> PackError:
        return PackError(code, message, file=self.file, line=line, mend=mend)
