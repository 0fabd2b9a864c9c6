"""The prefabs and the samples' scenes: nothing that they refer to is missing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.unity.compiling import PACKAGE, SOURCES
from tests.clients.unity.unity_yaml import UnityFile, guid_of

FILES = sorted([*PACKAGE.rglob("*.prefab"), *PACKAGE.rglob("*.unity")])
NAMES = [path.name for path in FILES]
SCRIPT = 11500000  # the class in a C# file
WHOLE_PREFAB = 100100000
# What Unity itself brings; 10001 is the cookie of spot lights.
BUILT_IN = {"0000000000000000e000000000000000": {10001}}
# Fields of every MonoBehaviour.
OWN = re.compile(r"m_\w+$")
# Unity's modules that a project may have switched off: what C# and YAML call their classes.
MODULES = {
    "ai": r"NavMesh\w*",
    "animation": r"Animator|Animation",
    "audio": r"Audio\w+",
    "director": r"PlayableDirector",
    "imgui": r"GUI|GUILayout",
    "jsonserialize": r"JsonUtility",
    "particlesystem": r"ParticleSystem\w*",
    "physics": r"Rigidbody|\w+Collider|CreatePrimitive|Physics",
    "physics2d": r"\w+2D(?<!Texture2D)",
    "ui": r"Canvas\w*|RectTransform",
    "unitywebrequest": r"UnityWebRequest",
    "video": r"VideoPlayer",
}
CLASS_IDS = {
    1: "GameObject",
    4: "Transform",
    20: "Camera",
    29: "OcclusionCullingSettings",
    81: "AudioListener",
    104: "RenderSettings",
    108: "Light",
    114: "MonoBehaviour",
    157: "LightmapSettings",
    196: "NavMeshSettings",
    1001: "PrefabInstance",
}


@pytest.fixture(scope="module")
def assets() -> dict[str, Path]:
    """The package's assets by GUID."""
    metas = PACKAGE.rglob("*.meta")
    paths = [meta.with_suffix("") for meta in metas]
    return {guid_of(path): path for path in paths}


def source_of(script: Path) -> str:
    """The source of a component, of all its files."""
    files = [script, *script.parent.glob(f"{script.stem}.*.cs")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def serialised(source: str) -> set[str]:
    """The fields of a component that Unity saves."""
    return set(
        re.findall(
            r"\[SerializeField\](?:\s*\[.*?\]\n)*[\w<>\s]*? (\w+)(?: =|;)", source, re.DOTALL
        )
    )


def scripts(file: UnityFile, assets: dict[str, Path]) -> Iterator[tuple[int, Path, dict[str, Any]]]:
    """The components of a file that scripts make: the id, the source and the fields."""
    for anchor, each in file.of_kind("MonoBehaviour").items():
        yield anchor, assets[each.body["m_Script"]["guid"]], each.body


@pytest.fixture(params=FILES, ids=NAMES)
def file(request: pytest.FixtureRequest) -> UnityFile:
    """A prefab or a scene."""
    return UnityFile(request.param)


def modules_of(*sources: Path) -> set[str]:
    """The modules whose classes these files name."""
    words = {
        word for source in sources for word in re.findall(r"\b\w+\b", source.read_text("utf-8"))
    }
    return {
        module
        for module, classes in MODULES.items()
        if any(re.fullmatch(classes, word) for word in words)
    }


def dependencies(manifest: Path) -> set[str]:
    """The modules that a project or a package asks for."""
    names = json.loads(manifest.read_text("utf-8"))["dependencies"]
    return {name.removeprefix("com.unity.modules.") for name in names if "modules" in name}


def test_the_project_that_builds_players_has_the_modules_of_the_package_and_its_samples() -> None:
    """Where a module is missing, scripts do not compile, and a scene loses its components."""
    runtime = modules_of(*(PACKAGE / "Runtime").rglob("*.cs"))
    assert runtime == dependencies(PACKAGE / "package.json")
    samples = modules_of(*FILES, *(PACKAGE / "Samples~").rglob("*.cs"))
    manifest = SOURCES / "project" / "Packages" / "manifest.json"
    assert dependencies(manifest) == samples - runtime


def test_there_are_three_prefabs_and_two_scenes() -> None:
    assert NAMES == [
        "Streamario Client.prefab",
        "Streamario HUD.prefab",
        "Streamario Toasts.prefab",
        "FifteenLines.unity",
        "NoCode.unity",
    ]


def test_every_object_is_of_the_class_that_its_id_says(file: UnityFile) -> None:
    for each in file.objects.values():
        assert CLASS_IDS[each.class_id] == each.kind


def test_every_reference_leads_to_something(file: UnityFile, assets: dict[str, Path]) -> None:
    """Within the file, in another one of the package, or in Unity itself."""
    for anchor, guid in file.references():
        if not guid:
            assert anchor == 0 or anchor in file.objects, anchor
        elif guid in BUILT_IN:
            assert anchor in BUILT_IN[guid]
        elif assets[guid].suffix == ".cs":
            assert anchor == SCRIPT
        else:
            assert anchor == WHOLE_PREFAB or anchor in UnityFile(assets[guid]).objects


def test_objects_and_their_components_know_each_other(file: UnityFile) -> None:
    for anchor, thing in file.of_kind("GameObject").items():
        parts = [part["component"]["fileID"] for part in thing.body["m_Component"]]
        assert file.objects[parts[0]].kind == "Transform"
        assert all(file.objects[part].body["m_GameObject"]["fileID"] == anchor for part in parts)
        owned = {
            part
            for part, each in file.objects.items()
            if each.body.get("m_GameObject", {}).get("fileID") == anchor
        }
        assert owned == set(parts)


def test_components_have_the_fields_that_the_file_sets(
    file: UnityFile, assets: dict[str, Path]
) -> None:
    """The script's file holds the class that Unity looks for: of its own name."""
    found = 0
    for _, script, fields in scripts(file, assets):
        source = source_of(script)
        assert re.search(rf"class {script.stem} : MonoBehaviour", source)
        named = {name for name in fields if not OWN.match(name)}
        assert named <= serialised(source), script
        found += 1
    assert found > 0


def test_instances_change_fields_that_the_prefabs_components_have(
    file: UnityFile, assets: dict[str, Path]
) -> None:
    for instance in file.of_kind("PrefabInstance").values():
        prefab = UnityFile(assets[instance.body["m_SourcePrefab"]["guid"]])
        for change in instance.body["m_Modification"]["m_Modifications"]:
            target = prefab.objects[change["target"]["fileID"]]
            path = change["propertyPath"].split(".")[0]
            if target.kind == "MonoBehaviour":
                script = assets[target.body["m_Script"]["guid"]]
                assert path in serialised(source_of(script))
            else:
                assert path in target.body


def test_wired_events_call_public_methods_of_what_they_name(assets: dict[str, Path]) -> None:
    scene = UnityFile(PACKAGE / "Samples~" / "NoCode" / "NoCode.unity")
    sources = {anchor: script for anchor, script, _ in scripts(scene, assets)}
    called = []
    for _, _, fields in scripts(scene, assets):
        wired = [
            fields.get("onViewerPage"),
            *(each["onTrigger"] for each in fields.get("onButton", ())),
        ]
        for event in filter(None, wired):
            for call in event["m_PersistentCalls"]["m_Calls"]:
                script = sources[call["m_Target"]["fileID"]]
                type_name = call["m_TargetAssemblyTypeName"].split(",")[0]
                assert type_name.split(".")[-1] == script.stem
                # Mode 0 passes the event's value on, mode 1 nothing.
                parameter = {0: "ViewerTrigger trigger", 1: ""}[call["m_Mode"]]
                method = f"public void {call['m_MethodName']}({parameter})"
                assert method in source_of(script)
                called.append((script.stem, call["m_MethodName"]))
    assert called.count(("Fountain", "Throw")) == 6
    assert called.count(("StreamarioClient", "StartRound")) == 1
