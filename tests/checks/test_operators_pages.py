"""What pages for operators say of commands, variables and times is true."""

import re
from pathlib import Path

import pytest

from deploy.cli import COMMANDS
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, Settings
from tests.browser.documents import code
from tests.checks.documents import DOCUMENTS, ROOT, name_of
from tests.deploy import backups
from tests.deploy.manifests import LONGEST_DRAIN

SETTINGS = {name.upper() for name in VARIABLES}
FILES = {f"{name}_FILE" for name in SECRETS}


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
