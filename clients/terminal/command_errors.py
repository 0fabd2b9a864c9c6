"""Errors of the terminal commands: the user reads one line, never a stack trace.

The text of each is in English, for logs; `sentence` is for the user, in either language.

CommandError
├── CannotSimulate    there is nothing to press
└── CannotAudit       there are no books to read
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.wire.languages import Sentence


class CommandError(Exception):
    """The command cannot run; `sentence` is the reason."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


class CannotSimulate(CommandError):
    """There is nothing to press."""


class CannotAudit(CommandError):
    """There is no ledger to read."""
