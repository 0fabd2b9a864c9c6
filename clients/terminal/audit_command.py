"""`streamario audit`: prints the ledger of a room, and whether it balances."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec
import uvloop

from api_service.audit.audit import audit
from api_service.books.database import open_database
from api_service.books.errors import DatabaseUnavailable, DatabaseUnfit
from clients.terminal.command_errors import CannotAudit
from clients.terminal.printed_books import printed
from clients.terminal.room_file import ROOM_FILE, read_room
from clients.terminal.terminal_io import CommandParser, Terminal
from clients.terminal.texts import audit as texts

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from api_service.audit.statement import Audit
    from shared.process.settings import Settings
    from shared.wire.languages import Language, Sentence

BALANCED: Final = 0
DIFFERENT: Final = 1


def arguments_parser(language: Language) -> argparse.ArgumentParser:
    """Reads the options of the command."""
    parser = CommandParser("audit", texts.DESCRIPTION, language, texts.EPILOG)
    parser.option("room", texts.ROOM, nargs="?")
    parser.option("--round", texts.ONE_ROUND, type=int, metavar="N")
    parser.option("--json", texts.JSON, action="store_true")
    return parser


def run(arguments: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Print the ledger; return 0 if it balances, else 1. Raises CannotAudit."""
    room_id = arguments.room or _game_room(settings.data_dir / ROOM_FILE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        audited = runner.run(_audit(_database(settings), room_id))
    shown = audited if arguments.round is None else _of_round(audited, arguments.round)
    with suppress(BrokenPipeError):  # the reader of a pipe, such as `head`, may stop early
        lines = _json(shown) if arguments.json else printed(shown, language)
        Terminal(sys.stdout).say(*lines)
    return BALANCED if audited.balanced else DIFFERENT


def _game_room(state: Path) -> str:
    if (room := read_room(state)) is None:
        raise CannotAudit(texts.NO_ROOM_FILE.about(path=state))
    return room.room_id


def _database(settings: Settings) -> str:
    if not settings.database_url:
        raise CannotAudit(texts.NO_DATABASE.about(path=settings.data_dir))
    return settings.database_url


async def _audit(database_url: str, room_id: str) -> Audit:
    async with open_database(database_url) as database:
        try:
            await database.require_schema()
            audited = await audit(database, room_id)
        except DatabaseUnfit as unfit:
            raise CannotAudit(texts.UNFIT.about(why=unfit)) from None
        except DatabaseUnavailable as away:
            raise CannotAudit(texts.DATABASE_AWAY.about(why=_reason(away))) from None
    if audited is None:
        raise CannotAudit(texts.NO_BOOKS.about(room=room_id))
    return audited


def _reason(away: DatabaseUnavailable) -> str | Sentence:
    cause = getattr(away.__cause__, "orig", None) or away.__cause__
    return str(cause).partition("\n")[0] or texts.NO_ANSWER


def _of_round(audited: Audit, number: int) -> Audit:
    rounds = tuple(each for each in audited.rounds if each.round == number)
    if not rounds:
        raise CannotAudit(texts.NO_ROUND.about(round=number, rounds=len(audited.rounds)))
    return msgspec.structs.replace(audited, rounds=rounds)


def _json(audited: Audit) -> list[str]:
    return [msgspec.json.format(msgspec.json.encode(audited)).decode()]
