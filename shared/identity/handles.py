"""The handles of studios, as in `/@luna`: which there can be, and which nobody gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from shared.identity.masks import LETTERS_OF, NameMask
from shared.identity.word_lists import ENGLISH_PHRASES, RESERVED_HANDLES

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST: Final = 3
LONGEST: Final = 30
# Also inside others: nobody else speaks for this service, and no harmless word contains the rest.
NEVER_INSIDE: Final = ("streamario", *(text.replace(" ", "") for text in ENGLISH_PHRASES))

_HANDLE: Final = re.compile(rf"[a-z0-9_-]{{{SHORTEST},{LONGEST}}}")
_SEPARATORS: Final = re.compile("[_-]+")
_MASK: Final = NameMask(())
_DIGIT_FOR: Final = {LETTERS_OF[ord(digit)]: digit for digit in "013457"} | {ord("l"): "1"}


def _pattern(word: str) -> str:
    """What matches the word however it is written: `adm1n`. A last 5 is a number: `player5`."""
    written = [f"[{letter}{_DIGIT_FOR.get(ord(letter), '')}]" for letter in word]
    return "".join(written).removesuffix("[s5]") + "s" * word.endswith("s")


# Numbers are no words.
_RESERVED: Final = re.compile(rf"(?!\d+$)(?:{'|'.join(map(_pattern, RESERVED_HANDLES))})")
_NEVER_INSIDE: Final = re.compile("|".join(map(_pattern, NEVER_INSIDE)))


def handle_in(text: str) -> str | None:
    """The handle that a text names, in lower case; None if no handle can be that."""
    # Only ASCII: some other letters become one of `a-z` in lower case.
    lowered = text.lower() if text.isascii() else ""
    return lowered if _HANDLE.fullmatch(lowered) else None


def is_forbidden(handle: str) -> bool:
    """Whether nobody gets this handle: it is reserved, or an offensive word is in it."""
    parts = [part for part in _SEPARATORS.split(handle) if part]
    word = "".join(parts)
    if _RESERVED.fullmatch(word) or _NEVER_INSIDE.search(word):
        return True
    texts = (handle, " ".join(parts), *_joined(parts))
    return any(_MASK.masked(text) != text for text in texts)


def _joined(parts: list[str]) -> Iterator[str]:
    """Yield parts that follow each other as one word: who reads them leaves the separators out."""
    for start in range(len(parts)):
        for end in range(start + 2, len(parts) + 1):
            yield "".join(parts[start:end])
