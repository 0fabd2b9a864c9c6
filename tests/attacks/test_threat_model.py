"""What docs/security.md names is there: files, and the tests that prove its claims."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text("utf-8")
PROOF = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")
FILE = re.compile(r"`([a-z_]+/[a-z_/]+\.(?:py|lua))`")


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
