"""docs/operations.md and other documents are correct: commands, metrics, SQL."""

from __future__ import annotations

import asyncio
import re
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import psycopg
import pytest
import yaml

from deploy.cli import COMMANDS
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, Settings
from tests.api_service.audit.audits import audited, played
from tests.api_service.ledger.books import open_books
from tests.browser.documents import DOCS, code
from tests.deploy import backups
from tests.deploy.compose import read, read_in, replicas
from tests.deploy.manifests import LONGEST_DRAIN
from tests.docs.links import ROOT, is_broken, prose
from tests.flow.fleet import open_fleet

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

OPERATIONS = DOCS / "operations.md"
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
DEPLOYED = sorted((ROOT / "deploy").glob("**/README.md"))
DOCUMENTS = [*sorted(DOCS.glob("*.md")), *READMES, *DEPLOYED]
SETTINGS = {name.upper() for name in VARIABLES}
FILES = {f"{name}_FILE" for name in SECRETS}
BOOKS = ("rooms", "rounds", "presses", "triggers", "accounts", "room_viewers")


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def test_the_example_of_an_environment_names_every_variable() -> None:
    """And no others except those that compose.yaml uses."""
    lines = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", lines, re.MULTILINE))
    composed = [(ROOT / file).read_text() for file in ("compose.yaml", "deploy/compose/tls.yaml")]
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", "".join(composed)))
    asked_for |= {"COMPOSE_FILE"}  # by Compose itself
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
    """By their full names or by a prefix, as in `streamario_ledger_{gaps,…}_total`."""
    async with open_fleet(tmp_path, redis_url, database_url) as fleet, httpx.AsyncClient() as http:
        members = await asyncio.gather(fleet.api(), fleet.gateway())
        answers = [(await http.get(f"{member.url}/metrics")).text for member in members]
    told = set(re.findall(r"^# TYPE (\w+) ", "\n".join(answers), re.MULTILINE))
    for document in DOCUMENTS:
        assert [name for name in figures(document) if not is_told(name, told)] == [], document


def figures(document: Path) -> list[str]:
    """Return the names in a document that look like our metrics, without labels."""
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
    shell = "\n".join([*code("operations.md", "sh"), *code("restore.md", "sh")])
    assert " ".join(("pg_dump", *backups.DUMP)) in shell
    assert " ".join(("pg_restore", *backups.RESTORE)) in shell
    in_containers = f"docker compose exec -T postgres pg_restore {' '.join(backups.RESTORE)} "
    assert in_containers in shell


def test_bare_processes_are_installed_as_the_image_is() -> None:
    """The same locked packages, and the project without any others."""
    shell = "\n".join(code("bare_processes.md", "sh"))
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    ours = re.findall(r"/opt/streamario/bin/pip install .*", shell)
    assert len(ours) == 2
    for line in ours:
        assert line.replace(" -r ", " --requirement ") in dockerfile


def test_the_balancers_variables_in_documents_are_its_own() -> None:
    """And those of ports are the units'."""
    balancer = (ROOT / "deploy/haproxy/haproxy.cfg").read_text()
    known = {name for pair in re.findall(r"presetenv (\w+)|\$\{(\w+)", balancer) for name in pair}
    shell = "\n".join(code("bare_processes.md", "sh"))
    started = re.search(r"^DNS_SERVER=(?:.*\\\n)*.*haproxy -W", shell, re.MULTILINE)
    assert started
    told = dict(re.findall(r"([A-Z_]+)=(\S+)", started[0]))
    assert told.keys() <= known
    (unit,) = code("bare_processes.md", "ini")
    assert f"PORT={told['GATEWAY_PORT']}" in unit


def test_a_unit_is_given_each_secret_that_it_names() -> None:
    """And the shared environment file must not set the unit's own variables, as it would win."""
    (unit,) = code("bare_processes.md", "ini")
    given = set(re.findall(r"^LoadCredential=(\w+):/etc/streamario/\1$", unit, re.MULTILINE))
    named = dict(re.findall(r"([A-Z_]+_FILE)=%d/(\w+)", unit))
    assert given == set(named.values())
    assert named.keys() == {"SECRET_KEYS_FILE", "ADMIN_TOKEN_FILE", "REDIS_URL_FILE"}
    (common,) = (block for block in code("bare_processes.md", "sh") if "TRUSTED_PROXIES=" in block)
    in_common = set(re.findall(r"^([A-Z_]+)=", common, re.MULTILINE))
    assert in_common <= SETTINGS
    assert not in_common & {"HOST", "PORT", "UNITY_WS_PORT", "LOG_FORMAT"}


def test_units_stop_timeout_is_longer_than_a_drain() -> None:
    (unit,) = code("bare_processes.md", "ini")
    stop = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    drain = Settings().drain_delay + LONGEST_DRAIN
    assert stop
    assert drain < int(stop[1])


@pytest.mark.parametrize(
    "file", ["deploy/Dockerfile", "compose.yaml", "deploy/kubernetes/base/gateway.yaml"]
)
def test_what_files_say_of_a_drain_is_what_it_takes(file: str) -> None:
    """Operators choose grace periods by that sentence."""
    said = re.findall(r"A drain takes up to (\d+) s", (ROOT / file).read_text())
    assert said == [f"{Settings().drain_delay + LONGEST_DRAIN:g}"]


def test_the_memory_that_containers_may_take_is_what_its_head_says() -> None:
    compose = read("compose.yaml")
    count = replicas(compose)
    most = sum(
        int(one["deploy"]["resources"]["limits"]["memory"]) * count.get(name, 1)
        for name, one in compose["services"].items()
    )
    said = re.search(r"adds up to ([\d.]+) GiB", (ROOT / "compose.yaml").read_text())
    assert said
    assert most == float(said[1]) * 2**30
    assert f"{said[1]} GiB" in OPERATIONS.read_text()


@pytest.mark.parametrize("document", ["docs/operations.md", ".env.example"])
def test_what_stands_beside_may_be_named_in_env(document: str, tmp_path: Path) -> None:
    """As the documents show it, so that every later `up` uses the game keys too."""
    for file in ("compose.yaml", "deploy/compose/game-keys.yaml", "deploy/compose/tls.yaml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    said = re.search(r"^(?:# | +)?(COMPOSE_FILE=.+)$", (ROOT / document).read_text(), re.MULTILINE)
    assert said
    (tmp_path / ".env").write_text(f"{said[1]}\n")
    tree = yaml.safe_load(read_in(tmp_path))
    for name in ("api", "gateway"):
        assert tree["services"][name]["environment"]["GAME_KEYS_FILE"] == "/run/secrets/game_keys"
    assert tree["secrets"]["game_keys"]["file"] == str(tmp_path / "secrets/game_keys")


async def test_media_that_no_setup_names_are_deleted(database_url: str) -> None:
    """By the SQL in operations.md, after 30 days; what a setup of the studio names stays."""
    store = (
        "INSERT INTO media (studio_id, media_id, type, content, stored_at)"
        " VALUES (%s, %s, 'image/webp', '', now() - %s * interval '1 day')"
    )
    studio, another = uuid4().hex, uuid4().hex
    rows = {
        (studio, "named", 31),
        (studio, "old", 31),
        (studio, "young", 29),
        (another, "named", 31),
    }
    with psycopg.connect(database_url, autocommit=True) as connection:
        for row in rows:
            connection.execute(store, row)
        named = "INSERT INTO setups VALUES (%s, 's', '', '{}', ARRAY['named'])"
        connection.execute(named, (studio,))
        for statements in code("operations.md", "sql"):
            connection.execute(statements.encode())
        left = connection.execute(
            "SELECT studio_id, media_id FROM media WHERE studio_id = ANY (%s)", ([studio, another],)
        ).fetchall()
    assert set(left) == {(studio, "named"), (studio, "young")}


async def test_old_rooms_are_deleted_and_young_ones_stay_whole(
    redis_url: str, database_url: str
) -> None:
    """By the SQL in operations.md, while a service runs."""
    async with open_books(redis_url, database_url) as books:
        young, old = [await played(books) for _ in range(2)]
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("UPDATE rooms SET status = 'ended' WHERE room_id = %s", (old,))
            age = "UPDATE rooms SET seen_at = now() - interval '91 days' WHERE room_id = %s"
            connection.execute(age, (old,))
            for statements in code("operations.md", "sql"):
                connection.execute(statements.encode())
            left = {table: rooms_in(connection, table) for table in BOOKS}
        assert all(young in found and old not in found for found in left.values())
        assert (await audited(books, young)).balanced


def rooms_in(connection: psycopg.Connection, table: str) -> set[str]:
    query = f"SELECT DISTINCT room_id FROM {table}"
    return {room_id for (room_id,) in connection.execute(query.encode())}
