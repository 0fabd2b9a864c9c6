"""`streamario audit`: prints the ledger of a room, and whether it balances."""

import argparse
import sys
from contextlib import suppress

import msgspec
import uvloop

from api_service.audit import Audit, audit
from api_service.books.database import open_database
from api_service.books.errors import DatabaseUnavailable, DatabaseUnfit
from clients.terminal.printed_books import BooksPrinter
from clients.terminal.room_file import ROOM_FILE, last_room_id
from clients.terminal.terminal_io import CommandError, CommandParser, Terminal
from clients.terminal.texts import audit as texts
from clients.terminal.texts.simulate import ROOM
from shared.process.settings import Settings
from shared.wire.languages import Language, Sentence


def arguments_parser(language: Language) -> argparse.ArgumentParser:
    """The parser of the command's options, with its help in this language."""
    parser = CommandParser("audit", texts.DESCRIPTION, language, texts.EPILOG)
    parser.option("room", ROOM, nargs="?")
    parser.option("--round", texts.ONE_ROUND, type=int, metavar="N")
    parser.option("--json", texts.JSON, action="store_true")
    return parser


def run(arguments: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Print the ledger; return 0 if it balances, else 1. Raises CommandError."""
    room_id = arguments.room or last_room_id(settings.data_dir / ROOM_FILE, texts.NO_ROOM_FILE)
    if not settings.database_url:
        raise CommandError(texts.NO_DATABASE.about(path=settings.data_dir))
    audited = uvloop.run(_audit(settings.database_url, room_id))
    shown = audited if arguments.round is None else _of_round(audited, arguments.round)
    if arguments.json:
        lines = [msgspec.json.format(msgspec.json.encode(shown)).decode()]
    else:
        lines = BooksPrinter(language).lines(shown)
    with suppress(BrokenPipeError):  # the reader of a pipe, such as `head`, may stop early
        Terminal(sys.stdout).say(*lines)
    return 0 if audited.balanced else 1


async def _audit(database_url: str, room_id: str) -> Audit:
    async with open_database(database_url) as database:
        try:
            await database.require_schema()
            audited = await audit(database, room_id)
        except DatabaseUnfit as unfit:
            raise CommandError(texts.UNFIT.about(why=unfit)) from None
        except DatabaseUnavailable as away:
            raise CommandError(texts.DATABASE_AWAY.about(why=_reason(away))) from None
    if audited is None:
        raise CommandError(texts.NO_BOOKS.about(room=room_id))
    return audited


def _reason(away: DatabaseUnavailable) -> str | Sentence:
    cause = getattr(away.__cause__, "orig", None) or away.__cause__
    return str(cause).partition("\n")[0] or texts.NO_ANSWER


def _of_round(audited: Audit, number: int) -> Audit:
    rounds = tuple(each for each in audited.rounds if each.round == number)
    if not rounds:
        raise CommandError(texts.NO_ROUND.about(round=number, rounds=len(audited.rounds)))
    return msgspec.structs.replace(audited, rounds=rounds)
