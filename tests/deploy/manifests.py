"""Reads manifests: which commands their containers run, with which settings and secrets."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from deploy.cli import NEEDED
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, Settings, load
from tests.deploy.command_line import finished
from tests.programs import program
from ws_gateway.server import LEAVE_WITHIN, LONGEST_SPREAD, PART_WITHIN

ROOT: Final = Path(__file__).parents[2]
KUBERNETES: Final = ROOT / "deploy" / "kubernetes"
CLOUD_RUN: Final = ROOT / "deploy" / "cloud_run"

WORKLOADS: Final = ("Deployment", "StatefulSet", "Job", "CronJob")
# Each overlay as it is, and with all that some clusters need.
OVERLAYS: Final = (
    ("production",),
    ("small",),
    ("production", "backup", "node-local-dns", "prometheus-operator", "pull-secret"),
    ("small", "openshift-dns", "prometheus-operator", "pull-secret"),
)
# MODE as each command sets it, and the settings that each command requires.
MODES: Final = {"api": "api", "gateway": "ws", "ledger": "api", "migrate": "both"}
REQUIRED: Final = {
    **dict.fromkeys(("api", "ledger"), NEEDED["api"]),
    "gateway": NEEDED["ws"],
    "migrate": ("database_url",),
}
LONGEST_DRAIN: Final = LONGEST_SPREAD + LEAVE_WITHIN + PART_WITHIN  # s, after `DRAIN_DELAY`
SECRET_VALUES: Final = {
    "SECRET_KEYS": "a secret of the test suite",
    "GAME_KEYS": "a key of the test suite",
    "ADMIN_TOKEN": "a token of the test suite",
    "REDIS_URL": "rediss://:hush@redis.example.com:6379/0",
    "DATABASE_URL": "postgresql://streamario:hush@postgres.example.com/streamario",
}


@dataclass(frozen=True)
class Manifest:
    """One resource; `body` is its parsed YAML."""

    kind: str
    name: str
    body: dict[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """The resource's specification."""
        spec: dict[str, Any] = self.body["spec"]
        return spec

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        labels: dict[str, str] = self._template["metadata"]["labels"]
        return labels

    @property
    def pod(self) -> dict[str, Any]:
        """The specification of its pods or instances; in a Cloud Run Job it is one level deeper."""
        spec: dict[str, Any] = self._template["spec"]
        return spec["template"]["spec"] if "taskCount" in spec else spec

    @property
    def _template(self) -> dict[str, Any]:
        spec = self.spec["jobTemplate"]["spec"] if self.kind == "CronJob" else self.spec
        template: dict[str, Any] = spec["template"]
        return template

    @property
    def container(self) -> dict[str, Any]:
        """Its only container."""
        (container,) = self.pod["containers"]
        found: dict[str, Any] = container
        return found

    @property
    def command(self) -> str:
        """The `streamario` command that the container runs."""
        (command,) = self.container["args"]
        assert isinstance(command, str)
        return command

    @property
    def is_ours(self) -> bool:
        """Whether the container runs this project's image."""
        return "streamario" in self.container["image"]


def read(text: str) -> tuple[Manifest, ...]:
    """Parse all resources in a text."""
    return tuple(
        Manifest(body["kind"], body["metadata"]["name"], body)
        for body in yaml.safe_load_all(text)
        if body
    )


@cache
def rendered(overlay: str, *components: str) -> tuple[Manifest, ...]:
    """Return the resources that `kubectl apply -k` would send for an overlay with components."""
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "kustomization.yaml").write_text(
            yaml.safe_dump(
                {
                    "namespace": "streamario",
                    "resources": [relative(KUBERNETES / "overlays" / overlay, here)],
                    "components": [
                        relative(KUBERNETES / "components" / name, here) for name in components
                    ],
                }
            )
        )
        built = finished([program("kustomize"), "build", here])
    # Warnings too: a deprecated field, a patch without a target.
    assert (built.returncode, built.stderr) == (0, "")
    return read(built.stdout)


def relative(path: Path, here: Path) -> str:
    """Return the path as seen from a folder; kustomize takes no absolute ones."""
    return os.path.relpath(path, here.resolve())


@cache
def service(name: str) -> Manifest:
    """Read one of the files for Cloud Run."""
    (manifest,) = read((CLOUD_RUN / f"{name}.yaml").read_text())
    return manifest


def of_kind(manifests: Sequence[Manifest], *kinds: str) -> list[Manifest]:
    """Return the resources of these kinds."""
    return [manifest for manifest in manifests if manifest.kind in kinds]


def settings_of(manifest: Manifest, shared: Mapping[str, str] | None = None) -> Settings:
    """Load the settings of the manifest's container; `shared` are variables from elsewhere.

    Fails if a variable is not a setting, a value does not load, or a required setting is missing.
    """
    command = manifest.command
    environ = {**(shared or {}), **dict(own_environment(manifest))}
    settings = load({**dict(_resolved(environ)), "MODE": MODES[command]})
    assert [name for name in REQUIRED[command] if not getattr(settings, name)] == []
    return settings


def own_environment(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """The variables that the manifest itself sets."""
    for variable in manifest.container["env"]:
        assert set(variable) == {"name", "value"}, variable
        assert isinstance(variable["value"], str), variable
        yield variable["name"], variable["value"]


def _resolved(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        secret = name.removesuffix("_FILE")
        if secret != name and secret in SECRETS:
            yield secret, SECRET_VALUES[secret]
        else:
            assert name not in SECRETS, f"{name} is a secret, and its value is in a manifest"
            assert name.lower() in VARIABLES, f"{name} is not a setting"
            yield name, value


def secret_files(manifest: Manifest) -> dict[str, str]:
    """Return the secrets, each with the path of the file that it is read from."""
    return {
        name.removesuffix("_FILE"): path
        for name, path in own_environment(manifest)
        if name.endswith("_FILE")
    }


def mounted(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """Return paths of mounted secrets, each with the secret's name and key ("" means any key)."""
    places = {m["name"]: m["mountPath"] for m in manifest.container.get("volumeMounts", ())}
    return {
        f"{places[volume['name']]}/{item['path']}": (volume["secret"]["secretName"], item["key"])
        for volume in manifest.pod["volumes"]
        if "secret" in volume
        for item in volume["secret"].get("items", ({"path": "", "key": ""},))
    }


def mebibytes(quantity: str) -> int:
    """Convert a quantity of memory such as 512Mi or 1Gi to MiB."""
    number, unit = re.fullmatch(r"([0-9]+)(Mi|Gi)", quantity).groups()  # type: ignore[union-attr]
    return int(number) * {"Mi": 1, "Gi": 1024}[unit]


def workloads(manifests: tuple[Manifest, ...]) -> list[Manifest]:
    """Return the resources that have pods."""
    return of_kind(manifests, *WORKLOADS)


def ours(manifests: tuple[Manifest, ...], *kinds: str) -> list[Manifest]:
    """Return the resources whose pods run this project's image."""
    return [each for each in of_kind(manifests, *(kinds or WORKLOADS)) if each.is_ours]


def named(manifests: tuple[Manifest, ...], kind: str, name: str) -> Manifest:
    """Return the only resource of this kind and name."""
    (found,) = (each for each in of_kind(manifests, kind) if each.name == name)
    return found


def started(manifests: tuple[Manifest, ...], workload: Manifest) -> Settings:
    """Load the settings of a Kubernetes workload, including its ConfigMap."""
    shared: dict[str, str] = {}
    for source in workload.container.get("envFrom", ()):
        shared |= named(manifests, "ConfigMap", source["configMapRef"]["name"]).body["data"]
    return settings_of(workload, shared)
