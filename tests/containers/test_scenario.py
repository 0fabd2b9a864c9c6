"""What the scenario reads: pages, a crowd's report, a game's messages, limits of the machine."""

from pathlib import Path

import pytest

from tests.containers import machine
from tests.containers.__main__ import main
from tests.containers.engine import ROOT
from tests.containers.players import Crowd, Game, Pressed, pressed
from tests.containers.project import Failed, copy_checkout, shell_blocks
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


def test_a_copy_of_the_checkout_has_its_files_and_none_of_a_run(tmp_path: Path) -> None:
    copy_checkout(tmp_path)
    assert (tmp_path / "compose.yaml").read_bytes() == (ROOT / "compose.yaml").read_bytes()
    assert not {".cache", ".env", ".git", ".venv", "secrets"} & {
        path.name for path in tmp_path.iterdir()
    }


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
