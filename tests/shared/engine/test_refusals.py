"""The names with which functions refuse a call are the codes of the table."""

import re
from pathlib import Path
from typing import Final

import pytest

from shared.engine import functions
from shared.engine.refusals import Conflict, check
from shared.redis_store.errors import StoreUnavailable
from shared.wire.refusal import Refused

SOURCES: Final = sorted(Path(functions.__file__).parent.glob("*.lua"))
# No refusals: the callers of these functions read them.
ANSWERS: Final = {
    "ok",
    "game_over",
    "lost",
    "not_paid",
    "round_due",
    "settings_moved",
    "superseded",
    "taken",
}
NAMES: Final = {
    name
    for source in SOURCES
    for reply in re.findall(r"return (?:nil, )?\{ ([^,}]*)", source.read_text("utf-8"))
    for name in re.findall(r"'([a-z_]+)'", reply)
} - ANSWERS


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_that_a_function_refuses_with_is_an_error(name: str) -> None:
    """Of the table, or one that no client meets."""
    with pytest.raises((Refused, Conflict, StoreUnavailable)) as raised:
        check([name, "1"])
    if isinstance(raised.value, Refused):
        assert raised.value.kind.code == name


def test_only_a_games_socket_meets_refusals_without_an_http_status() -> None:
    """A REST route never calls what refuses so."""
    found = set()
    for name in NAMES:
        try:
            check([name, "1"])
        except Refused as refused:
            if not refused.kind.status:
                found.add(name)
        except (Conflict, StoreUnavailable):
            pass
    assert found == {"bad_outcome", "game_connected", "replaced"}
