"""Plain django-tasks tasks."""

from django_tasks import task


@task()
def double(number: int) -> int:
    """Twice the number."""
    return number * 2


@task()
def fail() -> None:
    """Always an error."""
    raise RuntimeError
