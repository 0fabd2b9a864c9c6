"""The workflows of .github: what they run, what they may do, and what they publish when."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.deploy.command_line import finished

ROOT: Final = Path(__file__).parents[2]
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PLATFORMS: Final = "linux/amd64,linux/arm64"
VERSION: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
BUILD: Final = "docker/build-push-action"
PARTS = ("audit", "autobahn", "check", "collection", "containers", "test-all")


def workflow(name: str) -> dict[str, Any]:
    """Parse a workflow; YAML 1.1 reads its key `on` as True."""
    read: dict[Any, Any] = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text())
    read["on"] = read.pop(True)
    return read


def used(job: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the inputs of the only step of a job that uses an action."""
    (step,) = [each for each in job["steps"] if each.get("uses", "").startswith(f"{action}@")]
    inputs: dict[str, Any] = step["with"]
    return inputs


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_one_commit_with_its_version_beside_it(path: Path) -> None:
    """A tag can be moved to other code."""
    lines = re.findall(r"uses: (.+)$", path.read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        local = line.startswith("./") and (ROOT / line).is_file()
        assert local or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_may_only_read_unless_it_publishes(path: Path) -> None:
    found = workflow(path.stem)
    assert found["permissions"] == {"contents": "read"}
    granted = {
        name: job["permissions"] for name, job in found["jobs"].items() if "permissions" in job
    }
    publishes = {"publish": {"contents": "read", "packages": "write"}}
    assert granted == (publishes if path.stem == "images" else {})
    for job in found["jobs"].values():
        if "steps" in job:
            assert used(job, "actions/checkout") == {"persist-credentials": False}
            assert job["timeout-minutes"] <= 60


def test_a_change_is_checked_by_the_command_that_people_run() -> None:
    found = workflow("ci")
    assert set(found["on"]) == {"pull_request", "push", "workflow_call"}
    assert found["jobs"]["check"]["steps"][-1] == {"run": ".ci/run"}


@pytest.mark.parametrize("failing", ["", "audit", "test-all", "python"])
def test_the_checks_run_whole_and_list_what_ran_whatever_fails(
    tmp_path: Path, failing: str
) -> None:
    ran = run_of_checks(
        tmp_path,
        python='test python != "$FAILING"',
        make='echo "made $*"; test "$1" != "$FAILING"',
        FAILING=failing,
    )

    assert bool(ran.returncode) is bool(failing)
    failed = {"python": {"autobahn", "collection"}}.get(failing, {failing})
    assert results_of(ran) == {part: "FAILED" if part in failed else "passed" for part in PARTS}
    assert "made containers CONTAINERS=--long" in ran.stdout


def test_a_check_that_was_killed_is_a_failure(tmp_path: Path) -> None:
    """With the shell that would have noted its result."""
    ran = run_of_checks(tmp_path, python="true", make='test "$1" != audit || kill -9 "$PPID"')
    assert ran.returncode == 1
    assert results_of(ran) == {**dict.fromkeys(PARTS, "passed"), "audit": "FAILED"}


def run_of_checks(
    tmp_path: Path, *, python: str, make: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `.ci/run` with these stand-ins for what it calls."""
    stand_ins = {".ci/packages": "true", ".venv/bin/python": python, "bin/make": make}
    for name, commands in stand_ins.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        stand_in(tmp_path / name, commands)
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    return finished([tmp_path / ".ci/run"], env={**os.environ, "PATH": path, **environment})


def results_of(ran: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """How each part ended, as the run lists it."""
    lines = ran.stdout.partition("What ran:\n")[2].splitlines()
    return {part: result for result, part in (line.split()[:2] for line in lines)}


def stand_in(path: Path, commands: str) -> None:
    """Write an executable shell script."""
    path.write_text(f"#!/bin/sh\n{commands}\n")
    path.chmod(0o755)


def test_only_a_tag_publishes_and_only_after_the_checks() -> None:
    found = workflow("images")
    assert found["on"]["push"] == {"tags": ["v*"]}
    assert set(found["on"]) == {"push", "pull_request"}
    jobs = found["jobs"]
    assert jobs["publish"]["if"] == jobs["check"]["if"] == "github.ref_type == 'tag'"
    assert jobs["publish"]["needs"] == ["build", "check"]
    assert jobs["check"]["uses"] == "./.github/workflows/ci.yml"
    assert used(jobs["build"], BUILD)["push"] is False
    for path in found["on"]["pull_request"]["paths"]:
        assert (ROOT / path).is_file()


def test_what_is_published_says_how_it_was_built() -> None:
    """For both processors, with provenance, an SBOM and the labels of the Dockerfile."""
    jobs = workflow("images")["jobs"]
    built, published = used(jobs["build"], BUILD), used(jobs["publish"], BUILD)
    for each in (built, published):
        assert (each["context"], each["platforms"]) == (".", PLATFORMS)
        assert (ROOT / each["file"]).is_file()
        assert each["cache-from"] == "type=gha"
    assert (published["push"], published["provenance"], published["sbom"]) == (
        True,
        "mode=max",
        True,
    )
    assert "latest" not in published["tags"]
    given = {line.split("=")[0] for line in published["build-args"].splitlines()}
    (labels,) = re.findall(r"^ARG (.+)$", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
    assert given == {argument.split("=")[0] for argument in labels.split()}


@pytest.mark.parametrize(("tag", "fits"), [(f"v{VERSION}", True), ("v9.9.9", False)])
def test_a_tag_of_another_version_publishes_nothing(tag: str, fits: bool, tmp_path: Path) -> None:
    """The step's own script: it stops the job, or names the image in lower case."""
    (step,) = [each for each in workflow("images")["jobs"]["publish"]["steps"] if "run" in each]
    output = tmp_path / "output"
    ran = subprocess.run(
        ["/bin/bash", "-e", "-c", step["run"]],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "GITHUB_REF_NAME": tag,
            "GITHUB_REPOSITORY": "Someone/Streamario",
            "GITHUB_OUTPUT": str(output),
        },
        check=False,
    )
    assert (ran.returncode == 0) is fits
    if fits:
        assert output.read_text() == f"version={VERSION}\nname=ghcr.io/someone/streamario\n"
    else:
        assert not output.exists()


def test_unity_is_run_by_hand_and_with_secrets_of_the_repository_only() -> None:
    """Nobody's change from outside may start what has a licence; nothing of it is written here."""
    found = workflow("unity")
    assert found["on"] == {"workflow_dispatch": None}
    assert found["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in found["env"]}
    assert set(found["env"]) == {"UNITY_LICENSE", "UNITY_EMAIL", "UNITY_PASSWORD"}


def test_unity_tests_the_package_and_builds_a_sample_that_is_there() -> None:
    jobs = workflow("unity")["jobs"]
    tested, built = jobs["tests"], jobs["build"]
    package = json.loads((ROOT / "clients/unity/package.json").read_text())
    lowest, *_ = tested["strategy"]["matrix"]["unity"]
    assert lowest.startswith(package["unity"])
    assert set(built["strategy"]["matrix"]["unity"]) <= set(tested["strategy"]["matrix"]["unity"])
    runner = used(tested, "game-ci/unity-test-runner")
    assert (ROOT / runner["projectPath"] / "package.json").exists()

    project = ROOT / used(built, "game-ci/unity-builder")["projectPath"]
    (copied,) = [step["run"] for step in built["steps"] if "run" in step]
    *sources, target = copied.split()[2:]
    assert ROOT / target == project / "Assets"
    build = (project / "Assets/Editor/PlayerBuild.cs").read_text()
    (scene,) = re.findall(r'"Assets/NoCode/(.+)"', build)
    assert (ROOT / sources[0] / scene).exists()
    assert all((ROOT / source).exists() for source in sources)
    packages = json.loads((project / "Packages/manifest.json").read_text())["dependencies"]
    path = packages[package["name"]].removeprefix("file:")
    assert (project / "Packages" / path).resolve() == ROOT / "clients/unity"
