"""What docs/operations.md and other documents state is so: variables, commands, figures, SQL."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from deploy.cli import COMMANDS
from deploy.environment import SECRETS
from shared.settings import VARIABLES, Settings
from tests.api_service.audit.audits import audited, played
from tests.api_service.ledger.books import open_books
from tests.browser.documents import DOCS, code
from tests.browser.test_links import ROOT, is_broken, prose
from tests.deploy import backups
from tests.flow.fleet import open_fleet
from ws_gateway.server import LONGEST_DRAIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

OPERATIONS = DOCS / "operations.md"
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
DEPLOYED = sorted((ROOT / "deploy").glob("**/README.md"))
DOCUMENTS = [*sorted(DOCS.glob("*.md")), *READMES, *DEPLOYED]
SETTINGS = {name.upper() for name in VARIABLES}
FILES = {f"{name}_FILE" for name in SECRETS}
BOOKS = ("rooms", "rounds", "presses", "triggers", "accounts", "room_viewers", "journal")


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def rows(document: Path) -> Iterator[list[str]]:
    """The cells of a document's tables of variables, row by row."""
    for line in document.read_text().splitlines():
        if re.match(r"\| `[A-Z][A-Z_]+`", line):
            yield [cell.strip() for cell in line.strip("| ").split(" | ")]


def variables(document: Path) -> list[str]:
    """All that its tables of variables name, in the first column."""
    return [name for first, *_ in rows(document) for name in re.findall(r"`([A-Z_]+)`", first)]


def table_of_variables(tmp_path: Path) -> Path:
    """The section of operations.md that has them, as a document."""
    section = re.split(r"^## ", OPERATIONS.read_text(), flags=re.MULTILINE)
    (found,) = [part for part in section if part.startswith("Every variable\n")]
    document = tmp_path / "variables.md"
    document.write_text(found)
    return document


@pytest.mark.parametrize("document", READMES, ids=name_of)
def test_a_readme_names_every_variable_once(document: Path) -> None:
    """Those that name files may be left to operations.md."""
    named = [name for name in variables(document) if name not in FILES]
    assert sorted(named) == sorted(SETTINGS)


def test_operations_name_every_variable_and_file_once(tmp_path: Path) -> None:
    assert sorted(variables(table_of_variables(tmp_path))) == sorted(SETTINGS | FILES)


def test_defaults_that_operations_name_are_the_settings_own(tmp_path: Path) -> None:
    """A default in words, as "none", is not looked at."""
    for names, _, default, *_ in rows(table_of_variables(tmp_path)):
        name = names.split("`")[1].lower()
        if default.startswith("`"):
            assert VARIABLES[name](default.split("`")[1]) == getattr(Settings(), name), name


def test_the_example_of_an_environment_names_every_variable() -> None:
    """And nothing else but what compose.yaml asks for."""
    lines = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", lines, re.MULTILINE))
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    assert SETTINGS - named == set()
    assert named - SETTINGS - FILES - asked_for == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_in_documents_exist(document: Path) -> None:
    text = document.read_text()
    said = set(re.findall(r"(?:`|/bin/|^)streamario ([a-z]+)", text, re.MULTILINE))
    assert said - set(COMMANDS) == set()


async def test_figures_in_documents_are_told_by_the_services(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """By their whole names, or by how those begin, as in `streamario_ledger_{gaps,…}_total`."""
    async with open_fleet(tmp_path, redis_url, database_url) as fleet, httpx.AsyncClient() as http:
        members = await asyncio.gather(fleet.api(), fleet.gateway())
        answers = [(await http.get(f"{member.url}/metrics")).text for member in members]
    told = set(re.findall(r"^# TYPE (\w+) ", "\n".join(answers), re.MULTILINE))
    for document in DOCUMENTS:
        assert [name for name in figures(document) if not is_told(name, told)] == [], document


def figures(document: Path) -> list[str]:
    """What looks like the name of one of our figures, without its labels."""
    return re.findall(r"\bstreamario_[a-z][a-z_]*", document.read_text())


def is_told(name: str, told: set[str]) -> bool:
    if name.endswith("_"):
        return any(one.startswith(name) for one in told)
    return name in told or re.sub(r"_(bucket|count|sum|total)$", "", name) in told


@pytest.mark.parametrize("document", DEPLOYED, ids=name_of)
def test_links_beside_what_is_deployed_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(document))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if is_broken(document, link)] == []


def test_dumps_are_taken_and_restored_as_the_backups_tests_do() -> None:
    shell = "\n".join(code("operations.md", "sh"))
    assert " ".join(("pg_dump", *backups.DUMP)) in shell
    assert " ".join(("pg_restore", *backups.RESTORE)) in shell


def test_units_stop_timeout_is_longer_than_a_drain() -> None:
    (unit,) = code("operations.md", "ini")
    stop = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    drain = Settings().drain_delay + LONGEST_DRAIN
    assert stop
    assert drain < int(stop[1])


async def test_old_rooms_are_deleted_and_young_ones_stay_whole(
    redis_url: str, database_url: str
) -> None:
    """By the statements of operations.md, under a service; journals go before the rest."""
    async with open_books(redis_url, database_url) as books:
        young, older, oldest = [await played(books) for _ in range(3)]
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("UPDATE rooms SET status = 'ended' WHERE room_id = %s", (oldest,))
            for room_id, days in ((older, 31), (oldest, 91)):
                age = "UPDATE rooms SET seen_at = now() - %s * interval '1 day' WHERE room_id = %s"
                connection.execute(age, (days, room_id))
            for statements in code("operations.md", "sql"):
                connection.execute(statements.encode())
            left = {table: rooms_in(connection, table) for table in BOOKS}
        assert all(young in found and oldest not in found for found in left.values())
        assert [table for table in BOOKS if older not in left[table]] == ["journal"]
        assert (await audited(books, young)).balanced
        assert (await audited(books, older)).balanced


def rooms_in(connection: psycopg.Connection, table: str) -> set[str]:
    query = f"SELECT DISTINCT room_id FROM {table}"
    return {room_id for (room_id,) in connection.execute(query.encode())}
