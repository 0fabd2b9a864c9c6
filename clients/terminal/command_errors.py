"""Why a command cannot run: the user reads one line, never a stack trace."""

from __future__ import annotations

from shared.wire.languages import Sentence


class CommandError(Exception):
    """The command cannot run; `sentence` is the reason, in either language, the text in English."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence
