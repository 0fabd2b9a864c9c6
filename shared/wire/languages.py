"""Sentences for people, in English and Japanese, and the choice between the two languages."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

Language = Literal["en", "ja"]
Fact = TypeVar("Fact")

LONGEST_ECHO: Final = 40  # characters of a client's text that an answer repeats
LONGEST_READ: Final = 1_000  # characters of a header such as `Accept-Encoding`

# RFC 9110, section 12.4.2: "ja-JP;q=0.8", "gzip", "*".
_CHOICE: Final = re.compile(
    r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)"
    r"[ \t]*(;[ \t]*[Qq]=(?P<weight>0(\.[0-9]{0,3})?|1(\.0{0,3})?))?"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a person reads, in each language; `{name}` is a fact that `about` fills in."""

    en: str
    ja: str

    def spoken(self, language: Language) -> str:
        """The sentence in one language."""
        return self.ja if language == "ja" else self.en

    def about(self, **facts: object) -> "Sentence":
        """The sentence with its facts; a fact that is a sentence itself is in the same language."""
        return Sentence(
            self.en.format(**{name: spoken(fact, "en") for name, fact in facts.items()}),
            self.ja.format(**{name: spoken(fact, "ja") for name, fact in facts.items()}),
        )


def spoken(fact: Fact | Sentence, language: Language) -> Fact | str:
    """A sentence in one language; what is the same in all of them stays as it is."""
    return fact.spoken(language) if isinstance(fact, Sentence) else fact


def echoed(text: str, longest: int = LONGEST_ECHO) -> str:
    """The start of a client's text, escaped to ASCII, for an answer to repeat."""
    return text[:longest].encode("ascii", "backslashreplace").decode()


def weights_of(accepted: str) -> dict[str, float]:
    """The weights, 0 to 1, in a header such as `Accept-Encoding`, by names in lower case.

    In the header's order; of a name's weights, the largest. Parts that are not valid are ignored,
    and so is what is behind `LONGEST_READ` characters: reading 30 KB would take 20 ms.
    """
    weights: dict[str, float] = {}
    for part in accepted[:LONGEST_READ].split(","):
        if found := _CHOICE.fullmatch(part.strip(" \t")):
            name, weight = found["name"].lower(), float(found["weight"] or 1)
            weights[name] = max(weight, weights.get(name, 0))
    return weights


def preferred_language(accepted: str) -> Language:
    """Japanese where an `Accept-Language` header prefers it to English, else English.

    A range stands for its whole language: "ja-JP" counts as "ja". Of two languages with the same
    weight, the first in the header is preferred (RFC 9110, section 12.5.4).
    """
    weights: dict[str, float] = {}
    for tag, weight in weights_of(accepted).items():
        primary = tag.partition("-")[0]
        weights[primary] = max(weight, weights.get(primary, 0))
    others = weights.get("*", 0)
    japanese, english = weights.get("ja", others), weights.get("en", others)
    if japanese != english:
        return "ja" if japanese > english else "en"
    first = next((language for language in weights if language in ("en", "ja")), "en")
    return "ja" if first == "ja" and japanese > 0 else "en"
