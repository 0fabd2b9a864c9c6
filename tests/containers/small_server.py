"""Follows docs/small_server.md, without its rented server, its domain and image registries."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Final

import msgspec

from tests.containers.project import API_URL, Failed, Project, shell_blocks, until
from tests.containers.report import step
from tests.containers.scenario import shell, wait_ready

DOMAIN: Final = "localhost"  # for which Caddy signs the certificate itself
ELSEWHERE: Final = ("git ", "docker compose pull")  # commands that reach other machines
COUNT_ROOMS: Final = "SELECT count(*) FROM rooms"


class Opened(msgspec.Struct):
    """A room that was opened."""

    room_id: str


def play_small_server(project: Project, override: Path | None) -> None:
    """Start, update, back up, restore, and move to compose.yaml. Raises Failed."""
    commands = documented(project.folder / "docs/small_server.md")
    with step("small server: start") as now:
        shell(project, commands["settings"], commands["start"])
        room_id = open_room(project)
        until("the room is recorded", lambda: rooms(project) == "1")
        now.found(f"{len(project.containers())} containers, a room over TLS")
    with step("small server: update"):
        shell(project, commands["update"])
    with step("small server: back up and restore, from there and from here"):
        shell(project, commands["newest"], commands["restore"])
        expect_room(project, "1")
    with step("small server: move to compose.yaml") as now:
        project.write_settings(override)
        project.compose("up", "--build", "--detach", "--remove-orphans", "--wait")
        wait_ready(project)
        expect_room(project, "1")
        project.run("curl", "--silent", "--fail", f"{API_URL}/api/rooms/{room_id}")
        now.found("the room is there")


def documented(page: Path) -> dict[str, str]:
    """Return the page's commands for this machine, which is both computers of the page."""
    _, settings, start, _ = map(dedent, shell_blocks(page, "## Start"))
    (update,) = shell_blocks(page, "## Update")
    newest, restore, _ = shell_blocks(page, "## Backups")
    last = "$(docker compose exec -T backup backup list | tail -n 1)"
    return {
        "settings": settings.partition("cd streamario\n")[2].replace("play.example.org", DOMAIN),
        "start": start,
        "update": "".join(
            line for line in update.splitlines(True) if not line.startswith(ELSEWHERE)
        ),
        "newest": re.sub(r"ssh YOUR_SERVER 'cd streamario && (.*)' >", r"\1 >", newest),
        "restore": re.sub(r"streamario-\d{4}\S+\.dump", last, restore),
    }


def open_room(project: Project) -> str:
    """Open a room, as a game with the key does; return its id."""
    key = f"Authorization: Bearer {project.secret('game_keys')}"
    asked = ("curl", "--silent", "--fail", "--insecure", "--header", key, "--data", "{}")
    answer = project.run(*asked, f"https://{DOMAIN}/api/rooms")
    return msgspec.json.decode(answer, type=Opened).room_id


def rooms(project: Project) -> str:
    """Return how many rooms PostgreSQL has."""
    asked = ("exec", "-T", "postgres", "psql", "--username=streamario", "-Atc", COUNT_ROOMS)
    return project.compose(*asked)


def expect_room(project: Project, count: str) -> None:
    if (found := rooms(project)) != count:
        raise Failed(f"PostgreSQL has {found} rooms, not {count}")
