"""Errors that stop a start. The user sees the text of each as one line, without a stack trace.

DeployError
├── NotConfigured       a variable that this command needs is not set
├── CannotListen        a port is in use or may not be opened
├── ServerUnfit         a server that a URL names cannot be reached or must not be used
└── StandaloneError     the embedded servers cannot run
    ├── DataDirInUse    another process uses this data folder
    ├── ServerMissing   a server's program is not installed
    └── ServerFailed    a server did not start, or ended unexpectedly
"""

from clients.terminal.command_errors import CommandError


class DeployError(CommandError):
    """The services cannot start; the sentence gives the reason."""


class NotConfigured(DeployError):
    """A variable that this command needs is not set."""


class CannotListen(DeployError):
    """A port is in use or may not be opened; the text names the variable that sets it."""


class ServerUnfit(DeployError):
    """A server that a URL names cannot be reached or must not be used."""


class StandaloneError(DeployError):
    """The embedded servers cannot run."""


class DataDirInUse(StandaloneError):
    """Another process runs its embedded servers on this data folder."""


class ServerMissing(StandaloneError):
    """A program that the embedded servers need is not installed."""


class ServerFailed(StandaloneError):
    """A server did not start, or ended unexpectedly; the text ends with its log's last lines."""
