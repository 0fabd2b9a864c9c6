"""A Redis Functions library that a store loads into servers and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.redis_store.redis_py import Command


class Library(NamedTuple):
    """A library's name on the servers, and its source.

    Its functions are called `<name>_<function>`. A different source has a different name, so that
    releases can run side by side.
    """

    name: str
    source: str

    @property
    def find(self) -> Command:
        """The command that finds the library; its reply is empty if the server lacks it."""
        return ("FUNCTION LIST", "LIBRARYNAME", self.name)

    @property
    def load(self) -> Command:
        """The command that loads the library."""
        return ("FUNCTION LOAD", self.source)
