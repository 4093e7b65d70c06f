"""What a street graph holds and how well it hangs together."""

from dataclasses import dataclass

import numpy as np

from sunra.core.routing.network import Floats
from sunra.core.routing.streets.joining import parts_of
from sunra.core.routing.streets.lines import Ints


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader saw: ``rows`` in the file, ``distinct`` by id, ``left_out`` that could not be used.

    ``announced`` is the total that the publisher's interface states (0 = none): fewer distinct rows mean
    that pages are missing. ``levels`` tells whether the file says which streets run over or under others;
    where it does not, a bridge joins what it crosses.
    """

    kind: str = "lines"
    rows: int = 0
    distinct: int = 0
    left_out: int = 0
    announced: int = 0
    levels: bool = False

    @property
    def missing(self) -> int:
        """Rows announced but not there."""
        return max(self.announced - self.distinct, 0)


@dataclass(frozen=True, slots=True)
class StreetReport:
    """``largest_share`` is the largest component's part of the length; ``links`` are stretches between
    junctions or ends.
    """

    lines: int
    kilometres: float
    junctions: int
    dead_ends: int
    components: int
    largest_share: float
    links: int = 0
    nodes: int = 0
    stairs_kilometres: float = 0.0
    oneway_kilometres: float = 0.0
    source: Source = Source()


def measure(
    nodes: int, a: Ints, b: Ints, metres: Floats, *, lines: int, stairs: float, oneway: float, source: Source
) -> StreetReport:
    """The report of these edges; ``stairs`` and ``oneway`` in metres."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    _, once = np.unique(low * nodes + high, return_index=True)
    degree = np.bincount(np.concatenate([a[once], b[once]]), minlength=nodes)
    length = np.bincount(parts_of(nodes, a, b)[a], weights=metres)
    ends = degree[(degree > 0) & (degree != 2)]
    return StreetReport(
        lines=lines,
        kilometres=float(metres.sum() / 1000),
        junctions=int((degree > 2).sum()),
        dead_ends=int((degree == 1).sum()),
        components=int((length > 0).sum()),
        largest_share=float(length.max() / metres.sum()) if len(length) else 0.0,
        links=int(ends.sum() // 2),
        nodes=len(ends),
        stairs_kilometres=stairs / 1000,
        oneway_kilometres=oneway / 1000,
        source=source,
    )
