"""Links between the pages lead somewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from doc_pages import PAGES, ROOT, links, prose, relative

LOCAL = [(page, link) for page in PAGES for link in links(page) if not re.match(r"[a-z]+://", link)]


@pytest.mark.parametrize(
    ("page", "link"),
    LOCAL,
    ids=lambda value: value if isinstance(value, str) else relative(value),
)
def test_a_link_leads_to_a_file_or_a_heading(page, link):
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    assert target.exists(), f"{relative(page)}: {link}"
    assert target.is_relative_to(ROOT), f"{relative(page)}: {link} leaves the checkout"
    if anchor:
        assert anchor in _anchors(target), f"{relative(page)}: {link}"


def test_every_page_of_docs_is_linked_from_another_page():
    linked = {(page.parent / link.partition("#")[0]).resolve() for page, link in LOCAL}
    lost = [relative(page) for page in PAGES if page not in linked and page.name != "README.md"]
    assert lost == []


def test_the_picture_of_the_flow_is_drawn_with_a_title_for_those_who_cannot_see_it():
    picture = ET.parse(ROOT / "docs" / "flow.svg").getroot()
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert picture.findtext("svg:title", namespaces=space)
    assert "ledger" in (picture.findtext("svg:desc", namespaces=space) or "")


def _anchors(page) -> set[str]:
    """GitHub's: lower case, no punctuation, hyphens for spaces."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
