"""Choosing among routes met: as good as trying every combination."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.routing.arrays import Arrays
from sunra.core.routing.packing import Limits, evenly, pack

KINDS = np.array([0, 0, 1])
"""Two teams alike and one of its own."""
NODES = 7


def _arrays() -> Arrays:
    ones = np.ones(NODES)
    return Arrays(
        kind=KINDS,
        travel=np.zeros((2, NODES + 2, NODES + 2)),
        dwell=ones,
        opens=ones,
        closes=ones,
        firsts=np.zeros(3),
        lasts=np.ones(3),
        allowed=np.ones((3, NODES), np.bool_),
        pinned=np.zeros(NODES, np.bool_),
        prize=ones,
        fixed=((), (), ()),
    )


routes = st.dictionaries(
    st.tuples(
        st.integers(0, 1),
        st.sets(st.integers(0, NODES - 1), min_size=1, max_size=4).map(lambda nodes: tuple(sorted(nodes))),
    ),
    st.integers(1, 20).map(float),
    min_size=1,
    max_size=9,
)


def _best(worth: dict) -> float:
    """By trying every set of at most three routes."""
    best = 0.0
    for many in range(1, 4):
        for some in itertools.combinations(worth, many):
            nodes = [node for _, line in some for node in line]
            kinds = [kind for kind, _ in some]
            if len(set(nodes)) == len(nodes) and kinds.count(0) <= 2 and kinds.count(1) <= 1:
                best = max(best, sum(worth[key] for key in some))
    return best


@settings(max_examples=150, deadline=None)
@given(routes, st.floats(0, 1))
def test_no_combination_is_better(worth, share):
    """The chosen routes fit together and are worth what the best set is; None only where none is better."""
    best = _best(worth)
    above = share * best - 0.5
    chosen = pack(worth, _arrays(), above, Limits())
    assert chosen is not None
    nodes = [node for _, line in chosen for node in line]
    assert len(set(nodes)) == len(nodes)
    assert [kind for kind, _ in chosen].count(0) <= 2
    assert [kind for kind, _ in chosen].count(1) <= 1
    assert abs(sum(worth[key] for key in chosen) - best) < 1e-6
    assert pack(worth, _arrays(), best, Limits()) is None


def test_a_poor_class_keeps_its_share():
    """Routes of a base where little is to be earned stay among those to choose from."""
    worth = {(0, (node,)): 10.0 + node for node in range(6)} | {(1, (node,)): 1.0 + node for node in range(6)}
    assert evenly(worth, _arrays(), 6) == [(0, (5,)), (0, (4,)), (0, (3,)), (0, (2,)), (1, (5,)), (1, (4,))]


def test_no_time_no_choice():
    """A packing that runs out of time leaves the plan as it is."""
    worth = {(0, (0, 1)): 2.0, (0, (1, 2)): 2.0, (1, (0, 2)): 2.0, (1, (3,)): 1.0}
    assert pack(worth, _arrays(), 0.0, Limits(seconds=1e-12)) in (None, [(0, (0, 1)), (1, (3,))])
