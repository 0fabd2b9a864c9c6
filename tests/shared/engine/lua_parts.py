"""The parts of the library of Redis functions, as they are written."""

import re
from importlib.resources import files

FOLDER = files("shared.engine.functions")
REGISTERED = re.compile(r"^(?:rooms\.)?register\('(\w+)'", re.MULTILINE)


def part(name: str) -> str:
    return (FOLDER / f"{name}.lua").read_text("utf-8")
