"""The documents lead to each other, and to files and headings that exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.documents import DOCS

if TYPE_CHECKING:
    from pathlib import Path

ROOT = DOCS.parent
DOCUMENTS = sorted([*DOCS.glob("*.md"), *ROOT.glob("README*.md")])


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """What its headings are called in links, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(document: Path, link: str) -> bool:
    """Whether a link within the project leads to no file, or to no heading of it."""
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    """Those within the project; the web is not asked."""
    links = re.findall(r"\]\(([^)\s]+)\)", prose(document))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if is_broken(document, link)] == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.ja.md")), ids=lambda page: page.name)
def test_a_page_in_japanese_has_the_same_parts(page: Path) -> None:
    """As many headings, tables and blocks of code as its original."""
    original = page.with_name(page.name.replace(".ja.md", ".md"))
    for mark in (r"^#+ ", r"^\| ", r"^```\w*$", r"^- ", r"^\d\. "):
        counts = [len(re.findall(mark, p.read_text(), re.MULTILINE)) for p in (page, original)]
        assert counts[0] == counts[1], mark
