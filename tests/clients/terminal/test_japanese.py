"""The commands print Japanese if the locale says so, else English."""

import ast
import re
import string
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

import clients.terminal.texts
from clients.python import GatewayAway, NoGateway, NumbersMissing, RoomGone, SocketLost
from clients.terminal import audit_command, game_command, simulate_command
from clients.terminal.terminal_io import columns, cut, left, locale_language, right, wrapped
from clients.terminal.texts import game as texts
from deploy import up
from shared.process.settings import Settings
from shared.wire.languages import Sentence
from tests.clients.terminal.programs import on_terminal, program, saved_room
from tests.ws_gateway.gateways import Crowd, gateway_settings, running_gateway

JAPANESE: Final = {"LANG": "ja_JP.UTF-8"}
FOLDER: Final = Path(clients.terminal.texts.__path__[0])
ROOT: Final = FOLDER.parents[2]
# What prints, and the errors that `deploy.cli` prints.
FOR_THE_USER: Final = re.compile(
    r"(\.say|\.note|\.status|print|CommandError|\.add_argument|\.option|\w+Parser)$"
)
MODULES: Final = [
    "deploy.texts",
    *(f"clients.terminal.texts.{file.stem}" for file in sorted(FOLDER.glob("[a-z]*.py"))),
]


def test_the_language_is_that_of_messages() -> None:
    """LC_ALL goes before LC_MESSAGES, and that before LANG; an empty one counts as unset."""
    languages = {
        "": "en",
        "LANG=ja_JP.UTF-8": "ja",
        "LANG=ja": "ja",
        "LANG=ja.eucJP": "ja",
        "LANG=en_US.UTF-8": "en",
        "LANG=jav_ID": "en",
        "LANG=en_US.UTF-8 LC_MESSAGES=ja_JP.UTF-8": "ja",
        "LANG=ja_JP.UTF-8 LC_MESSAGES=C": "en",
        "LANG=C LC_MESSAGES=C LC_ALL=ja_JP.UTF-8": "ja",
        "LANG=ja_JP.UTF-8 LC_ALL= LC_MESSAGES=": "ja",
        "LANG=C LC_CTYPE=ja_JP.UTF-8": "en",
    }
    environments = {text: dict(part.split("=") for part in text.split()) for text in languages}
    assert {text: locale_language(each) for text, each in environments.items()} == languages


def test_both_languages_tell_the_same_facts() -> None:
    """In every sentence of the commands."""
    for module in MODULES:
        for name, value in vars(import_module(module)).items():
            for one in value.values() if isinstance(value, dict) else [value]:
                if isinstance(one, Sentence):
                    assert fields(one.en) == fields(one.ja), f"{module}.{name}"


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_no_command_has_a_sentence_elsewhere() -> None:
    """Every text printed or raised for the user is in `texts`, in both languages."""
    files = [*(ROOT / "clients/terminal").glob("*.py"), *(ROOT / "deploy").rglob("*.py")]
    found = [
        f"{file.name}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and FOR_THE_USER.search(ast.unparse(node.func))
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        if re.search(r"[a-z]{3,} [a-z]{2,}", string_of(argument))
    ]
    assert found == []


def test_the_help_explains_each_option_in_japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line fits a terminal of 80 columns, in which a Japanese character takes two."""
    monkeypatch.setenv("COLUMNS", "80")
    for command in (audit_command, game_command, simulate_command, up):
        shown = command.arguments_parser("ja").format_help()
        assert "既定値" in shown, command
        assert "default" not in shown, command
        assert max(columns(line) for line in shown.splitlines()) <= 80, command


def string_of(node: ast.expr) -> str:
    """The literal text of an argument, "" of anything else."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return " ".join(
        part.value
        for part in parts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def test_text_is_laid_out_by_the_columns_that_it_takes() -> None:
    """A Japanese character takes two columns, a combining mark none."""
    assert [columns(text) for text in ("abc", "日本", "か\u3099", "⚡ x")] == [3, 4, 2, 4]
    assert (left("日本", 6), right("日本", 6)) == ("日本  ", "  日本")
    assert (cut("日本語", 5), cut("abc", 5), cut("日本語", 1)) == ("日本", "abc", "")
    assert wrapped("aa bb ccc", 5, 3) == ["aa bb", "ccc"]
    assert wrapped("日本語の文は切れます", 8, 6) == ["日本語の", "文は切", "れます"]


def test_why_there_is_no_socket_is_told_by_its_code() -> None:
    """An error without a code keeps its text; a note has the reason without its full stop."""
    gone = RoomGone("the room is gone", "room_not_found")
    assert texts.reason(gone).ja == "このルームはもうありません。"
    lost = texts.note(SocketLost(gone))
    assert lost.ja == "接続が切れました（このルームはもうありません）。つながるまで再試行します。"
    away = texts.note(NoGateway("ws://x", GatewayAway("Connection refused")))
    assert away.en == "No gateway at ws://x (Connection refused); trying until it is back."
    assert texts.note(NumbersMissing(3, 4)).ja == "3〜4 番は届きませんでした。"


async def test_a_game_is_played_in_japanese(settings: Settings, crowd: Crowd) -> None:
    """From its room to the summary of its round, on a terminal."""
    own = gateway_settings(settings.redis_url, data_dir=settings.data_dir)
    async with running_gateway(own), on_terminal(own, "game", **JAPANESE) as game:
        await game.says("ルーム ")
        await game.says(" を開きました。")
        await game.says("ラウンド 1 を開始しました。")
        await game.says("p 一時停止 · r 再開 · e 終了 · q やめる")
        await crowd.ease(saved_room(own))
        await crowd.press(saved_room(own), 1, name="くま")
        await game.says("  1 回  #1 ")
        game.press_key("e")
        await game.says("もう一度 e を押すと、ラウンド 1 を終了します。")
        game.press_key("e")
        await game.says("ラウンド 1 が終わりました。")
        await game.says("最多：くま (1)")
        await game.says("s 次のラウンド · q やめる")
        game.press_key("q")
        assert await game.status() == 0
        assert "このルームを続けます。" in game.output


async def test_what_cannot_be_done_is_told_in_japanese(settings: Settings, crowd: Crowd) -> None:
    """In one line: a game without its key, a crowd without its server, books without a room."""
    keyed = gateway_settings(settings.redis_url, data_dir=settings.data_dir, game_keys=("k" * 16,))
    async with running_gateway(keyed), program(keyed, "game", "--key", "x", **JAPANESE) as game:
        assert await game.status() == 1
        assert (
            "終了しました：ルームを開くには、正しいゲームキーが必要です。"
            "--key か GAME_KEYS で、別のキーを指定してください。\n"
        ) in game.output
    nowhere = ("simulate", "--room", "x", "--url", "http://127.0.0.1:1")
    async with program(settings, *nowhere, LC_ALL="ja_JP.UTF-8") as simulation:
        assert await simulation.status() == 2
        assert "API サービスから応答がありません（Connection refused）" in simulation.output
    async with program(settings, "audit", LC_MESSAGES="ja") as audit:
        assert await audit.status() == 2
        assert audit.output.startswith("streamario: ")
        assert "ルームを指定してください\n" in audit.output
