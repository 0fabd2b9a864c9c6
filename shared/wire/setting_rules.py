"""What the values of a room's settings must be: each rule, and how people are told of it.

A rule's description completes the sentence "must be …", in schemas as in refusals; `ja` is the
whole sentence in Japanese.
"""

from typing import Any

from msgspec import Meta

from shared.wire.languages import Sentence

# The look-ahead stands for the end of the text: alone, Python's `$` matches before a line feed too.
_END = r"$(?!\n)"
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*" + _END


def _rule(description: str, ja: str, **constraints: Any) -> Meta:
    return Meta(description=description, extra={"ja": ja}, **constraints)


def text(most: int) -> Meta:
    """One line of so many characters."""
    description = f"text of at most {most} characters, without control characters"
    ja = f"{most} 文字以内にしてください（制御文字は使えません）"
    return _rule(description, ja, max_length=most, pattern=_PRINTABLE)


def word(most: int) -> Meta:
    """One line of so many characters, and not only spaces."""
    description = f"text of 1 to {most} characters, not only spaces"
    ja = f"1〜{most} 文字にしてください（空白だけにはできません）"
    return _rule(description, ja, max_length=most, pattern=rf"^(?=.*\S){_PRINTABLE[1:]}")


def integer(least: int, most: int) -> Meta:
    """A whole number between these."""
    description = f"an integer from {least} to {most}"
    return _rule(description, f"{least}〜{most} の整数にしてください", ge=least, le=most)


def number(least: float, most: float) -> Meta:
    """A number between these, fractions too."""
    description = f"a number from {least} to {most}"
    return _rule(description, f"{least}〜{most} の数にしてください", ge=least, le=most)


def entries(least: int, most: int) -> Meta:
    """A list of so many entries."""
    description = f"a list of {least} to {most} entries"
    ja = f"{least}〜{most} 個にしてください"
    return _rule(description, ja, min_length=least, max_length=most)


EVENT_TYPE = _rule(
    "1 to 32 of a-z, 0-9 and _, beginning with a-z",
    "a-z で始まる、a-z・0-9・_ の 1〜32 文字にしてください",
    pattern=f"^[a-z][a-z0-9_]{{0,31}}{_END}",
)
COLOR = _rule(
    'a colour like "#3b82f6", or ""',
    "「#3b82f6」のような色にするか、空にしてください",
    pattern=f"^(#[0-9A-Fa-f]{{6}})?{_END}",
)
MEDIA = _rule(
    'a media id (32 of 0-9 and a-f), or ""',
    "メディアの ID（0-9・a-f の 32 文字）にするか、空にしてください",
    pattern=f"^([0-9a-f]{{32}})?{_END}",
)
BUILT_IN_SOUNDS = ("chime", "zap", "boom", "coin", "fanfare", "drum", "whoosh")
_SOUNDS = ", ".join(f'"{name}"' for name in BUILT_IN_SOUNDS)
SOUND = _rule(
    f'{_SOUNDS}, a media id (32 of 0-9 and a-f), or ""',
    "用意された音の名前かメディアの ID（0-9・a-f の 32 文字）にするか、空にしてください",
    pattern=f"^({'|'.join(BUILT_IN_SOUNDS)}|[0-9a-f]{{32}})?{_END}",
)
# The shape of RFC 5646, section 2.1, which calls 35 characters long enough (section 4.4.1).
LANG = _rule(
    'a language tag like "ja"',
    "「ja」のような言語タグにしてください",
    pattern=f"^(?=.{{1,35}}$)[A-Za-z]{{1,8}}(-[A-Za-z0-9]{{1,8}})*{_END}",
)
FACTOR = _rule(
    "a number above 0 and at most 1000",
    "0 より大きく 1000 以下の数にしてください",
    gt=0,
    le=1_000,
)
TEAM = _rule('"skill", "enemy" or ""', "「skill」「enemy」か、空にしてください")
FONT = _rule(
    '"sans", "serif", "mono", "hand", "pop", "pixel" or ""',
    "「sans」「serif」「mono」「hand」「pop」「pixel」か、空にしてください",
)
ON_DISCONNECT = _rule('"fire" or "hold"', "「fire」か「hold」にしてください")
STARTS = _rule('"game" or "press"', "「game」か「press」にしてください")
FLAG = _rule("true or false", "true か false にしてください")

# Sentences for problems that no rule of a single value covers.
NOT_AN_OBJECT = Sentence("must be an object", "オブジェクトにしてください")
NOT_KNOWN = Sentence("is not known", "この項目は使えません")
MISSING = Sentence("is missing", "入力してください")
ABOVE_MAX = Sentence("must not be above max", "最大を超えられません")
TAKEN = Sentence("must differ from every other button's", "ほかのボタンと重複しています")
TOO_MANY_TYPES = Sentence(
    "is one more than a room may have in all its life; use one that it has had, or open a new room",
    "このルームでこれまでに使った種類が多すぎます。以前のものを使うか、新しいルームを開いてください",
)
NOT_RISING = Sentence("must be above the one before it", "前の行より大きくしてください")


def demanded(meta: Meta) -> Sentence:
    """The sentence for a value that breaks this rule."""
    return Sentence(f"must be {meta.description}", (meta.extra or {})["ja"])
