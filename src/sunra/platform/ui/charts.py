"""Charts as SVG made on the server, each with the table it pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.formats import number_format

from sunra.platform.base.errors import Text

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 54


@dataclass(frozen=True, slots=True)
class Series:
    """One line or row of bars; ``low`` and ``high`` bound the interval of each value."""

    label: Text
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line or a label: position in the drawing and its text."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar's rectangle and what it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line's points and the band of its interval, as SVG writes them."""

    points: str
    band: str
    dots: tuple[tuple[float, float], ...]
    series: int
    label: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for ``{% chart c %}``: drawing, table and where its numbers come from.

    ``ticks`` are short forms of the labels for the axis, ``axis`` says what they count (with the unit).
    """

    title: Text
    unit: Text
    labels: Sequence[str]
    series: Sequence[Series]
    kind: str
    period: Text = ""
    source: Text = ""
    note: Text = ""
    label_head: Text = ""
    ticks: Sequence[str] = ()
    axis: Text = ""

    @property
    def top(self) -> float:
        """The upper end of the value axis: a round number above every value and interval."""
        highest = max(
            (value for one in self.series for value in (*one.values, *one.high) if value is not None),
            default=0.0,
        )
        return _round_up(highest)

    def y(self, value: float) -> float:
        """The height of ``value`` in the drawing."""
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top, 1)

    @property
    def step(self) -> float:
        """Width of one label's place."""
        return (WIDTH - LEFT - RIGHT) / max(len(self.labels), 1)

    def x(self, index: int) -> float:
        """The middle of a label's place."""
        return round(LEFT + self.step * (index + 0.5), 1)

    @property
    def y_ticks(self) -> list[Tick]:
        """Five grid lines."""
        return [Tick(self.y(self.top * part / 4), _number(self.top * part / 4)) for part in range(5)]

    @property
    def x_ticks(self) -> list[Tick]:
        """Labels under the drawing, as many as stand beside each other (about 6.5 px a sign)."""
        shown = self.ticks or self.labels
        longest = max((len(str(label)) for label in shown), default=1)
        every = max(1, ceil((longest * 6.5 + 10) / self.step))
        return [Tick(self.x(index), str(label)) for index, label in enumerate(shown) if index % every == 0]

    @property
    def bars(self) -> list[Bar]:
        """Bars, side by side for several series."""
        width = min(self.step * 0.72, 56) / max(len(self.series), 1)
        result = []
        for number, one in enumerate(self.series):
            for index, value in enumerate(one.values):
                if value is not None:
                    x = self.x(index) + (number - len(self.series) / 2) * width
                    y = self.y(value)
                    text = f"{self.labels[index]}: {_number(value)}"
                    result.append(
                        Bar(
                            round(x, 1),
                            y,
                            round(width - 2, 1),
                            round(HEIGHT - BOTTOM - y, 1),
                            number + 1,
                            text,
                        )
                    )
        return result

    @property
    def lines(self) -> list[Line]:
        """Lines with dots; the band joins ``high`` forwards and ``low`` backwards."""
        result = []
        for number, one in enumerate(self.series):
            dots = tuple(
                (self.x(i), self.y(value)) for i, value in enumerate(one.values) if value is not None
            )
            band = (
                _points([*self._edge(one.high), *reversed(self._edge(one.low))])
                if one.low and one.high
                else ""
            )
            result.append(Line(_points(dots), band, dots, number + 1, one.label))
        return result

    def _edge(self, values: Sequence[float | None]) -> list[tuple[float, float]]:
        return [(self.x(i), self.y(value)) for i, value in enumerate(values) if value is not None]

    @property
    def table(self) -> list[tuple[str, list[str]]]:
        """The rows of the table beside the drawing."""
        return [
            (str(label), [_cell(one, index) for one in self.series])
            for index, label in enumerate(self.labels)
        ]


def bar(
    title: Text,
    labels: Sequence[str],
    values: Sequence[float | None] | Sequence[Series],
    *,
    unit: Text,
    period: Text = "",
    source: Text = "",
    note: Text = "",
    label_head: Text = "",
    ticks: Sequence[str] = (),
    axis: Text = "",
) -> Chart:
    """A bar chart of one row of ``values`` or of several ``Series``."""
    series = _series(title, values)
    return Chart(title, unit, labels, series, "bar", period, source, note, label_head, ticks, axis)


def line(
    title: Text,
    labels: Sequence[str],
    values: Sequence[float | None] | Sequence[Series],
    *,
    unit: Text,
    period: Text = "",
    source: Text = "",
    note: Text = "",
    label_head: Text = "",
) -> Chart:
    """A line chart; a ``Series`` with ``low`` and ``high`` shows its interval as a band."""
    return Chart(title, unit, labels, _series(title, values), "line", period, source, note, label_head)


def _series(title: Text, values: Sequence[float | None] | Sequence[Series]) -> tuple[Series, ...]:
    given = [one for one in values if isinstance(one, Series)]
    if given:
        return tuple(given)
    return (Series(title, [one for one in values if not isinstance(one, Series)]),)


def _points(dots: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in dots)


def _number(value: float) -> str:
    digits = 0 if value == int(value) else 1 if abs(value) >= 1 else max(3, 1 - floor(log10(abs(value))))
    return str(number_format(round(value, digits), digits, use_l10n=True, force_grouping=True))


def _cell(one: Series, index: int) -> str:
    value = one.values[index]
    if value is None:
        return "–"
    low = one.low[index] if one.low else None
    high = one.high[index] if one.high else None
    interval = f" ({_number(low)}–{_number(high)})" if low is not None and high is not None else ""
    return _number(value) + interval


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 8, 10 times a power of ten, so that quarters are readable."""
    if value <= 0:
        return 4.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.001
    while power * 10 < value:
        power *= 10
    return next(power * factor for factor in (1, 2, 4, 5, 8, 10) if power * factor >= value)
