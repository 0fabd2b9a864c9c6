"""Folds text so that spellings compare equal that people read as the same.

Case, width (NFKC), accents of Latin letters, and hiragana or katakana make no difference.
"""

import re
import unicodedata

# Katakana from ァ to ヶ are 0x60 above their hiragana.
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f]")  # Latin letters, and accents by themselves
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))


def folded(text: str) -> str:
    """The text without the differences above."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    return _ACCENTED.sub(_without_accents, composed)


def _without_accents(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", letter[0]).translate(_ACCENTS)
