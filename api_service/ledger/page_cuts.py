"""Cuts a sequence into pages of a limited size."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def pages(things: Iterable[T], size_of: Callable[[T], int], limit: int) -> Iterator[list[T]]:
    """Things in their order, in pages of up to `limit` in size; a larger thing goes alone."""
    page: list[T] = []
    size = 0
    for thing in things:
        if page and size + size_of(thing) > limit:
            yield page
            page, size = [], 0
        page.append(thing)
        size += size_of(thing)
    if page:
        yield page
