"""What was measured: every round's figure, each with its unit, and the medians."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Setting = str | int


class Figure(msgspec.Struct):
    """One thing that was measured once a round; `at` says under which settings."""

    topic: str
    subject: str
    measure: str
    unit: str
    at: dict[str, Setting]
    rounds: list[float] = []

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def spread(self) -> float:
        """How far apart the rounds are, as a part of their median."""
        return (max(self.rounds) - min(self.rounds)) / self.median if self.median else 0.0


class Figures:
    """All figures of a run, in the order in which they were first measured."""

    def __init__(self) -> None:
        self._figures: dict[tuple[object, ...], Figure] = {}

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures.values())

    def of(self, topic: str) -> Topic:
        """Those of one topic."""
        return Topic(self, topic)

    def add(self, figure: Figure, value: float) -> None:
        """Put one more round's value to a figure."""
        key = _key(figure.topic, figure.subject, figure.measure, figure.at)
        self._figures.setdefault(key, figure).rounds.append(value)

    def find(self, topic: str, subject: str, measure: str, at: Mapping[str, Setting]) -> Figure:
        """The figure. Raises KeyError where it was not measured."""
        return self._figures[_key(topic, subject, measure, at)]


class Topic:
    """A topic's view of the figures."""

    def __init__(self, figures: Figures, name: str) -> None:
        self.name = name
        self._figures = figures

    def add(self, subject: str, measure: str, unit: str, value: float, **at: Setting) -> None:
        """Note a round's value."""
        self._figures.add(Figure(self.name, subject, measure, unit, at, []), value)

    def median(self, subject: str, measure: str, **at: Setting) -> float:
        """The rounds' median; not a number where it was not measured."""
        try:
            return self._figures.find(self.name, subject, measure, at).median
        except KeyError:
            return math.nan

    def spread(self, subject: str, measure: str, **at: Setting) -> float:
        """How far apart the rounds are; not a number where it was not measured."""
        try:
            return self._figures.find(self.name, subject, measure, at).spread
        except KeyError:
            return math.nan

    def ratio(self, subject: str, other: str, measure: str, **at: Setting) -> float:
        """How many times the other's: the median of the rounds' own ratios.

        The two follow each other closely in a round, so that they share what disturbs the machine.
        Not a number where one was not measured.
        """
        try:
            ours = self._figures.find(self.name, subject, measure, at).rounds
            others = self._figures.find(self.name, other, measure, at).rounds
        except KeyError:
            return math.nan
        # A run that was broken off has a round in which only one of them was measured.
        return median(mine / its for mine, its in zip(ours, others, strict=False))

    def values(self, setting: str, measure: str) -> list[Setting]:
        """Every value of a setting under which something was measured, in order."""
        found = (
            figure.at[setting]
            for figure in self._figures
            if (figure.topic, figure.measure) == (self.name, measure) and setting in figure.at
        )
        return list(dict.fromkeys(found))


def percentile(values: Sequence[float], part: float) -> float:
    """The value that this part (0 to 1) of all values does not exceed: the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def _key(topic: str, subject: str, measure: str, at: Mapping[str, Setting]) -> tuple[object, ...]:
    return (topic, subject, measure, *sorted(at.items()))
