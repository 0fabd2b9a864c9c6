"""The documents lead to each other, and to files and headings that exist."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.browser.documents import DOCS

ROOT = DOCS.parent
HERE = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md")
LISTED = subprocess.run(HERE, cwd=ROOT, capture_output=True, text=True, check=True).stdout
DOCUMENTS = [ROOT / name for name in sorted(LISTED.split()) if (ROOT / name).exists()]
PICTURES = sorted([*(DOCS / "images").iterdir(), *DOCS.glob("*.svg")])


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


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT))
)
def test_every_link_leads_somewhere(document: Path) -> None:
    """To a file that is there, and to a heading that it has."""
    assert [link for link in links(document) if is_broken(document, link)] == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_every_picture_is_shown(picture: Path) -> None:
    """On some page, so that none grows old unseen."""
    shown = {(page.parent / link).resolve() for page in DOCUMENTS for link in links(page)}
    assert picture in shown
