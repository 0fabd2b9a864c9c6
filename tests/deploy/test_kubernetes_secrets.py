"""deploy/kubernetes/make-secrets: what it passes to kubectl, and what it keeps after a failure."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Final

import pytest

from deploy.environment import SECRETS
from shared.process.settings import load
from tests.deploy.command_line import finished
from tests.deploy.manifests import KUBERNETES, mounted, rendered, workloads

MAKE_SECRETS: Final = KUBERNETES / "make-secrets"
# A stand-in that copies the files it gets into folders such as streamario/valkey.
KUBECTL: Final = """#!/bin/sh
set -eu
[ "$1" != get ] || exec test "$3" != "${ABSENT:-}"
[ "$6" != "${REFUSED:-}" ] || { echo "cannot make $6" >&2; exit 1; }
into=$MADE/$2/$6
mkdir -p "$into"
shift 6
for file; do
    file=${file#--from-file=} path=${file#*=}
    case $file in *=*) name=${file%%=*} ;; *) name=${path##*/} ;; esac
    cp "$path" "$into/$name"
done
"""
EDITOR: Final = """#!/bin/sh
sed -i 's/PASSWORD@HOST/hush@stores.example.com/' "$1"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a stand-in kubectl, and an editor that fills in the URL."""
    for name, script in (("kubectl", KUBECTL), ("editor", EDITOR)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "tmp").mkdir()
    return tmp_path


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "TMPDIR": str(folder / "tmp"),
        "MADE": str(folder / "made"),
        "EDITOR": str(folder / "editor"),
        **variables,
    }
    return finished((MAKE_SECRETS, *arguments), env=environment)


@pytest.mark.parametrize("overlay", ["production", "small"])
def test_every_secret_that_a_pod_mounts_is_made_and_nothing_is_left(
    folder: Path, overlay: str
) -> None:
    """With the names and keys of the manifests, and values that the services accept."""
    ran = make(folder, overlay)
    assert (ran.returncode, ran.stderr) == (0, "")
    made = folder / "made/streamario"
    keys = {path.name for path in (made / "streamario").iterdir()}
    assert keys == set(SECRETS)
    wanted = {pair for each in workloads(rendered(overlay)) for pair in mounted(each).values()}
    assert {name for name, _ in wanted} == {path.name for path in made.iterdir()}
    assert [pair for pair in wanted if not (made / pair[0] / pair[1]).exists()] == []
    values = {key: (made / "streamario" / key).read_text() for key in keys}
    load(values)
    token = folder / "made/monitoring/streamario-admin-token/admin_token"
    assert token.read_text() == values["ADMIN_TOKEN"]
    assert list((folder / "tmp").iterdir()) == []


def test_the_small_overlays_servers_ask_for_what_the_services_say(folder: Path) -> None:
    make(folder, "small")
    made = folder / "made/streamario"
    password = (made / "valkey/auth.conf").read_text().split()[1]
    assert f":{password}@valkey:" in (made / "streamario/REDIS_URL").read_text()
    password = (made / "postgres/password").read_text()
    assert f":{password}@postgres:" in (made / "streamario/DATABASE_URL").read_text()


def test_values_are_kept_where_a_secret_could_not_be_made(folder: Path) -> None:
    """They may be the only copy of values in other Secrets; only the user can read them."""
    ran = make(folder, "small", REFUSED="streamario")
    assert ran.returncode == 1
    (kept,) = (folder / "tmp").iterdir()
    assert f"kept in {kept}:" in ran.stderr
    assert {path.name for path in kept.iterdir()} >= set(SECRETS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o600}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_a_url_that_nobody_filled_in_makes_no_secret(folder: Path) -> None:
    ran = make(folder, "production", EDITOR="true")
    assert ran.returncode == 1
    assert "REDIS_URL was not filled in." in ran.stderr
    assert not (folder / "made").exists()


def test_without_its_namespace_nothing_is_asked_or_made(folder: Path) -> None:
    ran = make(folder, "production", ABSENT="streamario")
    assert ran.returncode == 1
    assert list((folder / "tmp").iterdir()) == []


def test_prometheus_may_run_elsewhere(folder: Path) -> None:
    ran = make(folder, "small", ABSENT="monitoring")
    assert ran.returncode == 0
    assert "create the Secret with ADMIN_TOKEN where Prometheus runs" in ran.stderr
    assert [path.name for path in (folder / "made").iterdir()] == ["streamario"]


@pytest.mark.parametrize("arguments", [(), ("base",)])
def test_an_overlay_has_to_be_named(folder: Path, arguments: tuple[str, ...]) -> None:
    ran = make(folder, *arguments)
    assert (ran.returncode, ran.stderr) == (2, "usage: make-secrets production | small\n")
