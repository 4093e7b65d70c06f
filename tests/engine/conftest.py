"""Spark for the tests: one session, only where Java is."""

import os
from collections.abc import Iterator

import pytest

from sunra.engine.spark import Spark, java

BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A JVM that lives for a minute: the better compiler and the parallel collector cost more than they give."""


@pytest.fixture(scope="session")
def spark() -> Iterator[Spark]:
    """Two local workers; without Java a user's machine skips, CI fails."""
    if not java():
        reason = "Spark needs Java 17 (Debian: openjdk-17-jre-headless)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    backend = Spark("local[2]", {"spark.driver.memory": "512m", "spark.driver.extraJavaOptions": BRIEF})
    session = backend.session()
    yield backend
    session.stop()
