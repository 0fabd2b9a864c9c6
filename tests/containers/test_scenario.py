"""What the scenario reads: pages, a crowd's report, a game's messages, limits of the machine."""

from pathlib import Path

import pytest

from tests.containers import machine, project
from tests.containers.__main__ import main
from tests.containers.engine import ROOT
from tests.containers.override import override, write_override
from tests.containers.players import Crowd, Game, Pressed, pressed
from tests.containers.project import Failed, copy_checkout, shell_blocks, until
from tests.containers.report import line, step
from tests.containers.small_server import documented


def test_the_pages_have_the_commands_that_the_scenario_runs() -> None:
    backup, *_ = shell_blocks(ROOT / "docs/operations.md", "## Back up")
    assert "pg_dump" in backup
    beside, audited, exchange = shell_blocks(ROOT / "docs/restore.md", "### With Compose")
    assert "pg_restore" in beside
    assert "restored audit ROOM" in audited
    assert "RENAME TO before" in exchange


def test_what_is_tried_of_the_small_servers_page_reaches_no_other_machine() -> None:
    commands = documented(ROOT / "docs/small_server.md")
    assert "DOMAIN=localhost\n" in commands["settings"]
    assert "docker compose up --detach --wait\n" in commands["start"]
    assert commands["newest"] == (
        "(umask 077; docker compose exec -T backup backup newest > streamario.dump)\n"
    )
    assert commands["update"].count("\n") == 3
    assert commands["restore"].count("backup restore") == 2
    for words in ("ssh", "git ", "compose pull", "play.example.org"):
        assert not [block for block in commands.values() if words in block]


def test_a_title_ends_where_the_next_one_begins(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n\n## B\n\n```sh\none\n```\n\n### C\n\n```sh\ntwo\n```\n\n## D\n\n```sh\nno\n```\n"
    )
    assert shell_blocks(page, "## B") == ["one\n", "two\n"]
    assert shell_blocks(page, "### C") == ["two\n"]


def test_a_crowd_s_report_is_read_as_the_readme_shows_it() -> None:
    report = (ROOT / "README.md").read_text().partition("simulate --viewers 50")[2]
    assert pressed(report) == Pressed(sent=413, accepted=413, unanswered=0, triggers=25, errors=0)
    assert pressed("streamario: there is no server") is None


@pytest.mark.parametrize("report", [None, Pressed(5, 4, unanswered=1, triggers=0, errors=2)])
def test_a_crowd_without_every_answer_fails(report: Pressed | None) -> None:
    with pytest.raises(Failed):
        _ = Crowd(report).pressed


@pytest.mark.parametrize(
    ("numbers", "whole"), [((1, 2, 3), True), ((1, 3), False), ((1, 1), False)]
)
def test_a_game_must_get_each_trigger_once_and_in_order(
    tmp_path: Path, numbers: tuple[int, ...], whole: bool
) -> None:
    messages = tmp_path / "game.jsonl"
    lines = [f'{{"type":"game_event","seq":{number}}}\n' for number in numbers]
    messages.write_text('{"type":"room_created","room_id":"R"}\n' + "".join(lines) + '{"type":"ga')
    game = Game(messages)
    assert game.room == "R"
    if whole:
        assert game.triggers() == 3
    else:
        with pytest.raises(Failed, match="numbers"):
            game.triggers()


def test_a_low_limit_of_open_files_leaves_haproxy_two_for_each_connection(tmp_path: Path) -> None:
    given = override(["haproxy", "api"], files=20_000)
    assert given["api"] == {"ulimits": {"nofile": 20_000}}
    connections = int(given["haproxy"]["environment"]["MAX_CONNECTIONS"])
    assert 2 * connections + 100 <= 20_000
    assert write_override(tmp_path, machine.WANTED_FILES) is None


def test_a_copy_of_the_checkout_has_its_files_and_none_of_a_run(tmp_path: Path) -> None:
    copy_checkout(tmp_path)
    assert (tmp_path / "compose.yaml").read_bytes() == (ROOT / "compose.yaml").read_bytes()
    assert not {".cache", ".env", ".git", ".venv", "secrets"} & {
        path.name for path in tmp_path.iterdir()
    }


def test_without_root_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 1000)
    assert machine.forbids() in ("it needs Linux", "it needs root, or sudo without a password")


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_machine_without_an_engine_fails_the_checks_and_no_developer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, status: int
) -> None:
    monkeypatch.setattr(machine, "become_root", lambda: None)
    monkeypatch.setattr(machine, "forbids", lambda: "it needs Linux")
    monkeypatch.setattr("sys.argv", ["containers"])
    monkeypatch.setenv("CI", ci)
    assert main() == status
    assert "not run, since no engine can run on this machine: it needs Linux" in (
        capsys.readouterr().out
    )


def test_a_condition_that_never_holds_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "WITHIN", 0)
    with pytest.raises(Failed, match="the moon is made of cheese"):
        until("the moon is made of cheese", lambda: False)


def test_a_step_prints_its_time_and_figures(capsys: pytest.CaptureFixture[str]) -> None:
    with step("a step") as now:
        now.found("3 containers")
    assert capsys.readouterr().out.startswith("a step ... 0.0 s; 3 containers")
    assert line(2.04, ["1 press", "2 triggers"]) == "2.0 s; 1 press; 2 triggers"
    with pytest.raises(Failed), step("another"):
        raise Failed("for a reason")
    assert "FAILED" in capsys.readouterr().out
