"""The times in the balancer's deployed configuration."""

import re

from tests.balancer.running import CONFIGURATION

TEXT = CONFIGURATION.read_text()
SECONDS = {"ms": 0.001, "s": 1, "m": 60}


def seconds(variable: str) -> float:
    """Return the default of a time variable."""
    found = re.search(rf"presetenv {variable} (\d+)(ms|s|m)$", TEXT, re.MULTILINE)
    assert found is not None
    return int(found[1]) * SECONDS[found[2]]
