"""The pages a reader sees, taken apart: fenced blocks, tables, links and commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
COMMANDS = ("wangge", "make")

_FENCE = re.compile(r"^```(\w+)?[ \t]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_ENDS_A_COMMAND = frozenset({"|", "||", "&&", ";", "&", ">", ">>", "2>", "<", "<<"})


@dataclass(frozen=True)
class Block:
    """A fenced block: ```` ```language name ````."""

    page: Path
    language: str
    name: str
    text: str


def relative(page: Path) -> str:
    """The page as a test's name shows it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The page's fenced blocks, of one language or all."""
    found = [
        Block(page, match[1] or "", match[2].strip(), match[3])
        for match in _FENCE.finditer(page.read_text("utf-8"))
    ]
    return [block for block in found if language in (None, block.language)]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """Where the page's links lead, as written."""
    return _LINK.findall(prose(page))


def inline_code(page: Path) -> list[str]:
    """What stands between single backticks outside of fenced blocks."""
    return _INLINE.findall(prose(page))


def table(page: Path, heading: str) -> list[list[str]]:
    """The cells of the table whose header row begins with ``heading``, without that row."""
    rows: list[list[str]] = []
    lines = iter(page.read_text("utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    return rows
                rows.append([cell.strip() for cell in row.strip("|").split("|")])
    if not rows:
        raise AssertionError(f"{relative(page)} has no table headed {heading!r}")
    return rows


def code(cell: str) -> str:
    """The first thing between backticks in a table's cell."""
    found = _INLINE.search(cell)
    assert found is not None, f"no code in {cell!r}"
    return found[1]


def typed_commands(page: Path) -> list[list[str]]:
    """Every ``wangge …`` and ``make …`` of the page's ``sh`` blocks, as argument lists."""
    found: list[list[str]] = []
    for block in blocks(page, "sh"):
        for line in block.text.replace("\\\n", " ").splitlines():
            found += _commands_of(line)
    # CONTRIBUTING indents its commands by four spaces.
    for line in re.findall(r"^    (.+)$", prose(page), re.MULTILINE):
        found += _commands_of(line)
    return found


def _commands_of(line: str) -> Iterator[list[str]]:
    if not re.match(rf"({'|'.join(COMMANDS)}) ", line) and " && " not in line:
        return
    command: list[str] = []
    for word in [*shlex.split(line, comments=True), ";"]:
        if word in _ENDS_A_COMMAND:
            if command and command[0] in COMMANDS:
                yield command
            command = []
        else:
            command.append(word)
