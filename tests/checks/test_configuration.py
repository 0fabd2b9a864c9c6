"""The pages about configuration name every command and variable once, with its real default."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from deploy.cli import COMMANDS
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, Settings
from tests.browser.documents import DOCS

ROOT = DOCS.parent
PAGES = ("configuration.md", "configuration.ja.md")
SETTINGS = {name.upper() for name in VARIABLES}
FILES = {f"{name}_FILE" for name in SECRETS}

pytestmark = pytest.mark.parametrize("page_name", PAGES)


class Row(NamedTuple):
    """A variable's row in a table: its name, the name of its file variable, its default's cell."""

    names: list[str]
    default: str

    @property
    def value(self) -> str:
        """The default as a value of the variable; "" if the cell describes it in words."""
        code = re.match(r"`([^`]+)`", self.default)
        return code[1] if code else ""


def rows(page_name: str, columns: int) -> Iterator[Row]:
    """Yield the variables of the page's table with this number of columns."""
    for line in (DOCS / page_name).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if re.match(r"\| `[A-Z][A-Z_]+`", line) and len(cells) == columns:
            yield Row(re.findall(r"`([A-Z_]+)`", cells[0]), cells[-2])


def own_variables(page_name: str) -> list[Row]:
    """Return the variables that Streamario reads."""
    return list(rows(page_name, columns=4))


def compose_variables(page_name: str) -> list[Row]:
    """Return the variables that only Compose reads."""
    return list(rows(page_name, columns=3))


def test_every_command_is_named_once(page_name: str) -> None:
    named = re.findall(
        r"^\| `streamario ([a-z]+)` \|", (DOCS / page_name).read_text(), re.MULTILINE
    )
    assert sorted(named) == sorted(COMMANDS)


def test_every_variable_and_file_is_named_once(page_name: str) -> None:
    named = [name for row in own_variables(page_name) for name in row.names]
    assert sorted(named) == sorted(SETTINGS | FILES)


def test_defaults_are_those_of_the_settings(page_name: str) -> None:
    """A default in words, such as "none", stands for an empty one."""
    defaults = Settings()
    for row in own_variables(page_name):
        name = row.names[0].lower()
        default = getattr(defaults, name)
        assert (VARIABLES[name](row.value) == default) if row.value else not default, name


def test_the_template_has_the_same_variables_and_defaults(page_name: str) -> None:
    """`.env.example`: if it leaves a variable empty, its comment has the default."""
    template = (ROOT / ".env.example").read_text()
    values = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", template, re.MULTILINE))
    documented = {row.names[0]: row for row in own_variables(page_name)}
    assert values.keys() >= documented.keys()
    for name, row in documented.items():
        assert values[name] in ("", row.value), name
    for row in compose_variables(page_name):
        (name,) = row.names
        if name in values and name != "COMPOSE_FILE":
            assert values[name] == row.value


def test_what_only_compose_reads_has_its_default_there(page_name: str) -> None:
    files = [(ROOT / file).read_text() for file in ("compose.yaml", "deploy/compose/tls.yaml")]
    read = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", "".join(files)))
    expected = {name: value for name, value in read.items() if name not in SETTINGS}
    shown = {row.names[0]: row.value for row in compose_variables(page_name)}
    assert shown.pop("COMPOSE_FILE") == "compose.yaml"
    assert shown == expected
