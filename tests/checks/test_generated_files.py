"""Generated files are as their generators write them."""

import runpy
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from api_service.pages import error_sentences
from clients import csharp
from tests.bench import pace_picture
from tests.clients.behaviour import matrix

ROOT: Final = Path(__file__).parents[2]
OPERATOR: Final = ROOT / "deploy/kubernetes/components/prometheus-operator"
GENERATED: Final[dict[Path, Callable[[], str]]] = {
    error_sentences.TARGET: error_sentences.generate,
    csharp.TARGET: csharp.generate,
    pace_picture.PICTURE: pace_picture.drawn,
    **{page: partial(matrix.generate, page) for page in matrix.PAGES},
}


@pytest.mark.parametrize("file", GENERATED, ids=lambda file: file.name)
def test_a_file_is_as_its_module_writes_it(file: Path) -> None:
    """`make generate` writes it; `python -m tests.bench.pace_picture`, the picture."""
    assert file.read_text("utf-8") == GENERATED[file]()


def test_the_sockets_schema_is_as_make_generate_writes_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runpy.run_module("clients.asyncapi", run_name="__main__")
    assert (ROOT / "ws_gateway/asyncapi.json").read_text("utf-8") == capsys.readouterr().out


def test_the_operators_rules_are_as_make_generate_writes_them() -> None:
    printed = subprocess.run([OPERATOR / "make-rules"], capture_output=True, check=True).stdout
    assert printed == (OPERATOR / "rules.yaml").read_bytes()
