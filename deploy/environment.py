"""Where settings come from: the environment and, for what that does not set, `.env`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dotenv import dotenv_values

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_environment() -> Mapping[str, str]:
    """The environment's variables over those of `.env` in the working directory."""
    in_file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**in_file, **os.environ}
