"""Fixtures that every part of the suite shares."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests import databases
from tests.homes import Homes

UNMEASURED = ("browser", "slow", "real_data")
"""Measuring lines makes Python two or three times slower. These tests and those of properties run the same
lines again and again that small ones cover."""


FIRST = ("pages", "spark", "matrix", "product", "city", "gallery", "single_sign_on", "backup")
"""Groups that take longest or wait for others, before all else: the small tests then fill every worker."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--only-db`` keeps the tests that touch a database, for the run on PostgreSQL."""
    parser.addoption("--only-db", action="store_true", help="only tests that touch a database")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long bytes are named by their length: an archive holds the second it was made in."""
    return f"{argname}_of_{len(val)}_bytes" if isinstance(val, bytes) and len(val) > 32 else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without ``--only-db`` everything runs; the big ones without counting lines."""
    for item in items:
        of_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if of_property or any(item.get_closest_marker(name) for name in UNMEASURED):
            item.add_marker("no_cover")
    items.sort(key=_place)
    if not config.getoption("--only-db"):
        return
    kept, dropped = [], []
    for item in items:
        touches = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
            getattr(item, "fixturenames", ())
        )
        process = (
            item.get_closest_marker("browser")
            or item.get_closest_marker("slow")
            or item.get_closest_marker("real_data")
            or item.get_closest_marker("one_database")
        )
        (kept if touches and not process else dropped).append(item)
    config.hook.pytest_deselected(items=dropped)
    items[:] = kept


def _place(item: pytest.Item) -> int:
    """Long groups, then other slow tests, then the rest, each as they stand in the tree."""
    group = item.get_closest_marker("xdist_group")
    if group is not None and group.args[0] in FIRST:
        return FIRST.index(group.args[0])
    return len(FIRST) + (item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """Ready installations to copy; all workers of a run share one folder of them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "homes"
    folder.mkdir(exist_ok=True)
    return Homes(folder)


@pytest.fixture(autouse=True)
def _korean() -> None:
    """Every test starts in the language of the product."""
    from django.utils import translation

    translation.activate("ko")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    homes: Homes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Test databases begin as copies of migrated ones."""
    held = databases.prepare(homes, tmp_path_factory.mktemp("migrated"))
    yield
    for connection in held:
        connection.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Test databases are emptied between tests, which the ledger's triggers would refuse."""
    from django.db import connections

    from sunra.platform.ledger import guards

    with django_db_blocker.unblock():
        guards.remove(connections["ledger"])
