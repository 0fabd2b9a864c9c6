"""Cleans display names, games' reasons and setups' names, so that they can be shown on a stream.

Also folds text, to compare it.
"""

import re
import unicodedata
from functools import lru_cache

MAX_CODE_POINTS = 24
LONGEST_REASON = 80
LONGEST_SETUP_NAME = 60
MARKS_PER_BASE = 2
# Longer than any typed name: it limits the work and the cache, not the name.
LONGEST_READ = 256

# General categories (Unicode Standard, table 4-4) that are always replaced, and by what.
BY_CATEGORY = {
    "Cc": "",  # controls: NUL, tab, line feed, escape, C1
    "Cf": "",  # format: bidi marks, overrides and isolates, zero-width space, BOM, soft hyphen
    "Cs": "",  # surrogates: half a character that no encoder accepts
    "Zl": "",  # line separator
    "Zp": "",  # paragraph separator
    "Zs": " ",  # every other white space: no-break, em, ideographic
}

# Invisible characters of other categories: first and last code point of each range.
INVISIBLE = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul choseong and jungseong fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors and vowel separator
    (0x2065, 0x2065),  # unassigned, default ignorable
    (0x2800, 0x2800),  # braille blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0D),  # variation selectors 1 to 14
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFF0, 0xFFF8),  # unassigned, default ignorable
    (0xFFFC, 0xFFFC),  # object replacement character
    (0x16FE4, 0x16FE4),  # Khitan small script filler
    (0x1D159, 0x1D159),  # musical null notehead
    (0xE0000, 0xE001F),  # language tag, and unassigned default ignorable
    (0xE0080, 0xE0FFF),  # ideographic variation selectors, and unassigned default ignorable
)

# Ranges that contain emoji: emoji-data.txt (UTS #51), rounded up to blocks so that they include
# the emoji of later Unicode versions; without digits, # and *, which are emoji only in a keycap.
EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf"
    "\u23e9-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
JOINER = "\u200d"
SELECTORS = "\ufe0e\ufe0f"  # text style, emoji style
TAGS = "\U000e0020-\U000e007f"

# Characters that are invisible, but part of an emoji in these places; elsewhere they are removed.
_IN_EMOJI = "|".join(
    (
        # a subdivision's flag: black flag, its code in tags, cancel tag
        "(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,7}\U000e007f",
        # two emoji joined into one
        f"(?:(?<=[{EMOJI}])|(?<=[{EMOJI}][{SELECTORS}])){JOINER}(?=[{EMOJI}])",
        # the style of an emoji, or of a keycap
        f"(?<=[{EMOJI}])[{SELECTORS}]",
        f"(?<=[0-9#*])[{SELECTORS}](?=\u20e3)",
    )
)
_EMOJI_PARTS = re.compile(f"({_IN_EMOJI})|[{JOINER}{SELECTORS}{TAGS}]")

_PART_OF_EMOJI = frozenset(JOINER + SELECTORS) | {chr(c) for c in range(0xE0020, 0xE0080)}
_BY_CHARACTER = (
    {chr(code): "" for first, last in INVISIBLE for code in range(first, last + 1)}
    | {character: character for character in _PART_OF_EMOJI}
    | {"<": "\uff1c", ">": "\uff1e"}  # no markup, wherever the name is inserted
)


def clean_name(raw: str) -> str:
    """The name as it is shown and stored: at most 24 code points, "" if nothing remains.

    NFC; without controls, bidi controls and invisible characters, except those inside an emoji;
    every white space becomes a plain space, none at the ends; at most two combining marks per
    base; `<` and `>` become full-width. Cleaning a clean name changes nothing.
    """
    return _cleaned(raw[:LONGEST_READ], MAX_CODE_POINTS)


def clean_reason(raw: str) -> str:
    """A game's reason, cleaned as a name is; at most 80 code points."""
    return _cleaned(raw[:LONGEST_READ], LONGEST_REASON)


def clean_setup_name(raw: str) -> str:
    """A setup's name, cleaned as a display name is; at most 60 code points."""
    return _cleaned(raw[:LONGEST_READ], LONGEST_SETUP_NAME)


@lru_cache(maxsize=4096)
def _cleaned(name: str, longest: int) -> str:
    # Repeat, because a step can create work for an earlier one: after a character is removed, its
    # neighbours may compose; the cut may split an emoji. This ends, because from the second round
    # on every change shortens the name.
    while (cleaner := _one_round(name, longest)) != name:
        name = cleaner
    return name


def _one_round(name: str, longest: int) -> str:
    visible = "".join(map(_shown, name))
    composed = unicodedata.normalize("NFC", visible)
    whole_emoji = _EMOJI_PARTS.sub(r"\1", composed)
    return _few_marks(whole_emoji).strip(" ")[:longest].rstrip(" ")


def _shown(character: str) -> str:
    if character in _BY_CHARACTER:
        return _BY_CHARACTER[character]
    return BY_CATEGORY.get(unicodedata.category(character), character)


def _few_marks(name: str) -> str:
    shown = []
    marks = MARKS_PER_BASE  # before the first base none: they would combine with preceding text
    for character in name:
        if character not in _PART_OF_EMOJI:
            marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= MARKS_PER_BASE:
            shown.append(character)
    return "".join(shown)


# Katakana from ァ to ヶ are 0x60 above their hiragana.
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f]")  # Latin letters, and accents by themselves
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))


def folded(text: str) -> str:
    """The text folded, so that spellings compare equal that people read as the same.

    Case, width (NFKC), accents of Latin letters, and hiragana or katakana make no difference.
    """
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    return _ACCENTED.sub(_without_accents, composed)


def _without_accents(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", letter[0]).translate(_ACCENTS)
