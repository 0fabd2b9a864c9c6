"""What documents say of figures, memory, variables and SQL is true of what runs."""

import re
import shutil
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import yaml

from tests.api_service.audit.audits import audited, played
from tests.api_service.ledger.books import open_books
from tests.browser.documents import DOCS, code
from tests.checks.documents import DOCUMENTS, ROOT
from tests.deploy.compose import read, read_in, replicas
from tests.deploy.monitoring import METRICS

OPERATIONS = DOCS / "operations.md"
BOOKS = ("rooms", "rounds", "presses", "triggers", "accounts", "room_viewers")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_figures_in_documents_are_in_the_table_of_all(document: Path) -> None:
    """By their full names or by a prefix, as in `streamario_ledger_{gaps,…}_total`."""
    told = re.findall(r"^\| `([a-z_]+)", METRICS.read_text(), re.MULTILINE)
    for name in re.findall(r"\bstreamario_[a-z][a-z_]*", document.read_text()):
        bare = re.sub(r"_(bucket|count|sum|total)$", "", name)
        assert {name, bare} & {*told} or (name.endswith("_") and name in " ".join(told)), name


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
