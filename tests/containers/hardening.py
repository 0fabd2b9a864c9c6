"""What containers may do, asked of the running ones."""

from typing import Final

from tests.containers.project import Failed, Project

CAPABILITIES: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
UID: Final = "10001"  # of our own image


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
        _check(project, container.id, container.name)
    for service in ("api", "gateway"):
        if (uid := project.compose("exec", "-T", service, "id", "-u")) != UID:
            raise Failed(f"{service} runs as user {uid}")
    return (
        f"{len(running)} containers: no capability, no root user, read-only root; "
        f"{len(values)} secrets in none of {len(containers)} `docker inspect`"
    )


def _check(project: Project, container: str, name: str) -> None:
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
