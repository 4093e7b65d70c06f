"""The ways of a plan: kept by what they are made of, and open about whom they do not serve."""

import numpy as np
import pytest

from sunra.core.routing import RoutingError
from sunra.platform.base.home import folder
from sunra.systems.patrols import ways

LINES = [[(127.0, 37.5), (127.002, 37.5)], [(127.001, 37.499), (127.001, 37.501)]]


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """A home of its own and an empty memory."""
    monkeypatch.setenv("SUNRA_HOME", str(tmp_path))
    monkeypatch.setattr(ways, "_kept", ways.OrderedDict())


def test_a_graph_is_joined_once_for_process_and_installation():
    """The second time the lines are not read; a new process reads the file; a damaged file is made anew."""
    first = ways.graph_of("ab", iter(LINES))
    assert ways.graph_of("ab", iter([])) is first
    ways._kept.clear()
    assert ways.graph_of("ab", iter([])).report() == first.report()
    (file,) = folder("streets").glob("*.npz")
    file.write_bytes(b"damaged")
    ways._kept.clear()
    assert ways.graph_of("ab", iter(LINES)).report() == first.report()
    with pytest.raises(RoutingError):
        ways.graph_of("cd", iter([]))


def test_old_graphs_make_room(monkeypatch):
    """Neither the memory nor the folder grows without end."""
    monkeypatch.setattr(ways, "KEPT", 1)
    monkeypatch.setattr(ways, "KEPT_FILES", 2)
    for number in range(4):
        ways.graph_of(f"{number:032}", iter(LINES))
    assert len(ways._kept) == 1
    assert len(list(folder("streets").iterdir())) == 2


def test_places_without_a_street_are_named():
    """A place far from streets has its reason; on straight lines everything counts as served."""
    lon, lat = np.array([127.001, 127.1]), np.array([37.5, 37.5])
    streets = ways.Ways(ways.graph_of("ab", iter(LINES)), "streets")
    assert streets.unserved(lon, lat).tolist() == ["", "no_street"]
    assert ways.straight("no_streets").unserved(lon, lat).tolist() == ["", ""]
