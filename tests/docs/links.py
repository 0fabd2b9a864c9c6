"""Links in documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.documents import DOCS

if TYPE_CHECKING:
    from pathlib import Path

ROOT = DOCS.parent


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """What its headings are called in links, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> list[str]:
    """Where it leads within the project: the web is not asked."""
    found = re.findall(r'\]\(([^)\s]+)\)|<img src="([^"]+)"', prose(document))
    return [link for link in map("".join, found) if not re.match(r"[a-z]+:", link)]


def is_broken(document: Path, link: str) -> bool:
    """Whether a link within the project leads to no file, or to no heading of it."""
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return not target.exists() or bool(anchor and anchor not in anchors(target))
