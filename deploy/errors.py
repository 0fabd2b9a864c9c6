"""Errors that stop a start. The user sees the text of each as one line, without a stack trace.

DeployError
├── NotConfigured       a variable that this command needs is not set
├── CannotListen        a port is in use or may not be opened
├── ServerUnfit         a server that a URL names cannot be reached or must not be used
├── ServiceFailed       a service in a process of its own could not serve, or ended unexpectedly
└── StandaloneError     the embedded servers cannot run
    ├── DataDirInUse    another process uses this data folder
    ├── ServerMissing   a server's program is not installed
    └── ServerFailed    a server did not start, or ended unexpectedly
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clients.terminal.command_errors import CommandError
from deploy import texts
from shared.process.settings import SettingsError

if TYPE_CHECKING:
    from shared.wire.languages import Sentence

INTERRUPTED: Final = 130  # exit status: 128 + SIGINT, as a shell reports it


class DeployError(CommandError):
    """The services cannot start; the sentence gives the reason."""


class NotConfigured(DeployError):
    """A variable that this command needs is not set."""


class CannotListen(DeployError):
    """A port is in use or may not be opened; the text names the variable that sets it."""


class ServerUnfit(DeployError):
    """A server that a URL names cannot be reached or must not be used."""


class ServiceFailed(DeployError):
    """A service in a process of its own could not serve, or ended unexpectedly."""


class StandaloneError(DeployError):
    """The embedded servers cannot run."""


class DataDirInUse(StandaloneError):
    """Another process runs its embedded servers on this data folder."""


class ServerMissing(StandaloneError):
    """A program that the embedded servers need is not installed."""


class ServerFailed(StandaloneError):
    """A server did not start, or ended unexpectedly; the text ends with its log's last lines."""


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
