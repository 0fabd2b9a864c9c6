"""Stand-ins for the public images that compose.yaml and the Dockerfile name.

One Debian, made by mmdebstrap, with HAProxy, Prometheus and Python of Debian; Valkey, PostgreSQL
and Caddy are those of .venv. `images/Dockerfile` makes one image of it for each name, with the tag
that the files ask for, so that the files are used as they are.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import yaml

from deploy.embedded import programs
from tests.containers.engine import ROOT, Engine, EngineFailed

IMAGES: Final = Path(__file__).with_name("images")
STAGE: Final = re.compile(r"^FROM \$BASE AS (\w+)$", re.MULTILINE)
USED: Final = re.compile(r"^FROM (\S+)", re.MULTILINE)
RELEASE: Final = "trixie"
PACKAGES: Final = (
    "ca-certificates",
    "curl",
    "haproxy",
    "prometheus",
    "python3-venv",
    "wget",
)
LEFT_OUT: Final = tuple(
    f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")
)
CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
# How this machine's pip reaches its index; a build must reach it the same way.
ASKED_OF_PIP: Final = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "cert")


class NoStandIn(Exception):
    """The files name an image for which there is no stand-in."""


def named_images(folder: Path = ROOT) -> set[str]:
    """Return the public images that the files of Compose and the Dockerfile name."""
    found = set(USED.findall((folder / "deploy/Dockerfile").read_text()))
    for file in (folder / "compose.yaml", *(folder / "deploy/compose").glob("*.yaml")):
        services = yaml.safe_load(file.read_text()).get("services", {}).values()
        found |= {service["image"] for service in services if "image" in service}
    return {name for name in found if not name.startswith("streamario")}


def stages(names: Iterable[str]) -> dict[str, str]:
    """Return the stage of `images/Dockerfile` for each image. Raises NoStandIn."""
    known = STAGE.findall((IMAGES / "Dockerfile").read_text())
    found = {name: name.rpartition("/")[2].partition(":")[0] for name in sorted(names)}
    if unknown := [name for name, stage in found.items() if stage not in known]:
        raise NoStandIn(f"there is no stand-in for {', '.join(unknown)} in {IMAGES / 'Dockerfile'}")
    return found


def build(engine: Engine) -> list[str]:
    """Build what has changed, and return all names. Raises NoStandIn, EngineFailed."""
    wanted = stages(named_images())
    base = _base(engine)
    with TemporaryDirectory(prefix="streamario-images-") as context:
        _fill(Path(context))
        one = {"context": context, "args": {"BASE": base}}
        services = {
            f"image-{number}": {"image": name, "build": one | {"target": stage}}
            for number, (name, stage) in enumerate(wanted.items())
        }
        built = subprocess.run(
            ("docker", "compose", "--project-name=stand-ins", "--file=-", "build", "--quiet"),
            env=engine.environment,
            input=msgspec.json.encode({"services": services}),
            capture_output=True,
            check=False,
        )
        if built.returncode:
            raise EngineFailed(f"docker compose build: {built.stderr.decode(errors='replace')}")
    return list(wanted)


def _base(engine: Engine) -> str:
    """Return the name of the image that holds Debian; make it unless it exists."""
    recipe = " ".join((RELEASE, *PACKAGES, *LEFT_OUT))
    name = f"streamario-stand-in:{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if not engine.docker("images", "--quiet", name):
        for old in engine.docker("images", "--quiet", "streamario-stand-in").split():
            engine.docker("rmi", "--force", old)
        _bootstrap(engine, name)
    return name


def _bootstrap(engine: Engine, name: str) -> None:
    with TemporaryDirectory(prefix="streamario-debian-") as folder:
        # apt fetches in the way that this machine's apt does: proxy, certificates, dates.
        options = Path(folder) / "apt.conf"
        dumped = ("apt-config", "dump", "Acquire")
        options.write_bytes(subprocess.run(dumped, capture_output=True, check=True).stdout)
        debian = Path(folder) / "debian.tar"
        made = subprocess.run(
            (
                *("mmdebstrap", "--quiet", "--variant=minbase", f"--aptopt={options}", *LEFT_OUT),
                *(f"--include={','.join(PACKAGES)}", RELEASE, debian),
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise EngineFailed(f"mmdebstrap: {made.stderr}")
        engine.docker("import", str(debian), name)


def _fill(context: Path) -> None:
    """Put everything that `images/Dockerfile` copies into the folder."""
    shutil.copytree(IMAGES, context, dirs_exist_ok=True)
    shutil.copytree(programs.valkey().parent, context / "valkey")
    # PostgreSQL's programs find their libraries by their place beside the package.
    package = programs.postgres_folder().parents[1]
    libraries = f"{package.name}.libs"
    shutil.copytree(package.parent / libraries, context / "postgres" / libraries)
    install = programs.postgres_folder().parent
    shutil.copytree(install, context / "postgres" / package.name / install.name, symlinks=True)
    shutil.copy(programs.caddy(), context)
    (context / "certificates.crt").write_bytes(CERTIFICATES.read_bytes())
    (context / "pip.conf").write_text(pip_settings(_told_by_pip()))


def _told_by_pip() -> str:
    listed = (sys.executable, "-m", "pip", "config", "list")
    return subprocess.run(listed, capture_output=True, text=True, check=True).stdout


def pip_settings(listed: str) -> str:
    """Return pip.conf with those lines of `pip config list` that say how the index is reached.

    The authorities that pip trusts are the image's own copy of this machine's.
    """
    told = dict(re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", listed, re.MULTILINE))
    told["cert"] = str(CERTIFICATES)
    lines = [f"{name} = {told[name]}" for name in ASKED_OF_PIP if name in told]
    return "\n".join(("[global]", *lines, ""))
