"""What a page tells a reader to type is what the command line takes."""

from __future__ import annotations

import re

import pytest
from command_tree import leaves, options, take
from doc_pages import PAGES, ROOT, code, inline_code, relative, table, typed_commands

LEAVES = dict(leaves())
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
TYPED = [(relative(page), typed) for page in PAGES for typed in typed_commands(page)]
NAMED = [
    (relative(page), words.split())
    for page in PAGES
    for words in inline_code(page)
    if words.startswith(("wangge ", "make "))
]


@pytest.mark.parametrize(("page", "typed"), TYPED, ids=lambda value: str(value)[:60])
def test_a_command_of_a_page_parses(page, typed):
    program, *arguments = typed
    if program == "make":
        goals = [word for word in arguments if "=" not in word]
        assert set(goals) <= TARGETS, f"{page}: no such target in {typed}"
    else:
        take(arguments)


@pytest.mark.parametrize(("page", "words"), NAMED, ids=lambda value: str(value)[:60])
def test_a_command_named_in_a_sentence_exists_with_its_options(page, words):
    program, *rest = words
    if program == "make":
        assert rest[0] in TARGETS, f"{page}: no target {rest[0]}"
        return
    names = [name for name in LEAVES if " ".join(rest).startswith(name)]
    groups = {name.split()[0] for name in LEAVES if " " in name}
    if not names and rest[0] in groups | {"--help"}:
        return
    assert names, f"{page}: no command in {words}"
    given = {word.partition("=")[0] for word in rest if word.startswith("-")}
    assert given <= options(LEAVES[max(names, key=len)]), f"{page}: {words}"


def test_the_pages_have_commands_to_check():
    assert len(TYPED) > 20
    assert len(NAMED) > 20


def test_every_command_stands_in_the_readme_s_table():
    listed = [code(row[0]) for row in table(ROOT / "README.md", "command")]
    assert sorted(listed) == sorted(f"wangge {name}" for name in LEAVES)
