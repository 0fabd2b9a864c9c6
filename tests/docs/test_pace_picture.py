"""The picture of the pace in the protocol's pages."""

from __future__ import annotations

from tests.bench.pace_picture import PICTURE, drawn


def test_the_picture_is_as_the_rule_draws_it() -> None:
    """After a change of the rule: `python -m tests.bench.pace_picture`."""
    assert PICTURE.read_text("utf-8") == drawn()
