"""Keeps the public link open: the front, the provider's program, the URL that it prints, a check.

Before that it reads what `--public` asks for, says what the provider states, and asks the user.
Nothing here disturbs the game in this network: what ends or fails is started again, and said.
"""

import argparse
import asyncio
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from clients.terminal.http_client import ApiAddress, HttpError, open_http_client
from clients.terminal.terminal_io import CommandError, CommandParser, Terminal, plain, whole_number
from deploy.children import Child
from deploy.embedded.data_dir import DataDir
from deploy.embedded.guarded import guarded_lines
from deploy.errors import sentence_for_user
from deploy.quick_health import OWN_HOST
from deploy.tunnel import texts
from deploy.tunnel.front import (
    PROOF_PATH,
    VIEWERS_OF_ONE_ADDRESS,
    TunnelFront,
    front,
    with_one_address,
)
from deploy.tunnel.providers import OWN_COMMAND, Provider, provider_for
from shared.process.settings import Network, Settings, Tunnel
from shared.wire.languages import Language, Sentence

# Each says under which URL this server is public, which a tunnel says, too.
PUBLIC_URLS: Final = ("public_api_url", "public_ws_url", "web_url")
SHORTEST_PAUSE: Final = 1.0  # s
LONGEST_PAUSE: Final = 30.0  # s
FIRST_URL_DEADLINE: Final = 60.0  # s
CHECK_INTERVAL: Final = 2.0  # s, in the first minute
PATIENT_CHECK_INTERVAL: Final = 30.0  # s
CHECK_PATIENCE: Final = 60.0  # s
FAILURES: Final = 2  # in a row, after which a URL leads here no longer
LOST_AFTER: Final = 300.0  # s that it does not; a network may be away for a while
URLS: Final = 10  # that one run of the program prints, and that are checked
WORDS: Final = 3  # lines of the program's output that are shown once it has ended
LONGEST_WORDS: Final = 300  # characters
PROXIES: Final = (ip_network("127.0.0.0/8"), ip_network("::1"))


class TunnelLost(Exception):
    """The program runs on, but the URL that led here has not for long."""


@dataclass(frozen=True, slots=True)
class Public:
    """What `--public` asks for; `addresses` is for how many one that stands for all counts."""

    provider: Provider
    addresses: int

    def settings(self, settings: Settings) -> Settings:
        """Return the settings of services that the front passes visitors' requests to."""
        proxies = (*settings.trusted_proxies, *PROXIES, *_addresses_of(settings.host))
        trusting = replace(settings, tunnel=Tunnel(), trusted_proxies=proxies)
        if self.provider.client_header:
            return trusting
        return with_one_address(trusting, self.addresses)

    @asynccontextmanager
    async def link(
        self,
        folder: DataDir,
        settings: Settings,
        children: Sequence[Child],
        announced: asyncio.Event,
        language: Language,
    ) -> AsyncIterator[None]:
        """Keep a public link open while the block runs, once it is `announced` that all listen.

        The children are told of it. The front stands when the block begins. Raises CommandError if
        it does not start.
        """
        terminal = Terminal(sys.stdout, language)

        def changed() -> None:
            for child in children:
                child.tell(link.tunnel)

        def say(sentence: Sentence) -> None:
            with suppress(OSError):  # the terminal or pipe may be closed
                terminal.say(sentence)

        link = PublicLink(folder, self.provider, settings, changed, say, announced)
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(link.keep())
            fronted = group.create_task(link.fronted.wait())
            await asyncio.wait((keeping, fronted), return_when=asyncio.FIRST_COMPLETED)
            yield
            keeping.cancel()


def add_options(parser: CommandParser) -> None:
    """Add the options that `public_from` reads."""
    parser.option("--public", texts.PUBLIC, action="store_true")
    parser.option("--public-via", texts.PUBLIC_VIA, default="", metavar="NAME")
    parser.option(
        "--public-addresses",
        texts.PUBLIC_ADDRESSES,
        type=whole_number,
        default=VIEWERS_OF_ONE_ADDRESS,
        metavar="N",
    )
    parser.option("--yes", texts.YES, action="store_true")


def public_from(
    options: argparse.Namespace, settings: Settings, language: Language
) -> Public | None:
    """Return what the options ask for, once the user has agreed; None if there is no `--public`.

    Raises CommandError if it cannot be opened, or if the user does not agree.
    """
    if not (options.public or options.public_via):
        return None
    for name in PUBLIC_URLS:
        if getattr(settings, name):
            raise CommandError(texts.ALREADY_PUBLIC.about(variable=name.upper()))
    public = Public(provider_for(options.public_via), options.public_addresses)
    terminal = Terminal(sys.stdout, language)
    terminal.say(public.provider.terms)
    if not public.provider.client_header:
        terminal.say(texts.ONE_ADDRESS.about(addresses=public.addresses))
    if not options.yes:
        if not sys.stdin.isatty():
            raise CommandError(texts.NOBODY_TO_ASK)
        print(texts.QUESTION.spoken(language), end="", flush=True)
        if sys.stdin.readline().strip().lower() not in texts.AGREED:
            raise CommandError(texts.DECLINED)
    return public


@dataclass(slots=True)
class PublicLink:
    """The link, from the front to the internet; `changed` is called when its URL has changed."""

    folder: DataDir
    provider: Provider
    settings: Settings
    changed: Callable[[], None]
    say: Callable[[Sentence], None]
    announced: asyncio.Event
    fronted: asyncio.Event = field(default_factory=asyncio.Event)
    words: deque[str] = field(default_factory=deque)  # the last lines of the program that ran last
    leads_here: bool = False  # whether one of the URLs of that program has

    @property
    def tunnel(self) -> Tunnel:
        """Where the link is now; the services have copies."""
        assert self.settings.tunnel is not None
        return self.settings.tunnel

    async def keep(self) -> None:
        """Keep it open until this is cancelled. Raises CommandError if the front never started."""
        pause = SHORTEST_PAUSE
        while True:
            try:
                async with self._front() as opened, asyncio.TaskGroup() as group:
                    self.fronted.set()
                    group.create_task(opened.server.watch())
                    await self.announced.wait()
                    await self._keep_tunnel(opened)
            except* (CommandError, OSError) as errors:
                if not self.fronted.is_set():
                    raise
                why = sentence_for_user(errors) or str(errors.exceptions[0])
                self.say(texts.FRONT_ENDED.about(why=why))
            self._is_away()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _front(self) -> AbstractAsyncContextManager[TunnelFront]:
        return front(
            self.folder,
            api_port=self.settings.port,
            gateway_port=self.settings.unity_ws_port,
            client_header=self.provider.client_header,
            host=OWN_HOST.get(self.settings.host, self.settings.host),
        )

    async def _keep_tunnel(self, opened: TunnelFront) -> None:
        """Run the provider's program, again whenever it has ended."""
        loop = asyncio.get_running_loop()
        patience = loop.call_later(FIRST_URL_DEADLINE, self._say_if_none)
        pause = SHORTEST_PAUSE
        try:
            while True:
                try:
                    await self._run(opened)
                except* TunnelLost:
                    pass  # it is said below, as of a program that has ended by itself
                if self.leads_here:
                    pause = SHORTEST_PAUSE
                if self.tunnel.url and pause == SHORTEST_PAUSE:
                    self.say(texts.TUNNEL_ENDED.about(words=self._last_words()))
                self._is_away()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            patience.cancel()

    async def _run(self, opened: TunnelFront) -> None:
        """Run the provider's program until it ends; check the URLs that it prints.

        The first one is the link, unless another leads here before, or the provider moves.
        """
        home = Path.home() if self.provider.name == OWN_COMMAND else self.folder.path
        command = self.provider.command_for(opened.port, self.folder.path)
        self.leads_here = False
        words = deque[str](maxlen=WORDS)
        checks: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group, guarded_lines(self.folder, command, home) as lines:
            async for line in lines:
                if line.strip():
                    words.append(line)
                    self.words = words
                url = self.provider.url_in(line)
                if not url or url in checks or len(checks) == URLS:
                    continue
                if self.provider.url_moves:
                    _cancel(checks)
                elif self.leads_here:
                    continue  # whatever it prints now, perhaps what a visitor has sent
                if not checks:
                    self._has_url(url)
                checks[url] = group.create_task(self._check(url, opened, checks))
            _cancel(checks)

    def _has_url(self, url: str) -> None:
        self.tunnel.url, self.tunnel.confirmed = url, False
        self.changed()
        self.say(texts.PUBLIC_LINK.about(url=url))

    def _is_away(self) -> None:
        if self.tunnel.confirmed:
            self.tunnel.confirmed = False
            self.changed()

    async def _check(
        self, url: str, opened: TunnelFront, checks: dict[str, asyncio.Task[None]]
    ) -> None:
        """Check whether the URL leads here; once it does, it alone is checked, and is the link.

        Raises TunnelLost.
        """
        await asyncio.sleep(self.provider.check_delay(url))
        await self._until_it_leads_here(url, opened)
        self.leads_here = True
        own = checks.pop(url)
        _cancel(checks)
        checks[url] = own
        if self.tunnel.url != url:
            self._has_url(url)
        while True:
            self.tunnel.confirmed = True
            self.changed()
            await self._while_it_leads_here(url, opened)
            self._is_away()
            try:
                async with asyncio.timeout(LOST_AFTER):
                    await self._until_it_leads_here(url, opened)
            except TimeoutError:
                raise TunnelLost from None

    async def _until_it_leads_here(self, url: str, opened: TunnelFront) -> None:
        """Request the front's proof from the URL until it comes."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        interval = CHECK_INTERVAL
        while not await _leads_to(url, opened):
            if interval == CHECK_INTERVAL and loop.time() - began > CHECK_PATIENCE:
                interval = PATIENT_CHECK_INTERVAL
                if self.tunnel.url == url:
                    self.say(texts.NOT_CONFIRMED)
            await asyncio.sleep(interval)

    async def _while_it_leads_here(self, url: str, opened: TunnelFront) -> None:
        """Wait until the proof has not come a few times: the program may run on."""
        failures = 0
        while failures < FAILURES:
            await asyncio.sleep(PATIENT_CHECK_INTERVAL)
            failures = 0 if await _leads_to(url, opened) else failures + 1

    def _say_if_none(self) -> None:
        if not self.tunnel.url:
            self.say(
                texts.NO_LINK_YET.about(
                    provider=self.provider.name,
                    seconds=FIRST_URL_DEADLINE,
                    words=self._last_words(),
                )
            )

    def _last_words(self) -> str | Sentence:
        words = " | ".join(filter(None, (plain(line).strip() for line in self.words)))
        return words[-LONGEST_WORDS:] or texts.SILENT


def _addresses_of(host: str) -> tuple[Network, ...]:
    """Return the addresses from which the front's connections come to services on this host."""
    if host in OWN_HOST:
        return ()
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # no service can listen there, which is said later
        return ()
    return tuple(ip_network(str(address[0]).partition("%")[0]) for *_, address in found)


def _cancel(checks: dict[str, asyncio.Task[None]]) -> None:
    for check in checks.values():
        check.cancel()
    checks.clear()


async def _leads_to(url: str, opened: TunnelFront) -> bool:
    try:
        async with open_http_client(ApiAddress.at(url), 1) as client:
            answer = await client.get(PROOF_PATH)
    except HttpError:
        return False
    return answer.body == opened.proof.encode()
