"""Masks words in names: each becomes `***`, however it is spelled.

Words and names are compared folded (`folding.py`). Letters may be repeated (`baaad`), digits and
signs may stand for letters (`b4d`). A word of a script with spaces must stand alone (`bad`, but not
`badge`); one of a script without spaces, such as Japanese, may stand inside another.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from shared.identity.folding import folded
from shared.identity.names import MAX_CODE_POINTS
from shared.identity.word_lists import HARMLESS, OFFENSIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK: Final = "***"
MOST_ALIKE: Final = 3  # letters in a row that a word tells apart; a name may have more
SETTINGS_REMEMBERED: Final = 1_000
NAMES_REMEMBERED: Final = 100_000  # some 200 bytes each

# What stands for a letter becomes its capital: folded text has no capitals, and no word ends there.
_LETTERS_OF: Final = str.maketrans("013457@$!", "OIEASTASI")
_VOICED: Final = "\u3099\u309a\uff9e\uff9f"  # marks that belong to the kana before them
_RUN: Final = re.compile(r"(.)\1*", re.DOTALL)
# Letters of scripts that put spaces between words: not Thai to Khmer, kana, Han, Hangul.
_LETTER: Final = re.compile(
    r"[^\W\d_A-Z\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


class WordList:
    """Finds words in folded text, also where digits and signs stand for letters."""

    def __init__(self, words: Iterable[str]) -> None:
        runs = ([run[0] for run in _RUN.finditer(folded(word.strip()))] for word in words)
        alone, inside = [], []
        for word in sorted(filter(None, runs), key=len, reverse=True):
            if _LETTER.match(word[0]) and _LETTER.match(word[-1]):
                first = _spelling(word[0][0])  # of its run: in `a4ss` the word is not `4ss`
                alone.append(f"{first}(?<!{first}{first}){_expression(word).removeprefix(first)}")
            else:
                inside.append(_expression(word))
        letter, none = _LETTER.pattern, "(?!)"
        self._alone = re.compile(f"(?<!{letter})(?:{'|'.join(alone) or none})(?!{letter})")
        self._inside = re.compile("|".join(inside) or none)

    def spans(self, written: str) -> Iterator[tuple[int, int]]:
        """Where words are, the longest at each position."""
        for text in {written, written.translate(_LETTERS_OF)}:
            for expression in (self._alone, self._inside):
                yield from (found.span() for found in expression.finditer(text))


def _expression(runs: list[str]) -> str:
    """Matches runs of letters, each whole."""
    spelled = ((_spelling(run[0]), min(len(run), MOST_ALIKE)) for run in runs)
    return "".join(f"{letter * least}{letter}*+" for letter, least in spelled)


def _spelling(letter: str) -> str:
    return f"[{letter}{letter.upper()}]" if letter in "oieast" else re.escape(letter)


class NameMask:
    """Masks the words of the built-in lists, and a room's own."""

    def __init__(self, own_words: Iterable[str]) -> None:
        self._own = WordList(own_words)

    def masked(self, name: str) -> str:
        """The name with `***` for each word; at most as long as a name may be."""
        return _masked(self, name)

    def spans(self, written: str) -> Iterator[tuple[int, int]]:
        """Where there is something to mask in a folded name."""
        yield from self._own.spans(written)
        for start, end in _offensive().spans(written):
            if not _is_harmless(written, start, end):
                yield start, end


@lru_cache(maxsize=SETTINGS_REMEMBERED)
def mask_of(own_words: tuple[str, ...]) -> NameMask:
    """The mask with these words of a room, besides the built-in lists."""
    return NameMask(own_words)


@cache
def _offensive() -> WordList:
    return WordList(OFFENSIVE)


@cache
def _harmless() -> WordList:
    return WordList(HARMLESS)


def _is_harmless(written: str, start: int, end: int) -> bool:
    """Whether what was found is only a part of a harmless word."""
    return any(first <= start and end <= last for first, last in _harmless().spans(written))


@lru_cache(maxsize=NAMES_REMEMBERED)
def _masked(mask: NameMask, name: str) -> str:
    pieces = list(name) if name.isascii() else _pieces(name)
    parts = [*map(folded, pieces)]
    spans = [*mask.spans("".join(parts))]
    if not spans:
        return name
    piece_of = [index for index, part in enumerate(parts) for _ in part]
    hidden = {n for start, end in spans for n in range(piece_of[start], piece_of[end - 1] + 1)}
    shown = groupby(enumerate(pieces), lambda each: each[0] in hidden)
    masked = (MASK if is_hidden else "".join(p for _, p in part) for is_hidden, part in shown)
    return "".join(masked)[:MAX_CODE_POINTS]


def _pieces(name: str) -> list[str]:
    """The name in pieces that fold by themselves: characters with the marks that follow them."""
    pieces: list[str] = []
    for character in name:
        if pieces and (character in _VOICED or unicodedata.combining(character)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
