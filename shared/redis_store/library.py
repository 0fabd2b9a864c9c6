"""A Redis Functions library that a store loads into servers and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.redis_store.redis_py import Command


class Library(NamedTuple):
    """A library's name on the servers, and its source.

    Its functions are called `<name>_<function>`. The name is `<product>_<layout>_<digest>`: a
    different source has a different name, so that releases can run side by side; a different layout
    of the data is one that they cannot share.
    """

    name: str
    source: str

    @property
    def find(self) -> Command:
        """The command that finds the library; its reply is empty if the server lacks it."""
        return ("FUNCTION LIST", "LIBRARYNAME", self.name)

    @property
    def find_all(self) -> Command:
        """The command that lists the libraries of all releases."""
        return ("FUNCTION LIST", "LIBRARYNAME", f"{self.name.partition('_')[0]}_*")

    def can_share(self, other: str) -> bool:
        """Whether the library with this name has the same layout."""
        return other.rpartition("_")[0] == self.name.rpartition("_")[0]

    @property
    def load(self) -> Command:
        """The command that loads the library."""
        return ("FUNCTION LOAD", self.source)
