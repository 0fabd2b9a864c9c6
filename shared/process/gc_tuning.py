"""Python's garbage collector, told what a service is like.

What a service has made by the time it is ready stays until its end, and most of what it makes then
goes by itself, without a cycle. Searching all of it again and again cost a tenth of the processor
time under load, in pauses that presses and triggers wait for.
"""

from __future__ import annotations

import gc

# Young objects before a search, and searches of one generation before one of the next. A thousand
# requests under way hold some ten objects each.
THRESHOLDS = (20_000, 20, 20)


def freeze_and_tune() -> None:
    """Leave what is there now out of every later search, and search more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
