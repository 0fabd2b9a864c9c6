"""Adds preload links for a page's modules, so that browsers fetch all of them at once.

Without them, a browser finds each module in the one that imports it, one round trip at a time.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCRIPT: Final = re.compile(r'<script type="module" src="/assets/([^"]+)"></script>')
_IMPORT: Final = re.compile(r'^(?:import|export)\s[^;"]*"(\.{1,2}/[^"]+)";', re.MULTILINE)


def with_preloads(page: str, modules: Mapping[str, str]) -> str:
    """The page with links to all that a module script imports, before each such script.

    `modules` are the modules' texts by path. Raises KeyError if an imported one is missing.
    """

    def links(script: re.Match[str]) -> str:
        needed = dict.fromkeys(_imported(script[1], modules, set()))
        lines = (f'<link rel="modulepreload" href="/assets/{name}">' for name in needed)
        return "\n".join([*lines, script[0]])

    return _SCRIPT.sub(links, page)


def _imported(name: str, modules: Mapping[str, str], seen: set[str]) -> Iterator[str]:
    """Everything that a module imports, and what that imports in turn."""
    for path in _IMPORT.findall(modules[name]):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if target not in seen:
            seen.add(target)
            yield target
            yield from _imported(target, modules, seen)
