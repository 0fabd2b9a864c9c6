"""Folds text so that spellings compare equal that people read as the same.

Case, width (NFKC), accents of Latin letters, and hiragana or katakana make no difference.
"""

import unicodedata
from functools import lru_cache

# Katakana from ァ to ヶ are 0x60 above their hiragana.
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))


def folded(text: str) -> str:
    """The text without the differences above."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text).casefold()
    return "".join(map(_without_accents, composed)).translate(_HIRAGANA)


@lru_cache(maxsize=4096)
def _without_accents(character: str) -> str:
    if "\u0300" <= character < "\u0370":
        return ""  # an accent that composes with no letter
    if character < "\u0250":  # Latin
        return unicodedata.normalize("NFD", character).translate(_ACCENTS)
    return character
