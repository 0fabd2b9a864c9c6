"""The console shows the thresholds that the server counts by."""

import random
import subprocess
from pathlib import Path
from typing import Final

import msgspec

from shared.wire.room_settings import Button, Multiplier
from tests.programs import program
from tests.shared.engine.counting_rule import threshold
from tests.shared.engine.rooms import button

MODULE: Final = Path("api_service/pages/web/console/settings/button_drafts.js").absolute()
EXAMPLES: Final = 2_000
SCRIPT: Final = f"""
import {{ readFileSync }} from "node:fs";
import {{ thresholdOf }} from "{MODULE}";
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map((example) => thresholdOf(...example))));
"""


def test_the_console_computes_the_servers_thresholds(tmp_path: Path) -> None:
    """For any button, bands and number of viewers; factors are decimal."""
    asked = [example(random.Random(seed)) for seed in range(EXAMPLES)]
    (tmp_path / "run.mjs").write_text(SCRIPT)
    answer = subprocess.run(
        (program("node"), "run.mjs"),
        input=msgspec.json.encode(asked),
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        check=True,
    )
    assert msgspec.json.decode(answer.stdout) == [threshold(*each) for each in asked]


def example(source: random.Random) -> tuple[Button, tuple[Multiplier, ...], int]:
    least, most = sorted(source.choices([1, 2, 50, 110, 1_000, 100_000], k=2))
    base = source.choice([1, 3, 10, 100, 777, 100_000])
    bounds = sorted(source.sample(range(1, 300), source.randint(1, 5)))
    factors = [source.randint(1, 400) / 100 for _ in bounds]
    bands = [Multiplier(up_to=bound, factor=by) for bound, by in zip(bounds, factors, strict=True)]
    return button("skill1", base, min=least, max=most), tuple(bands), source.randint(0, 400)
