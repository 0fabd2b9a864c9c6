"""`make published` writes one address everywhere, and changes nothing else."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from tests.published import DOCUMENTS, ENTRIES, PLACEHOLDERS, main, published

Publish = Callable[..., None]

ROOT: Final = Path(__file__).parents[1]
UNITY, WEB, DOTNET, PYTHON = ENTRIES
HERE: Final = "https://github.com/someone/streamario"


def files(folder: Path) -> dict[str, str]:
    """Return the texts of all that has an address, by their paths in a folder."""
    found = {path for pattern in DOCUMENTS for path in folder.glob(pattern)}
    paths = found | {folder / name for name in ENTRIES}
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in paths}


def without_entries(name: str, text: str) -> str:
    """Return a manifest's text without its entries, and any other text as it is."""
    _, entries = ENTRIES.get(name, ("", {"\0": ""}))
    lines = [line for line in text.splitlines(True) if not line.startswith(tuple(entries))]
    return "".join(lines)


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The current folder: a copy of what has an address, as before it had one."""
    texts = {name: without_entries(name, text) for name, text in files(ROOT).items()}
    if address := published(ROOT):  # in a fork
        texts = {name: text.replace(address.git, PLACEHOLDERS[0]) for name, text in texts.items()}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return texts


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publish:
    def call(*arguments: str) -> None:
        monkeypatch.setattr("sys.argv", ["published", *arguments])
        main()

    return call


def test_an_address_replaces_placeholders_and_adds_its_entries(
    checkout: dict[str, str], publish: Publish
) -> None:
    """What was there stays as it was, to the byte."""
    publish(HERE)
    written = files(Path())
    placeholder = "|".join(map(re.escape, PLACEHOLDERS))
    for name, before in checkout.items():
        text = re.sub(placeholder, f"{HERE}.git", before)
        assert without_entries(name, written[name]) == text
        assert written[name].count("\n") == text.count("\n") + len(ENTRIES.get(name, ("", ""))[1])
    assert sum(written[name] != text for name, text in checkout.items()) > len(ENTRIES) + 5


def test_manifests_are_valid_and_lead_to_the_files_of_their_versions_tag(publish: Publish) -> None:
    before = json.loads(Path(UNITY).read_text("utf-8"))
    publish(HERE)
    unity, web = (json.loads(Path(name).read_text("utf-8")) for name in (UNITY, WEB))
    tag = f"{HERE}/blob/com.streamario.unity/{unity['version']}"
    added = {
        "documentationUrl": f"{tag}/clients/unity/README.md",
        "changelogUrl": f"{tag}/clients/unity/CHANGELOG.md",
        "licensesUrl": f"{tag}/clients/unity/LICENSE.md",
        "repository": {"type": "git", "url": f"{HERE}.git", "directory": "clients/unity"},
    }
    assert unity == before | added
    assert web["repository"] == {"type": "git", "url": f"{HERE}.git", "directory": "clients/web"}
    project = ET.parse(DOTNET).getroot()
    assert project.findtext("PropertyGroup/RepositoryUrl") == f"{HERE}.git"
    assert project.findtext("PropertyGroup/RepositoryType") == "git"
    page = project.findtext("PropertyGroup/PackageProjectUrl")
    assert page == f"{tag}/clients/dotnet/README.md"
    python = tomllib.loads(Path(PYTHON).read_text("utf-8"))["project"]
    changes = f"{HERE}/blob/v{python['version']}/CHANGELOG.md"
    assert python["urls"] == {"Source": HERE, "Changelog": changes}
    links = re.findall(
        rf"{HERE}/blob/(?:v|[\w.]+/)[\d.]+/([\w./]+)", "".join(files(Path()).values())
    )
    assert len(links) == 5
    assert all((ROOT / path).is_file() for path in links)


def test_it_can_run_again_and_with_the_address_of_a_fork(publish: Publish) -> None:
    publish(HERE)
    first = files(Path())
    publish("https://gitlab.com/games/viewers/theirs")
    assert HERE not in "".join(files(Path()).values())
    publish(f"{HERE}.git/")
    assert files(Path()) == first


def test_without_an_address_links_follow_the_versions(publish: Publish) -> None:
    publish("https://git.example.org/someone/streamario", "--forge", "gitlab")
    manifest = Path(UNITY)
    now = json.loads(manifest.read_text("utf-8"))["version"]
    manifest.write_text(
        manifest.read_text("utf-8").replace(f'version": "{now}"', 'version": "7.8.9"')
    )
    publish()
    link = json.loads(manifest.read_text("utf-8"))["changelogUrl"]
    assert "/-/blob/com.streamario.unity/7.8.9/" in link
    assert "/com.streamario.unity/7.8.9/" in Path(DOTNET).read_text("utf-8")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://github.com/someone/its.name", "/blob/v"),
        ("https://gitlab.com/group/within/streamario", "/-/blob/v"),
        ("https://codeberg.org/someone/streamario", "/src/tag/v"),
    ],
)
def test_each_forge_shows_the_files_of_a_tag_in_its_own_place(
    address: str, shown: str, publish: Publish
) -> None:
    publish(address)
    assert f'urls.Changelog = "{address}{shown}' in Path(PYTHON).read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("http://github.com/someone/streamario",),
        ("git@github.com:someone/streamario.git",),
        ("https://someone:secret@github.com/someone/streamario",),
        ("https://github.com/streamario",),
        ("https://github.com/someone/streamario.git.git",),
        ("https://github.com/someone/streamario?tab=readme",),
        ("https://github.com/someone/streamario/tree/main",),
        ("https://gitlab.com/someone/streamario/-/tree/main",),
        ("https://github.com/OWNER/streamario",),
        ("https://HOST/OWNER/streamario.git",),
        ("https://git.example.org/someone/streamario",),
    ],
    ids=" ".join,
)
def test_what_is_no_address_of_a_repository_changes_nothing(
    arguments: tuple[str, ...],
    checkout: dict[str, str],
    publish: Publish,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        publish(*arguments)
    assert files(Path()) == checkout
    assert "secret" not in capsys.readouterr().err


def test_it_prints_what_it_wrote_and_which_tags_the_links_need(
    publish: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(HERE)
    said = capsys.readouterr().out
    assert f"README.md\n  git clone {HERE}.git streamario\n" in said
    unity = json.loads(Path(UNITY).read_text("utf-8"))["version"]
    assert f"com.streamario.unity/{unity} v" in said.splitlines()[-1]
    publish(HERE)
    assert len(capsys.readouterr().out.splitlines()) == 2
