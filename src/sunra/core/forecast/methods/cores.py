"""One core for each training: districts are forecast side by side, and sums of one thread repeat exactly."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_core() -> Iterator[None]:
    """Within it OpenMP and BLAS use one thread; on busy cores several wait for each other for seconds."""
    # Comes with scikit-learn, which is imported no earlier than this.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        yield
