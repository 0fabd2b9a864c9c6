"""What can stop a start: each is one line that the user reads, never a stack trace.

DeployError
├── NotConfigured       a variable that this command needs is not set
├── CannotListen        a port is taken, or not ours to take
├── ServerUnfit         a server that a URL names cannot be reached, or must not be used
└── StandaloneError     the embedded servers cannot run
    ├── DataDirInUse    another process runs on this folder
    ├── ServerMissing   no program to start
    └── ServerFailed    a server did not start, or ended by itself
"""


class DeployError(Exception):
    """The start of the services is refused, for the reason in its text."""


class NotConfigured(DeployError):
    """A variable that this command needs is not set."""


class CannotListen(DeployError):
    """A port is taken, or not ours to take; the text names the variable."""


class ServerUnfit(DeployError):
    """A server that a URL names cannot be reached, or must not be used as it is configured."""


class StandaloneError(DeployError):
    """The embedded servers cannot run."""


class DataDirInUse(StandaloneError):
    """Another process runs its servers on this folder."""


class ServerMissing(StandaloneError):
    """A program that the embedded servers need is not installed."""


class ServerFailed(StandaloneError):
    """A server did not start, or ended by itself; the text ends with its log's last lines."""
