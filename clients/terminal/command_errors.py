"""What a command of the terminal cannot do: one line that the user reads, never a stack trace.

CommandError
├── CannotSimulate    there is nothing to press
└── CannotAudit       there are no books to read
"""


class CommandError(Exception):
    """The command can do nothing, for the reason in its text."""


class CannotSimulate(CommandError):
    """There is nothing to press."""


class CannotAudit(CommandError):
    """There are no books to read."""
