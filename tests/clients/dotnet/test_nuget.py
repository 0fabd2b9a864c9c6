"""What `dotnet pack` makes of the .NET package. Collected only with DOTNET."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.clients.dotnet.projects import DOTNET, PROJECT
from tests.clients.dotnet.sdk import packed

LIBRARY = "lib/netstandard2.1/Streamario.Core"


def contents(feed: Path) -> zipfile.ZipFile:
    (package,) = feed.iterdir()
    return zipfile.ZipFile(package)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory.mktemp("packed"))


def test_the_package_holds_the_library_its_comments_and_a_readme(feed: Path) -> None:
    with contents(feed) as package:
        names = {name for name in package.namelist() if not name.startswith(("_rels", "package/"))}
        assert names == {
            *(f"{LIBRARY}.dll", f"{LIBRARY}.xml", "README.md"),
            *("Streamario.Core.nuspec", "[Content_Types].xml"),
        }
        metadata = ET.fromstring(package.read("Streamario.Core.nuspec"))[0]
    told = {element.tag.rpartition("}")[2]: element for element in metadata}
    written = ET.parse(PROJECT).getroot()
    for tag, name in (("id", "PackageId"), ("version", "Version"), ("description", "Description")):
        assert told[tag].text == written.findtext(f"PropertyGroup/{name}")
    assert told["license"].text == "MIT"
    (group,) = told["dependencies"]
    assert (group.attrib, list(group)) == ({"targetFramework": ".NETStandard2.1"}, [])


def test_the_packages_readme_is_the_pages_text_without_links_into_the_repository(
    feed: Path,
) -> None:
    page = (DOTNET / "README.md").read_text(encoding="utf-8")
    with contents(feed) as package:
        text = package.read("README.md").decode("utf-8-sig")
    assert not re.search(r"\]\((?!https:)", text)
    assert text.split() == re.sub(r"\[([^]]+)\]\((?!https:)[^)]+\)", r"\1", page).split()


def test_the_library_is_the_same_in_whatever_folder_it_is_built(feed: Path, tmp_path: Path) -> None:
    with contents(feed) as one, contents(packed(tmp_path)) as other:
        library = one.read(f"{LIBRARY}.dll")
        assert library == other.read(f"{LIBRARY}.dll")
    assert str(feed.parent).encode() not in library
