"""Reads settings from the environment, from `.env`, and secrets from files.

The environment overrides `.env`. A secret can be in a file: `SECRET_KEYS_FILE=/run/secrets/keys`.
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from shared.process.settings import VARIABLES, SettingsError

SECRETS: Final = ("SECRET_KEYS", "GAME_KEYS", "ADMIN_TOKEN", "REDIS_URL", "DATABASE_URL")
OURS: Final = (*map(str.upper, VARIABLES), *(f"{name}_FILE" for name in SECRETS))
# difflib's similarity ratio from which an unknown name counts as a misspelt variable of ours: in
# .env, and in the environment, where DATADIR or DATABASE_URI may belong to another program.
CLOSE: Final = 0.8
VERY_CLOSE: Final = 0.94


def read_environment() -> Mapping[str, str]:
    """Return the environment over `.env` of the working directory, with secrets read from files.

    Raises SettingsError if a secret is set twice, or if its file is empty or cannot be read.
    """
    return with_secrets({**read_file(), **os.environ})


def read_file() -> dict[str, str]:
    """Return the variables of `.env` in the working directory; none if there is no such file."""
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def misspelt(in_file: Iterable[str], environ: Iterable[str]) -> dict[str, str]:
    """Map each name in `.env` or the environment that is a misspelt variable to the right name."""
    likeness = {**dict.fromkeys(environ, VERY_CLOSE), **dict.fromkeys(in_file, CLOSE)}
    return {
        name: meant
        for name, least in likeness.items()
        if name not in OURS
        for meant in get_close_matches(name, OURS, 1, least) or _with_letters_swapped(name)
    }


def _with_letters_swapped(name: str) -> list[str]:
    """Return the variable of ours that has two neighbouring letters of `name` swapped, if any."""
    swapped = (name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1))
    return [ours for ours in swapped if ours in OURS][:1]


def with_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with each secret whose file `NAME_FILE` names added as `NAME`.

    An empty value counts as unset. Raises SettingsError as `read_environment` does.
    """
    found = dict(environ)
    for name in SECRETS:
        variable = f"{name}_FILE"
        if not (path := environ.get(variable, "").strip()):
            continue
        if environ.get(name, "").strip():
            raise SettingsError(f"{name} and {variable} are both set; set only one of them")
        found[name] = _read(variable, path)
    return found


def _read(variable: str, path: str) -> str:
    """Return the file's content without its final newline. Errors never contain the content."""
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingsError(f"{variable}: cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}: {path} is not text in UTF-8") from None
    if not text.strip():
        # An empty secret would count as unset, and so disable what it protects.
        raise SettingsError(f"{variable}: {path} is empty")
    return text
