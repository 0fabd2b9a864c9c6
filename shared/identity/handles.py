"""The handles of studios, as in `/@luna`: which there can be, and which nobody gets."""

import re
from collections.abc import Iterator
from typing import Final

from shared.identity.masks import LETTERS_OF, NameMask
from shared.identity.word_lists import ENGLISH_PHRASES, ORDINARY_HANDLES, RESERVED_HANDLES

SHORTEST: Final = 3
LONGEST: Final = 30
_HANDLE: Final = re.compile(rf"[a-z0-9_-]{{{SHORTEST},{LONGEST}}}")
_SEPARATORS: Final = re.compile("[_-]+")
_MASK: Final = NameMask(())
_LETTER_FOR: Final = LETTERS_OF | {ord("l"): ord("i")}


def _alike(word: str) -> str:
    """The same for words that look alike: `admin`, `adm1n`. A last 5 is a number: `player5`."""
    return word.removesuffix("5").translate(_LETTER_FOR) + "5" * word.endswith("5")


_RESERVED: Final = frozenset(map(_alike, RESERVED_HANDLES))
# Also inside others: nobody else speaks for this service, and no harmless word contains the rest.
_NEVER_INSIDE: Final = [_alike(text.replace(" ", "")) for text in ("streamario", *ENGLISH_PHRASES)]


def handle_in(text: str) -> str | None:
    """The handle that a text names, in lower case; None if no handle can be that."""
    # Only ASCII: some other letters become one of `a-z` in lower case.
    lowered = text.lower() if text.isascii() else ""
    return lowered if _HANDLE.fullmatch(lowered) else None


def is_forbidden(handle: str) -> bool:
    """Whether nobody gets this handle: it is reserved, or an offensive word is in it."""
    parts = [part for part in _SEPARATORS.split(handle) if part]
    word = "".join(parts)
    seen = _alike(word)
    if seen in _RESERVED and not word.isdigit() and word not in ORDINARY_HANDLES:
        return True
    if any(text in seen for text in _NEVER_INSIDE):
        return True
    texts = (handle, " ".join(parts), *_joined(parts))
    return any(_MASK.masked(text) != text for text in texts)


def _joined(parts: list[str]) -> Iterator[str]:
    """Yield parts that follow each other as one word: who reads them leaves the separators out."""
    for start in range(len(parts)):
        for end in range(start + 2, len(parts) + 1):
            yield "".join(parts[start:end])
