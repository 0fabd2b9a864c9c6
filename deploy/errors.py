"""Which errors the user of a command sees as one line, without a stack trace."""

from typing import Final

from clients.terminal.terminal_io import CommandError
from deploy import texts
from shared.process.settings import SettingsError
from shared.wire.languages import Sentence

INTERRUPTED: Final = 130  # exit status: 128 + SIGINT, as a shell reports it


def sentence_for_user(error: Exception) -> Sentence | None:
    """Return why a command cannot run, or None if this error is not meant for the user.

    Of a group of errors it is the first that is.
    """
    if isinstance(error, ExceptionGroup):
        found = (sentence_for_user(one) for one in error.exceptions)
        return next((sentence for sentence in found if sentence), None)
    if isinstance(error, SettingsError):
        return texts.BAD_SETTING.about(why=error)
    return error.sentence if isinstance(error, CommandError) else None
