"""Short codes of rooms, for people to type."""

from __future__ import annotations

import re
import unicodedata
from secrets import choice
from typing import Final

# No look-alikes (0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V) and no vowels: no words.
ALPHABET: Final = "23456789CDFGHJKMNPQRTVWXY"
LENGTH: Final = 6
LOOK_ALIKES: Final = str.maketrans("0OBSZU", "QQ852V")
CODE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
NO_PART: Final = re.compile(r"[^0-9A-Z]")


def new_code() -> str:
    """A random code."""
    return "".join(choice(ALPHABET) for _ in range(LENGTH))


def code_in(typed: str) -> str | None:
    """The code that somebody means: in lower case, full width or with spaces, or a look-alike."""
    letters = NO_PART.sub("", unicodedata.normalize("NFKC", typed).upper())
    code = letters.translate(LOOK_ALIKES)
    return code if CODE.fullmatch(code) else None
