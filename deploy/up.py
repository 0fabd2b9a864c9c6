"""`streamario up`: runs API, gateway and ledger, and the embedded servers unless URLs are set."""

import argparse
import asyncio
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from api_service.http.listeners import listening
from clients.terminal.terminal_io import CommandParser, Terminal, named, whole_number
from deploy import texts
from deploy.children import serve_all, started
from deploy.embedded.data_dir import load_or_make_secret
from deploy.embedded.programs import redis_client
from deploy.embedded.servers import EmbeddedServers, embedded_servers
from deploy.screen_log import ScreenLog
from deploy.serve import Shutdown, require_free_ports
from deploy.services import ListeningService
from deploy.tunnel.front import LOOPBACK
from deploy.tunnel.tunnel import Public, add_options
from shared.process.settings import WILDCARD_HOSTS, Settings
from shared.wire.languages import Language, Sentence

DEFAULTS = Settings()
NAME_WIDTH = 13  # columns
FOR_STREAMERS = (texts.CONSOLE, texts.GAME_SOCKET)
ELSEWHERE = ("192.0.2.1", 9)  # reserved for documentation (RFC 5737): no host has it


def arguments_parser(language: Language) -> argparse.ArgumentParser:
    """The parser of the command's options, with its help in this language."""
    parser = CommandParser("up", texts.COMMANDS["up"], language)
    parser.option("--apis", texts.APIS, type=whole_number, default=1, metavar="N")
    parser.option("--verbose", texts.VERBOSE, action="store_true")
    add_options(parser)
    return parser


async def up(
    settings: Settings,
    services: Sequence[ListeningService],
    options: argparse.Namespace,
    *,
    public: Public | None,
    migrate: Callable[[str], None],
    shutdown: Shutdown,
    screen: ScreenLog | None,
    language: Language,
) -> None:
    """Start the servers that no URL is set for, migrate, serve until shutdown, and stop everything.

    The services are API, gateway and ledger. With `public`, viewers also come through a tunnel,
    whose files are in the data folder. Raises CommandError.
    """
    require_free_ports(settings, services[:2])  # not the ledger's, which may be any
    async with AsyncExitStack() as stack:
        keeping = await stack.enter_async_context(asyncio.TaskGroup())
        listeners = stack.enter_context(ExitStack())
        inheriting = _with_sockets(settings, services, options.apis, listeners)
        # Before the servers start, so that this overlaps with the processes' imports.
        children = await stack.enter_async_context(started(inheriting))
        servers = EmbeddedServers()
        redis, database = not settings.redis_url, not settings.database_url
        if redis or database or public:
            embedded = embedded_servers(
                settings.data_dir, redis=redis, database=database, keeping=keeping
            )
            servers = await stack.enter_async_context(embedded)
        complete = completed(settings, servers)
        await asyncio.to_thread(migrate, complete.database_url)
        announced = asyncio.Event()
        if public and servers.folder:
            link = public.link(servers.folder, complete, children, announced, language)
            await stack.enter_async_context(link)
        shutdown.serving = True

        def announce() -> None:
            said = directions(complete, language, verbose=options.verbose)
            Terminal(sys.stdout, language).say(*said)
            announced.set()

        # For the API: the ledger's process ignores it.
        serving = replace(complete, ledger=False)
        await serve_all(children, serving, screen, shutdown.stop, announce, listeners)


def _with_sockets(
    settings: Settings, services: Sequence[ListeningService], apis: int, listeners: ExitStack
) -> list[ListeningService]:
    """Open the sockets that processes inherit, until `listeners` closes; return what each runs.

    The API's sockets listen from here on. Otherwise another start could share PORT, too, until the
    API processes have started; and where one has ended, its connections wait for the next. Each
    has its own socket (`SO_REUSEPORT`), since processes that accept from one socket get unequal
    shares of its connections.
    """
    api, gateway, ledger = services
    opening = [(api, listening(settings.host, api.port, reuse_port=apis > 1)) for _ in range(apis)]
    if settings.ledger:
        # PORT is the API's, so the ledger's probes and metrics are on any other port.
        opening.append((ledger, listening(LOOPBACK, 0)))
    inheriting = [gateway]
    for service, opened in opening:
        numbers = [listener.fileno() for listener in listeners.enter_context(opened)]
        inheriting.append(replace(service, listeners=tuple(numbers)))
    return inheriting


def completed(settings: Settings, servers: EmbeddedServers) -> Settings:
    """Return the settings with values for what is unset.

    These are the embedded servers' URLs, the data folder's secret, and the host for other machines.
    """
    return replace(
        settings,
        redis_url=settings.redis_url or servers.redis_url,
        database_url=settings.database_url or servers.database_url,
        secret_keys=settings.secret_keys or (load_or_make_secret(settings.data_dir),),
        network_host=_network_host(settings),
    )


def _network_host(settings: Settings) -> str:
    """Return this machine's IP address in its network, or "" if that does not lead here."""
    if settings.host not in WILDCARD_HOSTS:
        return ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)  # sends nothing: the kernel only selects the route
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def directions(settings: Settings, language: Language, *, verbose: bool) -> list[str | Sentence]:
    """Return what is printed after the start: URLs, and commands to try next.

    If `verbose`, also what a streamer does not need: the API's URL, the data folder, the Redis CLI.
    """
    command = _own_command()
    game = f"{command} game{_option(settings.ws_url, DEFAULTS.ws_url)}"
    crowd = f"{command} simulate{_option(settings.api_url, DEFAULTS.api_url)}"
    width = max(len(game), len(crowd))
    where: dict[Sentence, str | Sentence] = {
        texts.CONSOLE: console_url(settings),
        texts.API: settings.api_url,
        texts.GAME_SOCKET: f"{settings.ws_url}/ws-unity",
        texts.DATA: str(settings.data_dir.absolute()) if settings.data_dir.exists() else "",
        texts.REDIS_CLI: _redis_command(settings),
    }
    shown = where if verbose else {name: where[name] for name in FOR_STREAMERS}
    return [
        texts.RUNNING,
        *named(shown, NAME_WIDTH, language),
        texts.NEXT,
        f"  {game:<{width}}   {texts.A_GAME.spoken(language)}",
        f"  {crowd:<{width}}   {texts.A_CROWD.spoken(language)}",
    ]


def console_url(settings: Settings) -> str:
    """Return the URL of the console, where streamers open and run rooms."""
    return f"{settings.api_url}/console"


def say_stopping(language: Language) -> None:
    """Confirm Ctrl-C at once, since stopping the services and servers takes seconds."""
    with suppress(OSError):  # the terminal or pipe may be closed
        Terminal(sys.stdout, language).say(texts.STOPPING)


def _option(url: str, default: str) -> str:
    """Return the `--url` that a command in another terminal needs, where variables are unset."""
    return "" if url == default else f" --url {url}"


def _own_command() -> str:
    if shutil.which("streamario"):
        return "streamario"
    program = Path(sys.argv[0]).absolute()
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)


def _redis_command(settings: Settings) -> str:
    url = urlsplit(settings.redis_url)
    # Only for the embedded server: another Redis's URL may contain a password.
    return f"{redis_client()} -s {unquote(url.path)}" if url.scheme == "unix" else ""
