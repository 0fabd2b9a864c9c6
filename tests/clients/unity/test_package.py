"""The Unity package: complete, and compilable."""

import json
import re
from pathlib import Path

import pytest

from clients import csharp
from shared.wire.game_messages import PROTOCOL
from shared.wire.room_settings import Button, Label, RoomSettings
from tests.clients.unity.compiling import (
    COMPONENT,
    CORE,
    EDITOR,
    PACKAGE,
    PARTS,
    SOURCES,
    compiled,
)

VERSIONS = ("UNITY_2021_3_OR_NEWER", "UNITY_6000_0_OR_NEWER")
GUID = re.compile(r"^guid: ([0-9a-f]{32})$", re.MULTILINE)


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """What the oldest Unity and Unity 6 define: only the latter has Awaitable."""
    defined: str = request.param
    return defined


@pytest.fixture(scope="module")
def libraries(version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assemblies without Unity, compiled without it, and Unity's signatures."""
    folder = tmp_path_factory.mktemp("unity")
    core = compiled(folder / "Streamario.Core.dll", CORE.glob("*.cs"))
    compiled(folder / "Streamario.Parts.dll", PARTS.glob("*.cs"), core)
    unity = folder / "UnityEngine.dll"
    compiled(unity, (SOURCES / "signatures").glob("*.cs"), define=version)
    return folder


def assets() -> list[Path]:
    """The files and folders that Unity imports, and a sample's after it is copied to a project."""
    found = [path for path in PACKAGE.rglob("*") if path.suffix != ".meta"]
    docs = PACKAGE / "Documentation~"
    return [
        path for path in found if path != PACKAGE / "Samples~" and docs not in (path, path.parent)
    ]


def meta_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.meta")


def test_the_messages_say_the_protocols_version() -> None:
    assert f"Version = {PROTOCOL};" in csharp.TARGET.read_text("utf-8")


def test_typed_settings_have_the_names_of_the_wire() -> None:
    """All of a button's, since a list replaces the room's; of the room's those that a game sets."""
    source = (CORE / "RoomSettings.cs").read_text(encoding="utf-8")
    room, button, label = (
        set(re.findall(r'\.Add\("(\w+)"', part)) for part in source.split("sealed class ")[1:]
    )
    assert button == set(Button.__struct_fields__)
    assert label == set(Label.__struct_fields__)
    assert {"title", "triggers_per_minute"} < room < set(RoomSettings.__struct_fields__)


def test_what_only_json_makes_is_kept_where_code_is_stripped() -> None:
    """Unity's linker finds no code that constructs these classes."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in CORE.glob("*.cs"))
    source += (PARTS / "RoomMessages.cs").read_text(encoding="utf-8")
    attributes = re.findall(r"^ +\[(Serializable.*)\]$", source, re.MULTILINE)
    assert len(attributes) > 10
    assert set(attributes) == {"Serializable, Preserve"}


def references(libraries: Path) -> list[Path]:
    """What the component's assembly refers to."""
    names = ("Streamario.Core", "Streamario.Parts", "UnityEngine")
    return [libraries / f"{name}.dll" for name in names]


@pytest.mark.parametrize("define", ["UNITY_WEBGL", "UNITY_EDITOR"])
def test_the_components_and_the_samples_use_unity_as_it_is(
    libraries: Path, version: str, define: str
) -> None:
    """They compile against Unity's signatures, for WebGL and the editor; as others compile them,
    for native players."""
    define = f"{version};{define}"
    known = references(libraries)
    unity = libraries / "Streamario.Unity.dll"
    assert compiled(unity, COMPONENT.glob("*.cs"), *known, define=define).exists()
    for sample in (PACKAGE / "Samples~").glob("*/*.cs"):
        assert compiled(libraries / "Sample.dll", [sample], *known, unity).exists()


def test_the_window_uses_the_editor_as_it_is(component: list[Path], tmp_path: Path) -> None:
    window = tmp_path / "Streamario.Editor.dll"
    assert compiled(window, EDITOR.glob("*.cs"), *component, define="UNITY_EDITOR").exists()


def test_its_tests_for_unity_compile(component: list[Path], tmp_path: Path) -> None:
    """Unity runs them: in Play mode, and in a player."""
    sources = (PACKAGE / "Tests").rglob("*.cs")
    assert compiled(tmp_path / "Streamario.Tests.dll", sources, *component).exists()


def test_the_project_that_builds_players_compiles(libraries: Path, tmp_path: Path) -> None:
    script = SOURCES / "project" / "Assets" / "Editor" / "PlayerBuild.cs"
    target = tmp_path / "Build.dll"
    assert compiled(target, [script], libraries / "UnityEngine.dll").exists()


def test_assemblies_refer_to_those_they_are_compiled_with_here() -> None:
    """Only Streamario.Unity and the window know Unity."""
    found = {
        definition["name"]: (definition["references"], definition["noEngineReferences"])
        for path in PACKAGE.rglob("*.asmdef")
        if "Tests" not in path.parts
        for definition in [json.loads(path.read_text(encoding="utf-8"))]
    }
    core, parts, unity = "Streamario.Core", "Streamario.Parts", "Streamario.Unity"
    assert found == {
        core: ([], True),
        parts: ([core], True),
        unity: ([core, parts], False),
        "Streamario.Editor": ([core, parts, unity], False),
    }


COMPILED = {
    "a project with a GameEvent of its own, and Unity's Ping": """
using System.Collections;
using Streamario;
using UnityEngine;
public class GameEvent { public string Name; }
public class Boss : MonoBehaviour
{
    public GameEvent Raised;
    void Start()
    {
        var game = GetComponent<StreamarioClient>().Game;
        game.Trigger += Fire;
        game.Error += problem => Debug.Log(problem.Code);
    }
    void Fire(ViewerTrigger trigger) { Raised = new GameEvent { Name = trigger.event_type }; }
    IEnumerator Measure()
    {
        var ping = new Ping("127.0.0.1");
        while (!ping.isDone) yield return null;
    }
}
""",
    "a game that was written when a trigger was called GameEvent": """
using System;
using System.Collections.Generic;
using Streamario;
using UnityEngine;
#pragma warning disable 618
public class Older : MonoBehaviour
{
    readonly Queue<GameEvent> _waiting = new Queue<GameEvent>();
    public event Action<GameEvent> Came;
    GameClient _game;
    void Start()
    {
        _game = GetComponent<StreamarioClient>().Game;
        _game.Trigger += Fire;
        _game.Trigger -= Fire;
        _game.Trigger += Came;
        _game.Trigger += trigger => Fire(trigger);
        _game.Gap += Jump;
        _game.RoundEnded += End;
        Action resume = _game.Resume;
        resume();
    }
    void Fire(GameEvent trigger) { if (trigger.HasViewerName) _waiting.Enqueue(trigger); }
    void Update() { if (_waiting.Count > 0) _game.Acknowledge(_waiting.Dequeue()); }
    void Jump(Gap gap) { Debug.Log(gap.last_seq); }
    void End(GameEndSummary summary) { Top top = summary.top_overall; Debug.Log(top.count); }
}
""",
}
IMPORTED = """
namespace Bought { public class GameEvent { public string Name; } }
namespace Own
{
    using Bought;
    using Streamario;
    public class Boss { public GameEvent Raised; public ViewerTrigger Last; }
}
"""


@pytest.fixture(scope="module")
def component(libraries: Path, version: str) -> list[Path]:
    """The package as compiled for a project's scripts."""
    known = references(libraries)
    unity = libraries / "Streamario.Unity.dll"
    return [*known, compiled(unity, COMPONENT.glob("*.cs"), *known, define=version)]


@pytest.mark.parametrize("name", COMPILED)
def test_a_projects_scripts_compile(component: list[Path], tmp_path: Path, name: str) -> None:
    """No name in them is ambiguous."""
    (tmp_path / "Script.cs").write_text(COMPILED[name])
    assert compiled(tmp_path / "Game.dll", [tmp_path / "Script.cs"], *component).exists()


def test_a_project_that_imports_another_game_event_switches_the_old_name_off(
    tmp_path: Path,
) -> None:
    """With the scripting define symbol, with which Unity compiles packages too."""
    (tmp_path / "Script.cs").write_text(IMPORTED)
    define = "STREAMARIO_WITHOUT_OLD_NAMES"
    core = compiled(tmp_path / "Core.dll", CORE.glob("*.cs"), define=define)
    assert compiled(tmp_path / "Game.dll", [tmp_path / "Script.cs"], core).exists()


def test_every_asset_has_a_guid_of_its_own_that_stays() -> None:
    """A package from git is read-only: Unity cannot add what is missing."""
    missing = [path for path in assets() if not meta_of(path).exists()]
    assert missing == []
    guids = [GUID.search(meta_of(path).read_text(encoding="utf-8")) for path in assets()]
    assert len({guid.group(1) for guid in guids if guid}) == len(assets())


def test_no_meta_is_left_of_an_asset_that_is_gone() -> None:
    metas = set(PACKAGE.rglob("*.meta"))
    assert metas == {meta_of(path) for path in assets()}


def test_the_core_asks_for_nothing_that_il2cpp_and_webgl_lack() -> None:
    definition = json.loads((CORE / "Streamario.Core.asmdef").read_text(encoding="utf-8"))
    assert definition["noEngineReferences"] is True
    source = "\n".join(path.read_text(encoding="utf-8") for path in CORE.glob("*.cs"))
    for absent in ("UnityEngine", "System.Text.Json", "System.Reflection", " dynamic "):
        assert absent not in source


def test_the_manifest_names_what_is_there() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert (manifest["name"], manifest["unity"]) == ("com.streamario.unity", "2021.3")
    assert all((PACKAGE / sample["path"]).is_dir() for sample in manifest["samples"])
    assert {PACKAGE / sample["path"] for sample in manifest["samples"]} == {
        path for path in (PACKAGE / "Samples~").iterdir() if path.is_dir()
    }
    assert set(manifest["dependencies"].values()) == {"1.0.0"}  # of every module
    changes = (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {manifest['version']}" in changes


def test_the_package_is_laid_out_as_unitys_manual_says() -> None:
    """Unity manual, "Package layout"; the Package Manager finds these by name."""
    found = {path.name for path in PACKAGE.iterdir() if path.suffix != ".meta"}
    texts = {"README.md", "CHANGELOG.md", "LICENSE.md", "Third Party Notices.md", "package.json"}
    folders = {"Editor", "Runtime", "Tests", "Samples~", "Documentation~"}
    assert texts | folders <= found
    assert (PACKAGE / "Documentation~" / "com.streamario.unity.md").is_file()


def test_the_web_library_has_what_the_web_socket_calls() -> None:
    library = (PACKAGE / "Plugins" / "WebGL" / "StreamarioSocket.jslib").read_text(encoding="utf-8")
    socket = (COMPONENT / "WebGLSocket.cs").read_text(encoding="utf-8")
    called = set(re.findall(r"static extern \w+ (\w+)\(", socket))
    assert len(called) == 6
    assert called == set(re.findall(r"^  (StreamarioSocket\w+): function", library, re.MULTILINE))
