"""The product's own time limits, lengthened: on a machine that stalls, Redis looks as if it failed.

Tests of what happens when Redis does not answer keep the limits as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from shared.redis_store import connections, pipeline, subscription

HOUR: Final = 3_600.0  # s


@contextmanager
def patient_store() -> Iterator[pytest.MonkeyPatch]:
    """Calls to Redis wait for its answer, and are repeated if they came too late to be run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ANSWER_TIMEOUT", "CONNECT_TIMEOUT", "BEGIN_WITHIN"):
            patch.setattr(pipeline, name, HOUR)
        patch.setattr(pipeline, "REPEATS", 1_000)
        for name in ("CONNECT_TIMEOUT", "QUESTION_TIMEOUT"):
            patch.setattr(connections, name, HOUR)
        defaults = connections.connect.__kwdefaults__ or {}
        patch.setitem(defaults, "answer_timeout", HOUR)
        patch.setattr(subscription, "CONFIRM_WITHIN", HOUR)
        yield patch
