"""Limits that the server and its clients state in several languages are the same everywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from clients.python.answers import OUTCOME_AFTER
from shared.identity.names import LONGEST_SETUP_NAME

ROOT: Final = Path(__file__).parents[2]
FUNCTIONS: Final = "shared/engine/functions"
TIMING: Final = "clients/web/streamario/timing.js"
OUTBOX: Final = "clients/unity/Runtime/Core/Outbox.cs"
STUDIO: Final = "api_service/pages/web/console/studio/studio.js"


def stated(file: str, name: str) -> float:
    found = re.search(rf"\b{name} = ([\d_]+)\b", (ROOT / file).read_text("utf-8"))
    assert found, f"{file} states no {name}"
    return float(found[1])


@pytest.mark.parametrize("name", ["RATE", "BURST"])
def test_pages_send_as_many_presses_as_the_server_counts(name: str) -> None:
    part = {"RATE": "viewer", "BURST": "gathering"}[name]
    assert stated(TIMING, name) == stated(f"{FUNCTIONS}/{part}.lua", name)


def test_games_keep_outcomes_as_long_as_the_server_takes_them() -> None:
    taken = stated(f"{FUNCTIONS}/trigger_records.lua", "PERIOD") / 1000
    assert [OUTCOME_AFTER, stated(OUTBOX, "OutcomeAfter")] == [taken, taken]


def test_the_console_cuts_names_where_the_server_refuses_them() -> None:
    assert stated(STUDIO, "LONGEST_NAME") == LONGEST_SETUP_NAME
