"""The files, tests and limits that docs/security.md names exist and are correct."""

import re
from typing import Final

import pytest

import ws_gateway.server as gateway
from api_service.http import listeners
from tests.checks.limits import DEFAULTS, LIMITS, ROOT
from ws_gateway.games.session import STALLED_AFTER
from ws_gateway.sockets.connection import GIVE_UP_AFTER

TEXT = (ROOT / "docs/security.md").read_text("utf-8")
PROOF = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")
FILE = re.compile(r"`([a-z_]+/[a-z_/]+\.(?:py|lua))`")
NUMBER = re.compile(r"(\d[\d,]*)(?: (KiB|MiB|minutes|hours))?")
UNITS = {"": 1, "KiB": 1024, "MiB": 1024**2, "minutes": 60, "hours": 3600}  # bytes; s


def numbers(limit: str) -> tuple[int, ...]:
    """Return the numbers of a cell, in bytes or s if it names a unit."""
    return tuple(int(n.replace(",", "")) * UNITS[unit] for n, unit in NUMBER.findall(limit))


ROW = re.compile(r"^\| ([^|*]+) \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
ROWS: Final = dict(ROW.findall(TEXT.partition("\n## Limits\n")[2].partition("\n## ")[0])[2:])


def test_every_limit_is_compared() -> None:
    assert set(ROWS) == set(LIMITS)


@pytest.mark.parametrize(("row", "values"), LIMITS.items(), ids=LIMITS)
def test_a_limit_is_the_number_that_is_in_the_code(row: str, values: tuple[float, ...]) -> None:
    assert numbers(ROWS[row])[: len(values)] == values


def test_what_shares_a_row_has_the_same_limit() -> None:
    assert listeners.BACKLOG == gateway.BACKLOG
    assert DEFAULTS.max_sockets == DEFAULTS.max_viewer_sockets
    assert GIVE_UP_AFTER == STALLED_AFTER


def test_every_proof_is_a_test_that_there_is() -> None:
    proofs = PROOF.findall(TEXT)
    assert len(proofs) > 20
    missing = [
        f"{path}::{name}"
        for path, name in proofs
        if f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert missing == []


def test_every_file_is_there() -> None:
    assert [path for path in FILE.findall(TEXT) if not (ROOT / path).is_file()] == []
