"""Masks words in names: each becomes `***`, however it is spelled.

Words and names are compared folded (`names.py`). Letters may be repeated (`baaad`), digits and
signs may stand for letters (`b4d`). A word of a script with spaces must stand alone (`bad`, but not
`badge`); one of a script without spaces, such as Japanese, may stand inside another, but for a few.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby, pairwise
from typing import Final, NamedTuple, cast
from weakref import ref

from shared.identity.names import MAX_CODE_POINTS, folded
from shared.identity.word_lists import HARMLESS, JAPANESE_ALONE, OFFENSIVE

MASK: Final = "***"
MOST_ALIKE: Final = 3  # letters in a row that a word tells apart; a name may have more
NAMES_REMEMBERED: Final = 100_000  # some 400 bytes each
BRANCH_BYTES: Final = 400  # that a branch of a tree takes

LETTERS_OF: Final = str.maketrans("013457@$!", "oieastasi")
_VOICED: Final = "\u3099\u309a\uff9e\uff9f"  # marks that belong to the kana before them
_ALIKE: Final = re.compile(r"(.)\1*", re.DOTALL)
# Letters of scripts that put spaces between words: not Thai to Khmer, kana, Han, Hangul.
_LETTER: Final = re.compile(
    r"[^\W\d_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)

_JAPANESE: Final = re.compile(r"[\u3005-\u30ff\u3400-\u9fff]")


class Streak(NamedTuple):
    """A character so many times in a row, at a position in the text."""

    character: str
    length: int
    at: int

    @property
    def end(self) -> int:
        """The position after it."""
        return self.at + self.length


NOTHING: Final = Streak("", 0, 0)


class Branch:
    """A place in the tree of words: what may come next, and whether a word ends here."""

    __slots__ = ("ends", "next", "stands_alone")

    def __init__(self) -> None:
        self.next: dict[tuple[str, int], Branch] = {}
        self.ends = False
        self.stands_alone = False


class WordTree:
    """Finds words in a text, in a time that grows with the text and not with the list."""

    def __init__(self, words: Iterable[str]) -> None:
        self.branches = 0
        self._root = Branch()
        self._beginnings: set[str] = set()  # of words: the first two different characters, or one
        for word in words:
            self._enter(folded(word.strip()))

    def _enter(self, word: str) -> None:
        if not word:
            return
        branch, streaks = self._root, _streaks(word)
        self._beginnings.add("".join([streak.character for streak in streaks[:2]]))
        for streak in streaks:
            step = (streak.character, min(streak.length, MOST_ALIKE))
            self.branches += step not in branch.next
            branch = branch.next.setdefault(step, Branch())
        branch.ends = True
        branch.stands_alone = bool(_LETTER.match(word[0]) and _LETTER.match(word[-1]))

    def spans(self, streaks: Sequence[Streak], written: str) -> Iterator[tuple[int, int]]:
        """Where words are, the longest of each place; `written` shows where words end."""
        past = 0
        for first, (streak, following) in enumerate(pairwise([*streaks, NOTHING])):
            if first < past or not self._may_begin(streak.character, following.character):
                continue
            if after := self._longest(streaks, first, written):
                yield streak.at, streaks[after - 1].end
                past = after

    def _may_begin(self, first: str, second: str) -> bool:
        """Whether a word begins like this; most places of a name need no longer look."""
        return first + second in self._beginnings or first in self._beginnings

    def _longest(self, streaks: Sequence[Streak], first: int, written: str) -> int:
        """The streak after the longest word that begins with the streak `first`; 0 if none does."""
        longest = 0
        waiting = [(self._root, first)]
        while waiting:
            branch, here = waiting.pop()
            if branch.ends and here > longest:
                span = streaks[first].at, streaks[here - 1].end
                if not branch.stands_alone or not _touches(_LETTER, written, *span):
                    longest = here
            if here < len(streaks):
                waiting += [(each, here + 1) for each in _steps(branch, streaks[here])]
        return longest


class NameMask:
    """Masks the words of the built-in lists, and a room's own."""

    def __init__(self, own_words: Iterable[str]) -> None:
        self._own = WordTree(own_words)

    def masked(self, name: str) -> str:
        """The name with `***` for each word; at most as long as a name may be."""
        return _masked(ref(self), name)

    @property
    def size(self) -> int:
        """The bytes in memory, about."""
        return (self._own.branches + 10) * BRANCH_BYTES

    def spans(self, written: str) -> Iterator[tuple[int, int]]:
        """Where there is something to mask in a folded name."""
        offensive, alone, _ = _built_in()
        for text in {written, written.translate(LETTERS_OF)}:
            streaks = _streaks(text)
            yield from self._own.spans(streaks, written)
            for start, end in offensive.spans(streaks, written):
                if not _is_harmless(written, start, end):
                    yield start, end
            for start, end in alone.spans(streaks, written):
                if not _touches(_JAPANESE, written, start, end):
                    yield start, end


@cache
def _built_in() -> tuple[WordTree, WordTree, WordTree]:
    return WordTree(OFFENSIVE), WordTree(JAPANESE_ALONE), WordTree(HARMLESS)


def _is_harmless(written: str, start: int, end: int) -> bool:
    """Whether what was found is only a part of a harmless word."""
    _, _, harmless = _built_in()
    spans = harmless.spans(_streaks(written), written)
    return any(first <= start and end <= last for first, last in spans)


@lru_cache(maxsize=NAMES_REMEMBERED)
def _masked(mask: ref[NameMask], name: str) -> str:
    # Weakly: masks are large, and a name outlives the mask of words that were changed.
    pieces = list(name) if name.isascii() else _pieces(name)
    parts = [*map(folded, pieces)]
    spans = [*cast("NameMask", mask()).spans("".join(parts))]
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


def _streaks(text: str) -> list[Streak]:
    return [Streak(m[1], m.end() - m.start(), m.start()) for m in _ALIKE.finditer(text)]


def _steps(branch: Branch, streak: Streak) -> Iterator[Branch]:
    for length in range(1, min(streak.length, MOST_ALIKE) + 1):
        if following := branch.next.get((streak.character, length)):
            yield following


def _touches(letters: re.Pattern[str], written: str, start: int, end: int) -> bool:
    """Whether one of these letters stands right before or after a part of the text."""
    before, after = written[start - 1 : start] if start else "", written[end : end + 1]
    return bool(letters.match(before) or letters.match(after))
