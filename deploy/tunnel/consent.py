"""Reads what `--public` asks for, says what the provider states, and asks whether to open it."""

import argparse
import sys
from typing import Final

from clients.terminal.terminal_io import CommandError, CommandParser, Terminal, whole_number
from deploy.tunnel import texts
from deploy.tunnel.front import VIEWERS_OF_ONE_ADDRESS
from deploy.tunnel.providers import provider_for
from deploy.tunnel.tunnel import Public
from shared.process.settings import Settings
from shared.wire.languages import Language

# Each says under which URL this server is public, which a tunnel says, too.
PUBLIC_URLS: Final = ("public_api_url", "public_ws_url", "web_url")


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
