"""The measured figures: a value per round, a unit, and medians."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import msgspec

Setting = str | int


class Figure(msgspec.Struct):
    """A quantity that is measured once per round; `at` holds the settings."""

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
        """The range of the rounds' values, divided by their median."""
        return (max(self.rounds) - min(self.rounds)) / self.median if self.median else 0.0


class Figures:
    """All figures of a run, in the order of their first measurement."""

    def __init__(self) -> None:
        self._figures: dict[tuple[object, ...], Figure] = {}

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures.values())

    def of(self, topic: str) -> "Topic":
        """Return the view of one topic."""
        return Topic(self, topic)

    def add(self, figure: Figure, value: float) -> None:
        """Append a round's value to a figure."""
        key = _key(figure.topic, figure.subject, figure.measure, figure.at)
        self._figures.setdefault(key, figure).rounds.append(value)

    def find(self, topic: str, subject: str, measure: str, at: Mapping[str, Setting]) -> Figure:
        """Return the figure. Raises KeyError if it was not measured."""
        return self._figures[_key(topic, subject, measure, at)]


class Topic:
    """A topic's view of the figures."""

    def __init__(self, figures: Figures, name: str) -> None:
        self.name = name
        self._figures = figures

    def add(self, subject: str, measure: str, unit: str, value: float, **at: Setting) -> None:
        """Append a round's value."""
        self._figures.add(Figure(self.name, subject, measure, unit, at, []), value)

    def median(self, subject: str, measure: str, **at: Setting) -> float:
        """Return the rounds' median, or NaN if it was not measured."""
        try:
            return self._figures.find(self.name, subject, measure, at).median
        except KeyError:
            return math.nan

    def spread(self, subject: str, measure: str, **at: Setting) -> float:
        """Return the spread of the rounds, or NaN if it was not measured."""
        try:
            return self._figures.find(self.name, subject, measure, at).spread
        except KeyError:
            return math.nan

    def ratio(self, subject: str, other: str, measure: str, **at: Setting) -> float:
        """Return the median of the rounds' ratios of `subject` to `other`.

        Both are measured shortly after each other in a round, so disturbances of the machine affect
        both. NaN if one was not measured.
        """
        try:
            ours = self._figures.find(self.name, subject, measure, at).rounds
            others = self._figures.find(self.name, other, measure, at).rounds
        except KeyError:
            return math.nan
        # In an interrupted run, the last round may have measured only one of them.
        return median(mine / its for mine, its in zip(ours, others, strict=False))

    def values(self, setting: str, measure: str) -> list[Setting]:
        """Return every value of a setting for which `measure` was measured, in order."""
        found = (
            figure.at[setting]
            for figure in self._figures
            if (figure.topic, figure.measure) == (self.name, measure) and setting in figure.at
        )
        return list(dict.fromkeys(found))


def percentile(values: Sequence[float], part: float) -> float:
    """Return the percentile at `part` (0 to 1) by the nearest-rank method."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def _key(topic: str, subject: str, measure: str, at: Mapping[str, Setting]) -> tuple[object, ...]:
    return (topic, subject, measure, *sorted(at.items()))
