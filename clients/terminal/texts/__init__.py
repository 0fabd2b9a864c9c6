"""What the commands say, in English and Japanese: a module for each, and here what several say."""

from typing import Final

from shared.wire.languages import Sentence

ONE_VIEWER: Final = Sentence("1 viewer", "視聴者 1 人")
VIEWERS: Final = Sentence("{count:,} viewers", "視聴者 {count:,} 人")


def viewers(count: int) -> Sentence:
    """How many viewers there are, or were."""
    return ONE_VIEWER if count == 1 else VIEWERS.about(count=count)
