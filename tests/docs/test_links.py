"""The documents lead to each other, and to files and headings that exist."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.browser.documents import DOCS
from tests.docs.links import ROOT, is_broken, links

if TYPE_CHECKING:
    from pathlib import Path

HERE = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md")
LISTED = subprocess.run(HERE, cwd=ROOT, capture_output=True, text=True, check=True).stdout
DOCUMENTS = [ROOT / name for name in sorted(LISTED.split()) if (ROOT / name).exists()]
PICTURES = sorted([*(DOCS / "images").iterdir(), *DOCS.glob("*.svg")])


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
