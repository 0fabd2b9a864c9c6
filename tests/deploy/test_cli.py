"""The command line: the arguments it accepts, and the one line with which it refuses others."""

import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest

from deploy import texts
from deploy.cli import COMMANDS, UNREAD
from tests.conftest import free_ports
from tests.deploy.command_line import COMPLETE, TINY_PAIR, environment, own_ports, streamario
from tests.flow.fleet import COMMAND

REFUSED = 2
MIGRATES_NOTHING = """
from deploy.cli import Parts, main
raise SystemExit(main(["migrate"], Parts(migrate="builtins:str")))
"""

CTRL_C_AT_IMPORT = """
import signal, sys

class Presses:
    def find_spec(self, name, path=None, target=None):
        if name == "deploy.texts":
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Presses())
from deploy.__main__ import main
sys.exit(main())
"""


def test_help_lists_every_command_without_loading_any(tmp_path: Path) -> None:
    """It is fast: no web framework and no database library is imported."""
    program = "import sys; from deploy import cli; print(sorted(sys.modules)); cli.main(['--help'])"
    shown = streamario(tmp_path, program=(sys.executable, "-c", program)).stdout
    assert all(f"    {name} " in shown for name in COMMANDS)
    heavy = ("'starlette'", "'sqlalchemy'", "'redis'", "'uvloop'", "'websockets'", "'psycopg'")
    assert not [name for name in heavy if name in shown]


def test_it_says_which_version_it_is(tmp_path: Path) -> None:
    """The version of the package, for bug reports."""
    result = streamario(tmp_path, "--version")
    assert (result.returncode, result.stdout) == (0, f"streamario {version('streamario')}\n")


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("api", "REDIS_URL"),
        ("gateway", "SECRET_KEYS"),
        ("serve", "DATABASE_URL"),
        ("migrate", "DATABASE_URL"),
        ("up", "SECRET_KEYS"),
    ],
)
def test_what_a_command_needs_is_named(tmp_path: Path, command: str, missing: str) -> None:
    """Only `up` starts servers and creates a secret, and the secret only for its own servers."""
    result = streamario(tmp_path, command, **{**COMPLETE, missing: ""})
    assert result.returncode == REFUSED
    assert result.stderr.startswith(f"streamario: {missing} is not set")
    assert result.stderr.count("\n") == 1


def test_a_bad_value_is_one_line(tmp_path: Path) -> None:
    """No stack trace for an error that the user can fix."""
    result = streamario(tmp_path, "up", PORT="http")
    assert (result.returncode, result.stdout) == (REFUSED, "")
    assert result.stderr == "streamario: PORT: 'http' is not a whole number from 1 to 65535\n"


def test_a_url_that_redis_py_cannot_read_is_one_line(tmp_path: Path) -> None:
    """The line does not repeat the URL, which may contain a password."""
    settings = {**COMPLETE, **own_ports(), "REDIS_URL": "redis://:hush@host:port"}
    result = streamario(tmp_path, "serve", program=(sys.executable, "-c", COMMAND), **settings)
    assert result.returncode == REFUSED
    assert result.stderr.splitlines()[-1] == (
        "streamario: REDIS_URL: redis-py cannot read the address or one of the options"
    )
    assert "Traceback" not in result.stderr
    assert "hush" not in result.stdout + result.stderr


@pytest.mark.parametrize("variable", ["PORT", "UNITY_WS_PORT"])
def test_a_port_that_is_taken_is_named_by_the_variable_that_said_it(
    tmp_path: Path, variable: str
) -> None:
    """A gateway alone falls back to PORT."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        result = streamario(tmp_path, "gateway", **COMPLETE, **{variable: port})
    assert result.returncode == REFUSED
    assert result.stderr.startswith(f"streamario: {variable}: port {port} is in use;")


def test_a_reader_that_has_read_enough_is_no_error(tmp_path: Path) -> None:
    """Such as `head`; the exit status is that of SIGPIPE in a shell."""
    with subprocess.Popen(
        [sys.executable, "-c", MIGRATES_NOTHING],
        cwd=tmp_path,
        env=environment(**COMPLETE),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert (program.stderr.read(), program.wait()) == (b"", UNREAD)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """The file's content counts as the variable's value, and is checked in the same way."""
    (tmp_path / "url").write_text("mysql://hush-hush\n")
    in_file = {"DATABASE_URL": "", "DATABASE_URL_FILE": "url"}
    result = streamario(tmp_path, "migrate", **{**COMPLETE, **in_file})
    assert (result.returncode, result.stderr.count("\n")) == (REFUSED, 1)
    assert result.stderr.startswith("streamario: DATABASE_URL: not a URL")
    assert "hush-hush" not in result.stderr


@pytest.mark.parametrize("command", ["up", "migrate", "health", "audit"])
def test_a_secret_whose_file_is_missing_is_one_line(tmp_path: Path, command: str) -> None:
    """For every command, the line names the variable and the file."""
    arguments = ["01M8794NTDMW2CYNKWGZQ98B2S"] if command == "audit" else []
    result = streamario(tmp_path, command, *arguments, SECRET_KEYS_FILE="/run/secrets/nothing")
    reason = "SECRET_KEYS_FILE: cannot read /run/secrets/nothing: No such file or directory"
    assert (result.returncode, result.stderr) == (REFUSED, f"streamario: {reason}\n")


def test_a_database_with_other_tables_is_one_line(tmp_path: Path, own_database_url: str) -> None:
    """A program that owns tables of the same names keeps them."""
    with psycopg.connect(own_database_url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute("CREATE TABLE rooms (id int)")
    program = (sys.executable, "-c", COMMAND)
    variables = {**COMPLETE, "DATABASE_URL": own_database_url}
    result = streamario(tmp_path, "migrate", program=program, **variables)
    reason = 'this database cannot hold Streamario\'s tables: relation "rooms" already exists'
    assert result.returncode == REFUSED
    assert result.stderr == f"streamario: DATABASE_URL: {reason}\n"


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    """The line names the variable and shows no password."""
    unreachable = "postgresql://streamario:hush-hush@127.0.0.1:1/streamario"
    program = (sys.executable, "-c", COMMAND)
    result = streamario(tmp_path, "migrate", program=program, DATABASE_URL=unreachable)
    assert result.returncode == REFUSED
    assert result.stderr.startswith("streamario: DATABASE_URL: ")
    assert result.stderr.count("\n") == 1
    assert "hush-hush" not in result.stderr


def test_ctrl_c_while_the_command_line_is_imported_prints_nothing(tmp_path: Path) -> None:
    result = streamario(tmp_path, "--help", program=(sys.executable, "-c", CTRL_C_AT_IMPORT))
    assert (result.returncode, result.stdout, result.stderr) == (-signal.SIGINT, "", "")


def test_an_unknown_argument_is_refused(tmp_path: Path) -> None:
    """A typing error starts nothing."""
    result = streamario(tmp_path, "gateway", "--prot=80", **COMPLETE)
    assert result.returncode == REFUSED
    assert "gateway does not accept '--prot=80'" in result.stderr


def test_up_refuses_a_number_of_processes_that_is_none(tmp_path: Path) -> None:
    result = streamario(tmp_path, "up", "--apis", "0")
    assert result.returncode == REFUSED
    assert "argument --apis: '0' is not a whole number of 1 or more" in result.stderr


def test_the_file_of_variables_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """`.env` in the working directory supplies variables that the environment does not set."""
    (tmp_path / ".env").write_text("PORT=http\nUNITY_WS_PORT=ws\n")
    assert "PORT: 'http'" in streamario(tmp_path, "up").stderr
    assert "UNITY_WS_PORT: 'ws'" in streamario(tmp_path, "up", PORT="80").stderr


def test_a_misspelt_variable_is_named_at_the_start(tmp_path: Path) -> None:
    """In the environment or in `.env`; the line names the probable variable, and no value."""
    (tmp_path / ".env").write_text("PUBIC_API_URL=https://hush.example\n")
    incomplete = {**COMPLETE, "SECRET_KEYS": "", "GAME_KEY": "hush hush"}
    log = streamario(tmp_path, "gateway", **incomplete).stderr
    assert " variable not known variable=PUBIC_API_URL meant=PUBLIC_API_URL\n" in log
    assert " WARNING deploy.cli variable not known variable=GAME_KEY meant=GAME_KEYS\n" in log
    assert "hush" not in log


def test_a_gateway_alone_listens_on_port(tmp_path: Path) -> None:
    """A platform sets only PORT; the gateway listens there, and SIGTERM stops it with status 0."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, str(TINY_PAIR), "serve"],
        cwd=tmp_path,
        env=environment(**COMPLETE, MODE="ws", PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"gateway on {port}\n"
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate()
    assert process.returncode == 0
    assert log.endswith(" INFO deploy.cli stopping\n")


JAPANESE = {"LANG": "ja_JP.UTF-8"}


@pytest.mark.parametrize(
    ("command", "variables", "line"),
    [
        (
            "up",
            {"PORT": "http"},
            "設定に誤りがあります：PORT: 'http' is not a whole number from 1 to 65535",
        ),
        (
            "health",
            {"PORT": "1", "MODE": "api"},
            "PORT：127.0.0.1 のポート 1 で、正常なサービスが見つかりません：",
        ),
    ],
)
def test_what_the_user_can_put_right_is_told_in_japanese(
    tmp_path: Path, command: str, variables: dict[str, str], line: str
) -> None:
    """In one line; what a setting's check says stays in English."""
    result = streamario(tmp_path, command, **JAPANESE, **variables)
    assert result.returncode != 0
    assert result.stderr.startswith(f"streamario: {line}")
    assert result.stderr.count("\n") == 1


def test_the_help_names_each_command_in_japanese(tmp_path: Path) -> None:
    shown = streamario(tmp_path, "--help", **JAPANESE).stdout
    assert all(f"    {name} " in shown for name in COMMANDS)
    assert "ゲートウェイだけを起動します" in shown
    assert "run the gateway only" not in shown


def test_every_command_has_its_line() -> None:
    assert set(texts.COMMANDS) == set(COMMANDS)
