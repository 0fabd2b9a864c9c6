"""Each page in Japanese says what its original says, part by part."""

import re
from pathlib import Path

import pytest

from tests.browser.documents import DOCS

JAPANESE = sorted(DOCS.glob("*.ja.md"))
OF_THEIR_OWN = {"security.ja.md"}  # shorter than the English page, and in another order
TRANSLATIONS = [page for page in JAPANESE if page.name not in OF_THEIR_OWN]
# The last level of headings that is translated: the table of alerts says in Japanese what to do.
TRANSLATED_TO = {"runbook.ja.md": 2}
# In quick starts, commands hold words that are translated, as the name of a room.
SAME_COMMANDS = [page for page in TRANSLATIONS if not page.name.startswith("quickstart")]

CODE = re.compile(r"^( *```\w*)$.*?^ *```$", re.DOTALL | re.MULTILINE)
COMMANDS = re.compile(r"^ *```(?:sh|sql)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(?:^| +)# .*$", re.MULTILINE)
PARTS = {
    "items": re.compile(r"^ *(?:-|\d+\.) ", re.MULTILINE),
    "rows": re.compile(r"^ *\| ", re.MULTILINE),
    "blocks": re.compile(r"^ *```", re.MULTILINE),
}


def original_of(page: Path) -> Path:
    """The English page that a Japanese one translates."""
    return page.with_name(page.name.replace(".ja.md", ".md"))


def outline(document: Path, deepest: int) -> list[dict[str, int]]:
    """Each section down to a level, in order: what it has of each of the parts."""
    text = CODE.sub(r"\1", document.read_text())
    sections = re.split(r"^(?=#+ )", text, flags=re.MULTILINE)[1:]
    return [
        {"level": level} | {name: len(mark.findall(section)) for name, mark in PARTS.items()}
        for section in sections
        if (level := section.index(" ")) <= deepest
    ]


@pytest.mark.parametrize("page", JAPANESE, ids=lambda page: page.name)
def test_a_page_in_japanese_and_its_original_link_to_each_other(page: Path) -> None:
    """So whoever finds one finds the other."""
    original = original_of(page)
    assert f"[English]({original.name})" in page.read_text()
    assert f"[日本語]({page.name})" in original.read_text()


@pytest.mark.parametrize("page", TRANSLATIONS, ids=lambda page: page.name)
def test_a_page_in_japanese_has_the_sections_of_its_original(page: Path) -> None:
    """In the same order, each with as many list items, rows of tables and blocks of code."""
    deepest = TRANSLATED_TO.get(page.name, 6)
    assert outline(page, deepest) == outline(original_of(page), deepest)


@pytest.mark.parametrize("page", SAME_COMMANDS, ids=lambda page: page.name)
def test_a_page_in_japanese_has_the_commands_of_its_original(page: Path) -> None:
    """But for their comments. Tests run those of the original, so both are right."""
    translated, original = (
        [COMMENT.sub("", block) for block in COMMANDS.findall(document.read_text())]
        for document in (page, original_of(page))
    )
    assert translated == original
