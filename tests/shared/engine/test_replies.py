"""Replies by name: a map of Lua becomes a struct."""

import msgspec
import pytest

from shared.engine.replies import Checked, parse

RUNNING = ["log_epoch", 7, "seq", "3", "viewer_count", 1, "status", "in_game", "round", 1]


def test_what_a_function_leaves_out_has_its_default() -> None:
    assert parse([[*RUNNING, "paused", 1]], Checked) == Checked(7, 3, 1, "in_game", 1, True, False)


@pytest.mark.parametrize("wrong", [RUNNING[2:], [*RUNNING, "of_another_name", 1]])
def test_a_name_that_only_one_side_has_is_an_error(wrong: list[str | int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        parse([wrong], Checked)
