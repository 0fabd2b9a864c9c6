"""Where settings come from: the environment, `.env` for what that does not set, and files.

Secrets may stand in files: `SECRET_KEYS_FILE=/run/secrets/keys` says where `SECRET_KEYS` is.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dotenv import dotenv_values

from shared.process.settings import VARIABLES, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECRETS: Final = ("SECRET_KEYS", "GAME_KEYS", "ADMIN_TOKEN", "REDIS_URL", "DATABASE_URL")
OURS: Final = (*map(str.upper, VARIABLES), *(f"{name}_FILE" for name in SECRETS))
# How alike two names are (difflib's ratio) where one is taken for the other, misspelt: in .env,
# which is ours, and in the environment, where a DATADIR or a DATABASE_URI may be somebody else's.
CLOSE: Final = 0.8
VERY_CLOSE: Final = 0.94


def read_environment() -> Mapping[str, str]:
    """The environment's variables over those of `.env` in the working directory, then files.

    Raises SettingsError where a secret is given twice, or its file cannot be read or is empty.
    """
    return with_secrets({**read_file(), **os.environ})


def read_file() -> dict[str, str]:
    """The variables of `.env` in the working directory; none where there is no such file."""
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def misspelt(in_file: Iterable[str], environ: Iterable[str]) -> dict[str, str]:
    """Names, of `.env` and of the environment, that look like one of ours: which one was meant."""
    likeness = {**dict.fromkeys(environ, VERY_CLOSE), **dict.fromkeys(in_file, CLOSE)}
    return {
        name: meant
        for name, least in likeness.items()
        if name not in OURS
        for meant in get_close_matches(name, OURS, 1, least)
    }


def with_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment in which each secret that a `NAME_FILE` points at stands under its name.

    An empty value counts as unset. Raises SettingsError as `read_environment` does.
    """
    found = dict(environ)
    for name in SECRETS:
        variable = f"{name}_FILE"
        if not (path := environ.get(variable, "").strip()):
            continue
        if environ.get(name, "").strip():
            raise SettingsError(f"{name} and {variable} are both set; only one of them may be")
        found[name] = _read(variable, path)
    return found


def _read(variable: str, path: str) -> str:
    """What the file holds, without the newline at its end; never repeated in an error."""
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingsError(f"{variable}: cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}: {path} is not text in UTF-8") from None
    if not text.strip():
        # Whoever names a file wants a secret: taken as unset, it would open what it guards.
        raise SettingsError(f"{variable}: {path} is empty")
    return text
