"""The audit also counts again how long a round has run, and that nothing counts after its limit."""

from __future__ import annotations

import pytest

from tests.api_service.audit.journals import AT, changed, opened, paused, pressed, replayed, started
from tests.shared.engine.rooms import button, playing

MINUTE = 60_000  # ms
LIMITED = playing(button("skill1", 100), round_limit_s=60)
PRESSED = pressed(("skill1", 1, 1, 1), at=AT + MINUTE - 1)


def test_what_counts_within_the_limit_is_right_and_pauses_do_not_count() -> None:
    _, differences = replayed(
        *(opened(LIMITED), started(), PRESSED),
        paused(1, at=AT + MINUTE - 1, ran=MINUTE - 1),
        paused(0, at=AT + 3 * MINUTE, ran=MINUTE - 1),
        paused(1, at=AT + 3 * MINUTE, ran=MINUTE - 1),
        pressed(("skill1", 1, 2, 2), paused=1, at=AT + 9 * MINUTE),
    )
    assert differences == ()


@pytest.mark.parametrize(
    "late",
    [
        (pressed(("skill1", 1, 2, 2), at=AT + MINUTE),),
        (paused(1, at=AT + MINUTE, ran=MINUTE),),
        (
            paused(1, at=AT + 1_000, ran=1_000),
            paused(0, at=AT + MINUTE, ran=1_000),
            pressed(("skill1", 1, 2, 2), at=AT + 2 * MINUTE),
        ),
    ],
)
def test_what_counts_after_the_limit_is_told(late: tuple[object, ...]) -> None:
    found = replayed(opened(LIMITED), started(), PRESSED, *late)  # type: ignore[arg-type]
    assert found.kinds == ["round"]
    assert "whose limit is 60 s" in found.differences[0].sentence


def test_a_limit_that_is_changed_in_a_round_counts_from_then_on() -> None:
    """As the entry tells; other changes of settings leave the round's clock alone."""
    longer = playing(button("skill1", 100), round_limit_s=120)
    titled = playing(button("skill1", 100), round_limit_s=120, title="Another")
    start = (opened(LIMITED), started(), PRESSED)
    changes = (
        changed(longer, at=AT + MINUTE - 1, ran=0),
        changed(titled, at=AT + 2 * MINUTE),
    )
    late = pressed(("skill1", 1, 2, 2), at=AT + 3 * MINUTE - 2)
    assert replayed(*start, *changes, late).kinds == []
    too_late = pressed(("skill1", 1, 2, 2), at=AT + 3 * MINUTE - 1)
    assert replayed(*start, *changes, too_late).kinds == ["round"]


def test_a_round_that_has_run_for_less_than_its_entries_tell_is_told() -> None:
    """A server's clock that is set back only adds to it; an older release does not tell it."""
    start = (opened(LIMITED), started(), PRESSED)
    pause_at = AT + MINUTE - 1
    assert replayed(*start, paused(1, at=pause_at, ran=MINUTE - 2)).kinds == ["round"]
    assert replayed(*start, paused(1, at=pause_at, ran=MINUTE + 5)).kinds == []
    after = (paused(1, at=pause_at), paused(0, at=pause_at, ran=10))
    assert replayed(*start, *after).kinds == []
