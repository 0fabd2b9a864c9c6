"""The command line: `streamario COMMAND`.

A command's modules are imported when the command runs, so that `--help` is fast.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pkgutil import resolve_name
from typing import Final

from clients.terminal.terminal_io import CommandError, HelpFormatter, Terminal, locale_language
from deploy import texts
from deploy.environment import misspelt, read_environment, read_file
from deploy.errors import INTERRUPTED, sentence_for_user
from deploy.services import ListeningService
from shared.process.settings import Mode, Settings, SettingsError, load
from shared.wire.languages import Language, Sentence

log = logging.getLogger(__name__)

USER_ERROR: Final = 2
UNREAD: Final = 141  # 128 + SIGPIPE, as a shell reports it


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that commands combine, each as `module:function`, which is loaded when needed."""

    api: str = "api_service.app:serve"
    gateway: str = "ws_gateway.server:serve"
    ledger: str = "api_service.app:serve_ledger"
    migrate: str = "api_service.books.migrate:upgrade"


PARTS: Final = Parts()
Run = Callable[[Parts, Sequence[str]], int]


def main(argv: Sequence[str] | None = None, parts: Parts = PARTS) -> int:
    """Run one command and return its exit status.

    For an error that the user can fix it is 2, and one line on stderr names the error.
    """
    parser = _parser()
    options, rest = parser.parse_known_args(argv)
    command = COMMANDS[options.command]
    if rest and not command.takes_arguments:
        parser.error(f"{options.command} does not accept {rest[0]!r}")
    try:
        status = command.run(parts, rest)
        sys.stdout.flush()  # here, because at interpreter exit a failure could not be handled
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _unread()
    except (CommandError, SettingsError, ExceptionGroup) as error:
        if isinstance(error, ExceptionGroup) and error.subgroup(BrokenPipeError):
            return _unread()
        if (reason := sentence_for_user(error)) is None:
            raise
        _complain(reason)
        return USER_ERROR


def _unread() -> int:
    """Discard the rest of the output: its reader, such as `head`, has closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNREAD


def _complain(sentence: Sentence) -> None:
    print(f"streamario: {sentence.spoken(_language())}", file=sys.stderr)


def _language() -> Language:
    return locale_language(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="streamario",
        description=texts.DESCRIPTION.spoken(_language()),
        epilog=texts.EPILOG.spoken(_language()),
        formatter_class=HelpFormatter,
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help=texts.VERSION.spoken(_language())
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        line = texts.COMMANDS[name].spoken(_language())
        commands.add_parser(name, help=line, add_help=not command.takes_arguments)
    return parser


class _Version(argparse.Action):
    """Print the package's version, which is read only if it is asked for, and exit."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(parser.prog, version(parser.prog))
        parser.exit()


def _settings(**fixed: str) -> Settings:
    from shared.process.telemetry import configure_logging, fields

    settings = load({**read_environment(), **fixed})
    configure_logging(settings.log_level, settings.log_format)
    for name, meant in misspelt(read_file(), os.environ).items():
        log.warning("variable not known", extra=fields(variable=name, meant=meant))
    return settings


def _up(parts: Parts, arguments: Sequence[str]) -> int:
    from deploy.screen_log import ScreenLog
    from deploy.serve import run
    from deploy.tunnel.tunnel import public_from
    from deploy.up import arguments_parser, console_url, say_stopping, up

    language = _language()
    options = arguments_parser(language).parse_args(arguments)
    environment = read_environment()
    # Without a load balancer there is nothing to wait for before a drain: Ctrl-C stops at once.
    settings = _settings(MODE="both", DRAIN_DELAY=environment.get("DRAIN_DELAY") or "0")
    if settings.redis_url and settings.database_url:
        _require(settings, "secret_keys")
    if public := public_from(options, settings, language):
        settings = public.settings(settings)
    screen = None
    if sys.stderr.isatty() and not environment.get("LOG_FORMAT"):
        in_color = not environment.get("NO_COLOR")
        screen = ScreenLog(console_url(settings), in_color, settings.tunnel)
        screen.show()
    services = _services(settings, parts, ("api", "gateway", "ledger"))
    return run(
        lambda shutdown: up(
            settings,
            services,
            options,
            public=public,
            migrate=partial(_migrate_database, parts),
            shutdown=shutdown,
            screen=screen,
            language=language,
        ),
        lambda: say_stopping(language),
    )


def _serving(names: Sequence[str] = (), **fixed: str) -> Run:
    """Return a command that runs these services, else those of `MODE`, which may be `fixed`."""

    def serve_alone(parts: Parts, _: Sequence[str]) -> int:
        from deploy.serve import require_free_ports, run, serve

        settings = _settings(**fixed)
        services = _services(settings, parts, names or SERVED[settings.mode])
        _require(settings, *NEEDED[settings.mode])
        require_free_ports(settings, services)
        return run(
            lambda shutdown: serve(settings, services, shutdown, lambda: None),
            lambda: log.info("stopping"),
        )

    return serve_alone


def _migrate(parts: Parts, _: Sequence[str]) -> int:
    settings = _settings()
    _require(settings, "database_url")
    _migrate_database(parts, settings.database_url)
    Terminal(sys.stdout, _language()).say(texts.MIGRATED)
    return 0


def _health(_: Parts, __: Sequence[str]) -> int:
    from deploy.health import problems

    reasons = list(problems(_environment()))
    for reason in reasons:
        _complain(reason)
    return 1 if reasons else 0


def _migrate_database(parts: Parts, database_url: str) -> None:
    from sqlalchemy.exc import DBAPIError, OperationalError

    from api_service.books.errors import DatabaseUnfit

    try:
        resolve_name(parts.migrate)(database_url)
    except DatabaseUnfit as error:
        raise CommandError(texts.UNFIT.about(why=error)) from None
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        away = isinstance(error, OperationalError)
        sentence = texts.UNREACHABLE if away else texts.NOT_MIGRATED
        raise CommandError(sentence.about(why=reason)) from None


def _at_terminal(module: str, settings: Callable[[], Settings]) -> Run:
    """Return a command of `clients.terminal`; it parses its arguments before settings are read."""

    def run(_: Parts, arguments: Sequence[str]) -> int:
        command = import_module(f"clients.terminal.{module}")
        language = _language()
        options = command.arguments_parser(language).parse_args(arguments)
        status: int = command.run(options, settings(), language)
        return status

    return run


def _environment() -> Settings:
    return load(read_environment())


def _environment_or_running() -> Settings:
    """Return the settings; if no database is set, with that of a running `streamario up`."""
    from deploy.embedded.servers import running_database

    settings = _environment()
    return replace(
        settings, database_url=settings.database_url or running_database(settings.data_dir)
    )


def _services(settings: Settings, parts: Parts, names: Sequence[str]) -> list[ListeningService]:
    if "api" in names and not settings.ledger:
        log.info("ledger off, nothing is booked here")
    # A gateway alone falls back to PORT.
    alone = settings.mode == "ws" and settings.unity_ws_port == settings.port
    variable = "PORT" if alone else "UNITY_WS_PORT"
    known = {
        "api": ListeningService(texts.API_SERVICE, "PORT", settings.port, parts.api),
        "gateway": ListeningService(texts.GATEWAY, variable, settings.unity_ws_port, parts.gateway),
        "ledger": ListeningService(texts.LEDGER, "PORT", settings.port, parts.ledger),
    }
    return [known[name] for name in names]


SERVED: Final[Mapping[Mode, Sequence[str]]] = {
    "api": ("api",),
    "ws": ("gateway",),
    "both": ("api", "gateway"),
}
NEEDED: Final[Mapping[Mode, tuple[str, ...]]] = {
    "api": ("redis_url", "database_url", "secret_keys"),
    "ws": ("redis_url", "secret_keys"),
    "both": ("redis_url", "database_url", "secret_keys"),
}


def _require(settings: Settings, *names: str) -> None:
    for name in names:
        if not getattr(settings, name):
            raise CommandError(texts.NOT_SET.about(variable=name.upper()))


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its function, and whether it has its own arguments."""

    run: Run
    takes_arguments: bool = False


COMMANDS: Final[Mapping[str, Command]] = {
    "up": Command(_up, takes_arguments=True),
    "serve": Command(_serving()),
    "api": Command(_serving(MODE="api")),
    "gateway": Command(_serving(MODE="ws")),
    "ledger": Command(_serving(("ledger",), MODE="api")),
    "health": Command(_health),
    "migrate": Command(_migrate),
    "game": Command(_at_terminal("game_command", _environment), takes_arguments=True),
    "simulate": Command(_at_terminal("simulate_command", _environment), takes_arguments=True),
    "audit": Command(_at_terminal("audit_command", _environment_or_running), takes_arguments=True),
}
