"""`make published`: write the repository's address wherever the project names it.

Until somebody publishes the project, manifests have no address, and documents a placeholder.
Afterwards the Unity package's manifest says the address, so that without an argument the links to
tags follow the versions.
"""

import argparse
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

UNITY: Final = "clients/unity/package.json"
PYTHON: Final = "pyproject.toml"
DOCUMENTS: Final = ("*.md", "docs/*.md", "clients/*/*.md")
PLACEHOLDERS: Final = ("THIS_REPOSITORYS_URL", "https://HOST/OWNER/streamario.git")
REPOSITORY: Final = '{{ "type": "git", "url": "{git}", "directory": "%s" }},'
# By file: how the line above the entries begins; how each entry begins, and how it goes on.
ENTRIES: Final = {
    UNITY: (
        '  "license": ',
        {
            '  "documentationUrl": ': '"{unity}/clients/unity/README.md",',
            '  "changelogUrl": ': '"{unity}/clients/unity/CHANGELOG.md",',
            '  "licensesUrl": ': '"{unity}/clients/unity/LICENSE.md",',
            '  "repository": ': REPOSITORY % "clients/unity",
        },
    ),
    "clients/web/package.json": (
        '  "license": ',
        {'  "repository": ': REPOSITORY % "clients/web"},
    ),
    "clients/dotnet/Streamario.Core/Streamario.Core.csproj": (
        "    <PackageLicenseExpression>",
        {
            "    <PackageProjectUrl>": "{unity}/clients/dotnet/README.md</PackageProjectUrl>",
            "    <RepositoryUrl>": "{git}</RepositoryUrl>",
            "    <RepositoryType>": "git</RepositoryType>",
        },
    ),
    PYTHON: (
        "authors = ",
        {"urls.Source = ": '"{address}"', "urls.Changelog = ": '"{server}/CHANGELOG.md"'},
    ),
}
NAME: Final = r"/\w[\w.-]*"
ADDRESS: Final = re.compile(
    rf"https://([a-z\d.-]+\.[a-z]+)(?!/OWNER/){NAME}((?:{NAME})*){NAME}", re.ASCII
)
# Where forges show the files of a tag, and which forge answers at which host.
TAGGED: Final = {"github": "/blob/", "gitlab": "/-/blob/", "forgejo": "/src/tag/"}
HOSTS: Final = {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "forgejo"}


@dataclass(frozen=True)
class Repository:
    """Where the project is published; `address` as `https://HOST/OWNER/NAME`."""

    address: str
    forge: str

    @property
    def git(self) -> str:
        """The URL to clone."""
        return f"{self.address}.git"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make published", description=__doc__)
    parser.add_argument("url", nargs="?", help="https://HOST/OWNER/NAME; without it: as before")
    parser.add_argument("--forge", choices=TAGGED, help="which one answers at a host of your own")
    options, root = parser.parse_args(), Path()
    try:
        target = repository(options.url, options.forge) if options.url else published(root)
    except ValueError as error:
        parser.error(str(error))
    if target is None:
        parser.error("no address is written yet: make published URL=https://HOST/OWNER/NAME")
    for path, text in changed(root, target).items():
        before = path.read_text("utf-8").splitlines()
        print(path, *(line for line in text.splitlines() if line not in before), sep="\n  ")
        path.write_text(text, "utf-8")
    print(f"Every place names {target.address} now.")
    print("Its links lead somewhere once these tags are pushed:", *tags(root).values())


def repository(url: str, forge: str | None) -> Repository:
    """Check an address; raise `ValueError` if no repository can have it."""
    address = url.removesuffix("/").removesuffix(".git")
    parts = ADDRESS.fullmatch(address)
    if not parts or address.endswith(".git"):
        raise ValueError("a repository's address is https://HOST/OWNER/NAME")
    host, groups = parts.groups()
    forge = forge or HOSTS.get(host)
    if not forge:
        raise ValueError(f"which --forge answers at {host}: {', '.join(TAGGED)}?")
    if groups and forge != "gitlab":
        raise ValueError("a repository's address is https://HOST/OWNER/NAME, except at GitLab")
    return Repository(address, forge)


def published(root: Path) -> Repository | None:
    """Return where the project is published by now; None if nowhere."""
    manifest = json.loads((root / UNITY).read_text("utf-8"))
    if "repository" not in manifest:
        return None
    address = manifest["repository"]["url"].removesuffix(".git")
    link = manifest["documentationUrl"].removeprefix(address)
    forge = next((name for name, view in TAGGED.items() if link.startswith(view)), None)
    return repository(address, forge)


def tags(root: Path) -> dict[str, str]:
    """Return the tags of the versions that the manifests have."""
    unity = json.loads((root / UNITY).read_text("utf-8"))
    server = tomllib.loads((root / PYTHON).read_text("utf-8"))["project"]
    return {"unity": f"{unity['name']}/{unity['version']}", "server": f"v{server['version']}"}


def changed(root: Path, target: Repository) -> dict[Path, str]:
    """Return the new text of each file that does not name this address everywhere."""
    view = f"{target.address}{TAGGED[target.forge]}"
    values = {name: f"{view}{tag}" for name, tag in tags(root).items()}
    values |= {"address": target.address, "git": target.git}
    texts = {root / name: with_entries(root / name, *ENTRIES[name], values) for name in ENTRIES}
    before = published(root)
    old = re.compile("|".join(map(re.escape, [*PLACEHOLDERS, *([before.git] if before else [])])))
    for path in sorted(path for pattern in DOCUMENTS for path in root.glob(pattern)):
        texts[path] = old.sub(target.git, path.read_text("utf-8"))
    return {path: text for path, text in texts.items() if text != path.read_text("utf-8")}


def with_entries(path: Path, above: str, entries: dict[str, str], values: dict[str, str]) -> str:
    """Return a manifest's text with these entries, instead of what it had of them."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines = [line for line in lines if not line.startswith(tuple(entries))]
    (place,) = (index for index, line in enumerate(lines, 1) if line.startswith(above))
    lines[place:place] = [f"{start}{rest.format_map(values)}\n" for start, rest in entries.items()]
    return "".join(lines)


if __name__ == "__main__":
    main()
