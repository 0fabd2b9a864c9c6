"""Where the web client's package is."""

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[3] / "clients" / "web"
