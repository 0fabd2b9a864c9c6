"""Does on a container engine what docs/operations.md says, in a copy of the project.

`make containers CONTAINERS=--long` runs it, after its own steps. DOCKER_HOST is the engine, and
OVERRIDE a Compose file that this machine needs besides. It prints each step; the first that fails
ends it with a traceback.
"""

import json
import os
import ssl
import stat
import subprocess
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.containers.engine import WITHIN
from tests.containers.project import API_URL, copy_checkout, until

SERVICES: Final = ("api", "gateway")
READY: Final = {"ready": True, "api": 2, "gateways": 2}
BROKEN: Final = "\nraise SystemExit('broken on purpose')\n"


class Site:
    """A copy of the project, and its containers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "streamario"
        self._settings: dict[str, str] = {}

    def configure(self, **settings: str) -> None:
        """Set variables in .env."""
        self._settings |= settings
        lines = [f"{name}={value}\n" for name, value in self._settings.items()]
        (self.folder / ".env").write_text("".join(lines))

    def use(self, *files: str) -> None:
        """Use these Compose files beside compose.yaml."""
        ours = [file for file in ("compose.yaml", *files, os.environ.get("OVERRIDE", "")) if file]
        self.configure(COMPOSE_FILE=":".join(ours))

    def run(self, command: str, *, succeeds: bool = True) -> str:
        """Run a command as the operator does; return what it prints, and its errors if it fails."""
        print(f"$ {command}", flush=True)
        ran = subprocess.run(
            ("bash", "-eu", "-o", "pipefail", "-c", command),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode == 0) is succeeds, ran.stdout + ran.stderr
        return ran.stdout if succeeds else ran.stdout + ran.stderr

    def containers(self, *services: str) -> set[str]:
        """Return the ids of the services' containers; of all services without arguments."""
        listed = ("docker", "compose", "ps", "--all", "--quiet", *services)
        ran = subprocess.run(
            listed, cwd=self.folder, capture_output=True, text=True, check=True
        ).stdout
        return set(ran.split())

    def is_ready(self) -> None:
        """Check it as the page says."""
        assert json.loads(self.run("curl http://localhost:8888/readyz")) == READY


@contextmanager
def pressed(url: str, context: ssl.SSLContext | None = None) -> Iterator[None]:
    """Send requests while the block runs; each must be answered with 200."""
    over, outcomes = threading.Event(), Counter[str]()

    def send() -> None:
        while not over.wait(0.05):
            try:
                with urllib.request.urlopen(url, timeout=WITHIN, context=context) as answer:
                    outcomes[str(answer.status)] += 1
            except OSError as error:
                outcomes[str(error)] += 1

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        over.set()
        for sender in senders:
            sender.join()
    print(f"  requests meanwhile: {dict(outcomes)}", flush=True)
    assert outcomes.keys() == {"200"}, outcomes


def start(site: Site) -> None:
    """The first start; another one changes nothing."""
    site.use("deploy/compose/game-keys.yaml")
    site.configure(STREAMARIO_TAG="first")
    site.run("deploy/compose/make-secrets")
    site.run("docker compose up --build --detach --wait")
    assert "unhealthy" not in site.run("docker compose ps --all")
    site.is_ready()
    changes_nothing(site)


def changes_nothing(site: Site) -> None:
    before = site.containers()
    site.run("docker compose up --detach")
    assert site.containers() == before


def upgrade(site: Site) -> None:
    """To another image, under load; a second run replaces nothing."""
    before = site.containers(*SERVICES)
    site.configure(STREAMARIO_TAG="second")
    (site.folder / "deploy/errors.py").open("a").write("\n# another release\n")
    (site.folder / "deploy/haproxy/haproxy.cfg").open("a").write("\n# another release\n")
    with pressed("http://localhost:8888/get_viewer_id"):
        told = site.run("deploy/compose/roll")
        assert "haproxy: reloaded" in told
        changes_nothing(site)
        assert "api: up to date" in site.run("deploy/compose/roll")
    assert not site.containers(*SERVICES) & before
    site.is_ready()


def broken_upgrade_and_rollback(site: Site) -> None:
    """A release whose gateway does not start replaces no gateway, and is rolled back."""
    gateways = site.containers("gateway")
    file = site.folder / "ws_gateway/server.py"
    whole = file.read_text()
    site.configure(STREAMARIO_TAG="third")
    file.write_text(whole + BROKEN)
    with pressed("http://localhost:8888/get_viewer_id"):
        told = site.run("deploy/compose/roll", succeeds=False)
        assert "did not become ready" in told
        assert "broken on purpose" in told
        assert site.containers("gateway") == gateways
        file.write_text(whole)
        site.configure(STREAMARIO_TAG="second")
        assert "gateway: up to date" in site.run("deploy/compose/roll --back")
        changes_nothing(site)
    site.is_ready()


def settings_and_numbers(site: Site) -> None:
    """A changed setting, more processes, a restart of one, and a stop of all."""
    site.configure(VIEWERS_PER_ADDRESS="600/3000")
    gateways = site.containers("gateway")
    with pressed("http://localhost:8888/get_viewer_id"):
        site.run("deploy/compose/roll")
        assert site.containers("gateway") == gateways  # they do not read it
        site.configure(GATEWAYS="3")
        site.run("docker compose up --detach --no-recreate")
        assert gateways < site.containers("gateway")
        (one, *_) = site.containers("api")
        site.run("docker restart CONTAINER".replace("CONTAINER", one))
    site.configure(GATEWAYS="2")
    site.run("docker compose up --detach --wait")


def a_setting_without_postgres(site: Site) -> None:
    """`roll` replaces nothing then; afterwards it makes containers that the next `up` keeps."""
    site.run("docker compose stop postgres")
    site.configure(LEDGER_BACKLOG="120000")
    site.run("docker compose up --detach --no-deps api")
    until("all are ready", lambda: json.loads(site.run(f"curl -s {API_URL}/readyz")) == READY)
    site.run("docker compose start postgres")
    site.run("deploy/compose/roll")
    changes_nothing(site)


def backup(site: Site) -> None:
    """A dump that the owner alone can read."""
    site.run(
        "(umask 077; docker compose exec -T postgres pg_dump --format=custom --no-owner "
        "--username=streamario streamario > streamario.dump)"
    )
    dump = site.folder / "streamario.dump"
    assert dump.read_bytes().startswith(b"PGDMP")
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600


def behind_a_proxy(site: Site) -> None:
    """The settings for a proxy on the same machine: its client is the one that counts."""
    proxy = {
        "TRUSTED_PROXIES": "172.16.0.0/12 192.168.0.0/16",
        "LISTEN_ADDRESS": "127.0.0.1",
        "LOG_REQUESTS": "all",
    }
    site.configure(**proxy)
    site.run("docker compose up --detach --wait")
    site.run("curl -s -f -H 'X-Forwarded-For: 203.0.113.9' http://localhost:8888/console")
    until("it is logged", lambda: "203.0.113.0" in site.run("docker compose logs haproxy"))
    site.configure(**dict.fromkeys(proxy, ""))


def tls(site: Site) -> None:
    """On 443, with a redirect from 80; a renewed certificate is served after a reload."""
    make_certificate(site)
    site.run("mkdir -p secrets/certificates")
    put_certificate(site)
    site.use("deploy/compose/game-keys.yaml", "deploy/compose/tls.yaml")
    site.configure(HTTP_PORT="80", TLS_PORT="443", PUBLIC_API_URL="https://localhost")
    site.run("docker compose up --detach --wait")
    assert "307" in site.run("curl -s -o /dev/null -w '%{http_code}' http://localhost/console")
    assert "max-age" in site.run("curl -s -k -i https://localhost/get_viewer_id")
    ask = "curl -s -k -v https://localhost/readyz 2>&1 | grep 'expire date'"
    before = site.run(ask)
    make_certificate(site, days=99)
    put_certificate(site)
    (balancer,) = site.containers("haproxy")
    with pressed("https://localhost/get_viewer_id", ssl._create_unverified_context()):
        site.run("docker compose exec haproxy haproxy -c -f /usr/local/etc/haproxy/haproxy.cfg")
        site.run("docker compose exec haproxy sh -c 'kill -USR2 1'")
        until("another certificate is served", lambda: site.run(ask) != before)
    assert site.containers("haproxy") == {balancer}


def make_certificate(site: Site, days: int = 9) -> None:
    site.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost "
        f"-keyout key.pem -out fullchain.pem -days {days}"
    )


def put_certificate(site: Site) -> None:
    site.run("cat fullchain.pem key.pem >secrets/certificates/NAME.pem")
    site.run("chmod 755 secrets/certificates; chmod 644 secrets/certificates/NAME.pem")


def another_network(site: Site) -> None:
    """`roll` refuses it, since the balancer would not be trusted; `down` keeps the data."""
    shown = "docker compose exec -T postgres psql --username=streamario -Atc"
    rounds = f"{shown} 'SELECT count(*) FROM ledger_progress'"
    kept = site.run(rounds)
    site.configure(INSIDE_NET="10.83.62")
    assert "INSIDE_NET=10.83.61" in site.run("deploy/compose/roll --back", succeeds=False)
    site.run("docker compose down")
    site.run("docker compose up --detach --wait")
    assert site.run(rounds) == kept
    site.run("docker compose stop")


STEPS: Final = (
    start,
    upgrade,
    broken_upgrade_and_rollback,
    settings_and_numbers,
    a_setting_without_postgres,
    backup,
    behind_a_proxy,
    tls,
    another_network,
)


def main() -> None:
    """Take all steps, one after the other, in one copy of the project."""
    with TemporaryDirectory(prefix="streamario-site-") as name:
        site = Site(Path(name))
        copy_checkout(site.folder)
        try:
            for step in STEPS:
                print(f"{step.__name__}: {(step.__doc__ or '').strip()}", flush=True)
                step(site)
        except BaseException:
            print(site.run("docker compose ps --all; docker compose logs --tail 20 2>&1"))
            raise
        finally:
            site.run("docker compose down --volumes")


if __name__ == "__main__":
    main()
