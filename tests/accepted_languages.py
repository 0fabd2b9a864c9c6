"""What clients send as `Accept-Language`, and in which language errors must then be."""

from typing import Final

ACCEPTED: Final = (
    ("ja", "ja"),
    ("ja-JP", "ja"),
    ("ja,en-US;q=0.9,en;q=0.8", "ja"),
    ("fr, ja;q=0.1", "ja"),
    ("el, ja;q=0.1", "ja"),
    ("en;q=0.9, ja;q=0.1", "en"),
    ("en-US,en;q=0.9,ja;q=0.8", "en"),
    ("en-AU, ja;q=0.9", "en"),
    ("*", "en"),
    ("jam", "en"),
    ("no list of languages!", "en"),
)
