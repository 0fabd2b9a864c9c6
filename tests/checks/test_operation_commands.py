"""Each command in docs/operations.md is run by a test, or the page says that none runs it."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
NOT_RUN: Final = {
    "operations.md": "(not run by the tests)",
    "operations.ja.md": "（テストでは実行しません）",
}
CONTAINERS: Final = "tests/containers/operating.py"

# Where each command is run. Those that stand in the prose are templates, with names such as
# CONTAINER; settings are no commands.
RUN: Final = {
    "deploy/compose/make-secrets": "tests/deploy/test_compose_secrets.py",
    "docker compose up --build --detach --wait": CONTAINERS,
    "docker compose ps --all": CONTAINERS,
    "curl http://localhost:8888/readyz": CONTAINERS,
    "mkdir -p secrets/certificates": CONTAINERS,
    "cat fullchain.pem key.pem >secrets/certificates/NAME.pem": CONTAINERS,
    "chmod 755 secrets/certificates; chmod 644 secrets/certificates/NAME.pem": CONTAINERS,
    "docker compose exec haproxy haproxy -c -f /usr/local/etc/haproxy/haproxy.cfg": CONTAINERS,
    "docker compose exec haproxy sh -c 'kill -USR2 1'": CONTAINERS,
    "deploy/compose/roll": CONTAINERS,
    "deploy/compose/roll --back": CONTAINERS,
    "docker compose up --detach --no-recreate": CONTAINERS,
    "docker compose up --detach": CONTAINERS,
    "docker compose up --detach --no-deps api": CONTAINERS,
    "docker compose down": CONTAINERS,
    "docker restart CONTAINER": CONTAINERS,
    "docker restart": CONTAINERS,
    "docker compose stop": CONTAINERS,
    "(umask 077; docker compose exec -T postgres pg_dump --format=custom --no-owner "
    "--username=streamario streamario > streamario.dump)": CONTAINERS,
    '(umask 077; pg_dump --format=custom --no-owner --file=streamario.dump "$DATABASE_URL")': (
        "tests/deploy/backups.py"
    ),
    "streamario simulate --url PUBLIC_API_URL --room ROOM --viewers 500": (
        "tests/clients/terminal/test_simulate_command.py"
    ),
}
# Names of commands in the prose, which say what runs and not what to do.
NAMES: Final = re.compile(
    r"streamario (?:up|api|gateway|ledger|migrate|audit|game)(?: --apis 2)?(?: ROOM)?"
)
SETTING: Final = re.compile(r"[A-Z_]+=.*")
BLOCK: Final = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
INLINE: Final = re.compile(r"`((?:docker|deploy/compose/|streamario) [^`]+|deploy/compose/[^`]+)`")


def commands(page: str) -> list[tuple[str, str]]:
    """Return the page's commands, each with the paragraph that it stands in or below."""
    text = (ROOT / "docs" / page).read_text()
    found = []
    for block in BLOCK.finditer(text):
        above = text[: block.start()].rstrip().rpartition("\n\n")[2]
        lines = (re.sub(r"(^| +)# .*", "", line).strip() for line in block[2].splitlines())
        found += [(command, above) for command in lines if command]
    prose = BLOCK.sub("", text)
    for paragraph in re.split(r"\n\n|\n(?= *(?:-|\d\.) )", prose):
        found += [(command, paragraph) for command in INLINE.findall(paragraph)]
    return [one for one in found if not SETTING.fullmatch(one[0])]


@pytest.mark.parametrize("page", NOT_RUN)
def test_each_command_is_run_by_a_test_or_marked(page: str) -> None:
    unproven = {
        command
        for command, paragraph in commands(page)
        if command not in RUN and not NAMES.fullmatch(command) and NOT_RUN[page] not in paragraph
    }
    assert unproven == set()


def test_what_is_said_to_be_run_is_on_the_page_and_in_the_test() -> None:
    there = {command for command, _ in commands("operations.md")}
    assert RUN.keys() - there == set()
    for command, file in RUN.items():
        text = re.sub(r'"\n *f?"', "", (ROOT / file).read_text())
        assert file != CONTAINERS or command in text, command


def test_both_pages_mark_the_same_number_of_commands() -> None:
    marks = [(ROOT / "docs" / page).read_text().count(mark) for page, mark in NOT_RUN.items()]
    assert marks[0] == marks[1]


def test_no_document_signals_a_container_from_outside() -> None:
    """Docker would take it for stopped by hand, and leave it down after the next crash."""
    files = [*(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").rglob("*"), ROOT / "compose.yaml"]
    said = [
        f"{path.name}: {line.strip()}"
        for path in files
        if path.is_file() and path.suffix != ".pyc"
        for line in path.read_text().splitlines()
        if re.search(r"docker (?:compose )?kill --?s|docker compose kill", line)
    ]
    assert said == []
