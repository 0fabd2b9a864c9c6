"""The command line: `streamario COMMAND`.

A command's modules are imported when the command runs, so that `--help` is fast.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from clients.terminal.command_errors import CommandError
from clients.terminal.terminal_io import Terminal, locale_language
from deploy import texts
from deploy.environment import misspelt, read_environment, read_file
from deploy.errors import NotConfigured, ServerUnfit
from shared.process.settings import Mode, Settings, SettingsError, load

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from deploy.serve import ListeningService, Serve, Shutdown
    from shared.wire.languages import Language, Sentence

log = logging.getLogger(__name__)

UNHEALTHY: Final = 1
USER_ERROR: Final = 2
INTERRUPTED: Final = 130
UNREAD: Final = 141  # 128 + SIGPIPE, as a shell reports it


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that commands combine; each is imported when its function is called."""

    api: Callable[[], Serve]
    gateway: Callable[[], Serve]
    ledger: Callable[[], Serve]
    migrate: Callable[[], Callable[[str], None]]


def _loaded(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(import_module(module), name)


PARTS: Final = Parts(
    api=_loaded("api_service.app", "serve"),
    gateway=_loaded("ws_gateway.server", "serve"),
    ledger=_loaded("api_service.app", "serve_ledger"),
    migrate=_loaded("api_service.books.migrate", "upgrade"),
)


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
    except (CommandError, SettingsError) as error:
        return _told(error)
    except ExceptionGroup as group:
        if group.subgroup(BrokenPipeError):
            return _unread()
        if (reason := _reason(group)) is None:
            raise
        return _told(reason)


def _unread() -> int:
    """Discard the rest of the output: its reader, such as `head`, has closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNREAD


def _told(error: CommandError | SettingsError) -> int:
    _complain(
        error.sentence if isinstance(error, CommandError) else texts.BAD_SETTING.about(why=error)
    )
    return USER_ERROR


def _complain(sentence: Sentence) -> None:
    print(f"streamario: {sentence.spoken(_language())}", file=sys.stderr)


def _language() -> Language:
    return locale_language(os.environ)


def _reason(group: ExceptionGroup[Exception]) -> CommandError | SettingsError | None:
    """Return the group's first error that is meant for the user, or None."""
    error: Exception | None = group.subgroup((CommandError, SettingsError))
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, CommandError | SettingsError) else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="streamario",
        description=texts.DESCRIPTION.spoken(_language()),
        epilog=texts.EPILOG.spoken(_language()),
    )
    parser.add_argument("--version", action=_Version, help=texts.VERSION.spoken(_language()))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        line = texts.COMMANDS[name].spoken(_language())
        commands.add_parser(name, help=line, add_help=not command.takes_arguments)
    return parser


class _Version(argparse.Action):
    """Print the package's version, which is read only if it is asked for, and exit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, **options)

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


def _up(parts: Parts, _: Sequence[str]) -> int:
    from deploy.screen_log import show_on_screen
    from deploy.up import console_url, say_stopping, up

    environment = read_environment()
    # Without a load balancer there is nothing to wait for before a drain: Ctrl-C stops at once.
    settings = _settings(MODE="both", DRAIN_DELAY=environment.get("DRAIN_DELAY") or "0")
    if settings.redis_url and settings.database_url:
        _require(settings, "secret_keys")
    if sys.stderr.isatty() and not environment.get("LOG_FORMAT"):
        show_on_screen(console_url(settings), in_color=not environment.get("NO_COLOR"))
    services, migrate = _services(settings, parts), _migration(parts)
    language = _language()
    return _run(
        lambda shutdown: up(settings, services, migrate, shutdown, language),
        lambda: say_stopping(language),
    )


def _serve(parts: Parts, _: Sequence[str]) -> int:
    return _serve_alone(_settings(), parts)


def _api(parts: Parts, _: Sequence[str]) -> int:
    return _serve_alone(_settings(MODE="api"), parts)


def _gateway(parts: Parts, _: Sequence[str]) -> int:
    return _serve_alone(_settings(MODE="ws"), parts)


def _ledger(parts: Parts, _: Sequence[str]) -> int:
    from deploy.serve import ListeningService

    settings = _settings(MODE="api")
    return _serve_these(settings, [ListeningService("PORT", settings.port, parts.ledger())])


def _migrate(parts: Parts, _: Sequence[str]) -> int:
    settings = _settings()
    _require(settings, "database_url")
    _migration(parts)(settings.database_url)
    Terminal(sys.stdout, _language()).say(texts.MIGRATED)
    return 0


def _health(_: Parts, __: Sequence[str]) -> int:
    from deploy.health import problems

    reasons = list(problems(load(read_environment())))
    for reason in reasons:
        _complain(reason)
    return UNHEALTHY if reasons else 0


def _migration(parts: Parts) -> Callable[[str], None]:
    from sqlalchemy.exc import DBAPIError, OperationalError

    upgrade = parts.migrate()

    def migrate(database_url: str) -> None:
        try:
            upgrade(database_url)
        except DBAPIError as error:
            reason = str(error.orig).partition("\n")[0]
            away = isinstance(error, OperationalError)
            sentence = texts.UNREACHABLE if away else texts.NOT_MIGRATED
            raise ServerUnfit(sentence.about(why=reason)) from None

    return migrate


def _at_terminal(
    module: str, settings: Callable[[], Settings]
) -> Callable[[Parts, Sequence[str]], int]:
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
    """Return the settings; if no database is set, with the servers of a running `streamario up`."""
    from deploy.embedded.running import running_database, running_redis

    settings = _environment()
    if settings.database_url:
        return settings
    return replace(
        settings,
        database_url=running_database(settings.data_dir) or "",
        redis_url=settings.redis_url or running_redis(settings.data_dir) or "",
    )


def _serve_alone(settings: Settings, parts: Parts) -> int:
    return _serve_these(settings, _services(settings, parts))


def _serve_these(settings: Settings, services: Sequence[ListeningService]) -> int:
    from deploy.serve import require_free_ports, serve

    _require(settings, *NEEDED[settings.mode])
    require_free_ports(settings, services)
    return _run(
        lambda shutdown: serve(settings, services, shutdown, lambda: None),
        lambda: log.info("stopping"),
    )


def _services(settings: Settings, parts: Parts) -> list[ListeningService]:
    from deploy.serve import ListeningService

    services: list[ListeningService] = []
    if settings.mode != "ws":
        services.append(ListeningService("PORT", settings.port, parts.api()))
    if settings.mode != "api":
        # A gateway alone falls back to PORT.
        alone = settings.mode == "ws" and settings.unity_ws_port == settings.port
        variable = "PORT" if alone else "UNITY_WS_PORT"
        services.append(ListeningService(variable, settings.unity_ws_port, parts.gateway()))
    return services


def _run(
    body: Callable[[Shutdown], Coroutine[Any, Any, None]], say_stopping: Callable[[], None]
) -> int:
    import uvloop

    from deploy.descriptors import raise_limit
    from deploy.serve import Shutdown

    raise_limit()

    async def until_shutdown() -> int:
        shutdown = Shutdown(say_stopping)
        with shutdown.on_signals():
            await body(shutdown)
        return INTERRUPTED if shutdown.forced else 0

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(until_shutdown())


NEEDED: Final[Mapping[Mode, tuple[str, ...]]] = {
    "api": ("redis_url", "database_url", "secret_keys"),
    "ws": ("redis_url", "secret_keys"),
    "both": ("redis_url", "database_url", "secret_keys"),
}


def _require(settings: Settings, *names: str) -> None:
    for name in names:
        if not getattr(settings, name):
            raise NotConfigured(texts.NOT_SET.about(variable=name.upper()))


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its function, and whether it has its own arguments."""

    run: Callable[[Parts, Sequence[str]], int]
    takes_arguments: bool = False


COMMANDS: Final[Mapping[str, Command]] = {
    "up": Command(_up),
    "serve": Command(_serve),
    "api": Command(_api),
    "gateway": Command(_gateway),
    "ledger": Command(_ledger),
    "health": Command(_health),
    "migrate": Command(_migrate),
    "game": Command(_at_terminal("game_command", _environment), takes_arguments=True),
    "simulate": Command(_at_terminal("simulate_command", _environment), takes_arguments=True),
    "audit": Command(_at_terminal("audit_command", _environment_or_running), takes_arguments=True),
}
