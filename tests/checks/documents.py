"""The documents for users and operators."""

from pathlib import Path

from tests.browser.documents import DOCS

ROOT = DOCS.parent
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
DEPLOYED = sorted((ROOT / "deploy").glob("**/README.md"))
DOCUMENTS = [*sorted(DOCS.glob("*.md")), *READMES, *DEPLOYED]


def name_of(document: Path) -> str:
    """Return its path from the root of the repository."""
    return str(document.relative_to(ROOT))
