"""Deploys, plays, upgrades, breaks, backs up and restores as the pages tell operators."""

from pathlib import Path
from typing import Final

import msgspec

from api_service.audit import Audit
from tests.containers.players import Game, playing, press, pressing
from tests.containers.project import Failed, Project, shell_blocks, until
from tests.containers.report import step

# In the order in which they are killed; those whose loss interrupts nothing first.
KILLED: Final = ("gateway", "api", "grafana", "prometheus", "postgres", "valkey", "haproxy")
READY: Final = '{"ready":true,"api":2,"gateways":2}'
ROLL: Final = "deploy/compose/roll"
CAPABILITIES: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
UID: Final = "10001"  # of our own image
RELOAD: Final = ("exec", "haproxy", "sh", "-c", "kill -USR2 1")


def play_scenario(project: Project, override: Path | None) -> None:
    """Go through all steps, and print each. Raises Failed."""
    deploy(project, override)
    with step("what containers may do") as now:
        now.found(check_hardening(project))
    with playing(project) as game:
        with step("game and crowd through the balancer") as now:
            now.found(press(project, game.room, seconds=5))
            now.found(account(project, game))
        up_again(project)
        upgrade(project, game, override)
        kill_each(project, game)
        reload_balancer(project, game)
        restore(project, game)
    with step("docker compose down"):
        project.compose("down")
        if left := project.run("docker", "ps", "--all", "--quiet"):
            raise Failed(f"containers are left: {left}")


def check_hardening(project: Project) -> str:
    """Return what was looked at. Raises Failed."""
    secrets = [file.read_text().strip() for file in (project.folder / "secrets").iterdir()]
    values = [text.rpartition(" ")[2] for text in secrets]
    containers = project.containers()
    for container in containers:
        described = project.run("docker", "inspect", container.id)
        if any(value in described for value in values):
            raise Failed(f"{container.name}: `docker inspect` shows a secret")
    running = [container for container in containers if container.state.status == "running"]
    for container in running:
        _check_container(project, container.id, container.name)
    for service in ("api", "gateway"):
        if (uid := project.compose("exec", "-T", service, "id", "-u")) != UID:
            raise Failed(f"{service} runs as user {uid}")
    return (
        f"{len(running)} containers: no capability, no root user, read-only root; "
        f"{len(values)} secrets in none of {len(containers)} `docker inspect`"
    )


def _check_container(project: Project, container: str, name: str) -> None:
    inside = ("docker", "exec", container, "sh", "-c")
    status = dict(
        line.split(":\t", 1)
        for line in project.run(*inside, "cat /proc/1/status").splitlines()
        if ":\t" in line
    )
    if any(int(status[name], 16) for name in CAPABILITIES):
        raise Failed(f"{name} has capabilities: {status}")
    if status["NoNewPrivs"] != "1" or "0" in status["Uid"].split():
        raise Failed(f"{name}: {status['Uid']=} {status['NoNewPrivs']=}")
    if project.tried(*inside, "touch /streamario-was-here").returncode == 0:
        raise Failed(f"{name} can write to its root folder")


def deploy(project: Project, override: Path | None) -> None:
    """Create the secrets and start everything, as README and `Deploy` say."""
    project.write_settings(override)
    with step("deploy/compose/make-secrets") as now:
        now.found(project.run("deploy/compose/make-secrets").replace("\n", ", "))
    with step("docker compose up --build --detach --wait") as now:
        project.compose("up", "--build", "--detach", "--wait")
        now.found(f"{len(project.containers())} containers")
    with step("all are ready") as now:
        wait_ready(project)
        now.found(project.ready())


def up_again(project: Project) -> None:
    """A second `up` with nothing changed leaves every container as it is."""
    with step("a second `docker compose up` replaces nothing") as now:
        before = [container.id for container in project.containers()]
        project.compose("up", "--build", "--detach", "--wait")
        after = [container.id for container in project.containers()]
        if replaced := set(before) ^ set(after):
            raise Failed(f"{len(replaced)} containers are not the same: {replaced}")
        now.found(f"the same {len(after)} containers")


def upgrade(project: Project, game: Game, override: Path | None) -> None:
    """Replace API processes and gateways while a crowd presses."""
    with step(f"{ROLL} while a crowd presses") as now:
        before = {one.id for one in project.containers("api", "gateway")}
        project.write_settings(override, "STREAMARIO_TAG=next")
        with pressing(project, game.room) as crowd:
            project.run(ROLL)
        if same := before & {one.id for one in project.containers("api", "gateway")}:
            raise Failed(f"{len(same)} containers were not replaced")
        if crowd.pressed.errors:
            raise Failed(f"an upgrade interrupts nobody, but: {crowd.pressed}")
        now.found(crowd.pressed)
        now.found(account(project, game))
        wait_ready(project)


def kill_each(project: Project, game: Game) -> None:
    """Kill one container of each service while a crowd presses: it comes back, nothing is lost."""
    with pressing(project, game.room) as crowd:
        for service in KILLED:
            with step(f"kill -9 of {service}"):
                kill(project, service)
                wait_ready(project)
    with step("after that, nothing is lost") as now:
        now.found(crowd.pressed)
        now.found(account(project, game))


def reload_balancer(project: Project, game: Game) -> None:
    """Reload the balancer, as for a new certificate; if it crashes after that, it comes back."""
    with step("HAProxy reloaded, then kill -9") as now:
        with pressing(project, game.room) as crowd:
            project.compose(*RELOAD)
            until("HAProxy has a second worker", lambda: workers(project) > 1)
            wait_ready(project)
            kill(project, "haproxy")
            wait_ready(project)
        now.found(crowd.pressed)
        now.found(account(project, game))


def restore(project: Project, game: Game) -> None:
    """Back up, restore beside, audit, exchange, and go on, with the pages' own commands."""
    docs = project.folder / "docs"
    backup = shell_blocks(docs / "operations.md", "## Back up")[0]
    beside, audited, exchange = shell_blocks(docs / "restore.md", "### With Compose")
    with step("backup, as docs/operations.md says") as now:
        shell(project, backup)
        now.found(f"{(project.folder / 'streamario.dump').stat().st_size:,} bytes")
    with step("restore and audit, as docs/restore.md says"):
        shell(project, beside, audited.replace("ROOM", game.room))
    with step("exchange, as docs/restore.md says, and play on") as now:
        shell(project, exchange)
        wait_ready(project)
        now.found(press(project, game.room, seconds=3))
        now.found(account(project, game))


def shell(project: Project, *blocks: str) -> None:
    """Run a page's commands in one shell, which ends at the first that fails. Raises Failed."""
    project.run("bash", "-e", "-o", "pipefail", "-c", "\n".join(blocks))


def kill(project: Project, service: str) -> None:
    """Kill one container's first process, and wait until the engine has started it again."""
    killed, *_ = project.containers(service)
    project.engine.kill(killed.id)

    def is_back() -> bool:
        now = next(one for one in project.containers(service) if one.id == killed.id)
        again = now.restart_count > killed.restart_count
        return again and now.state.health.status == "healthy"

    until(f"{killed.name} is healthy again", is_back)


def wait_ready(project: Project) -> None:
    """Wait until the balancer finds all processes ready."""
    until(f"/readyz says {READY}", lambda: project.ready() == READY)


def workers(project: Project) -> int:
    """Return how many worker processes HAProxy has."""
    # Each process has an entry that is a number; the first process is the master.
    counted = project.compose(
        *("exec", "-T", "haproxy", "sh", "-c"),
        "grep -l '^Name:.haproxy$' /proc/[0-9]*/status 2>/dev/null | wc -l",
    )
    return int(counted) - 1


def account(project: Project, game: Game) -> str:
    """Wait until the game has every trigger of the ledger, and the ledger balances.

    It must do so twice alike: the last presses are recorded within a second, and a backup that is
    taken before would lack them. Return a sentence with its figures. Raises Failed.
    """
    books: Audit | None = None

    def balances() -> bool:
        nonlocal books
        before = books
        asked = ("docker", "compose", "exec", "-T", "api", "streamario", "audit", "--json")
        ran = project.tried(*asked, game.room)
        books = msgspec.json.decode(ran.stdout, type=Audit) if ran.stdout.strip() else None
        told = books is not None and sum(one.triggers for one in books.epochs) == game.triggers()
        return ran.returncode == 0 and told and books == before

    until("the books balance, and the game has their triggers", balances)
    assert books is not None
    presses = sum(button.presses for one in books.rounds for button in one.buttons)
    return f"audit: {presses} presses, {game.triggers()} triggers, each at the game once, in order"
