"""Static files collected under hashed names, with compressed copies beside them."""

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command

from sunra.platform.ui.assets import Step
from sunra.platform.ui.assets.errors import AssetError


def inputs() -> list[Path | str]:
    """Every file that the finders give, by name and content."""
    result: list[Path | str] = []
    for finder in get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            result += [name, Path(storage.path(name))]
    return result


def run() -> None:
    """Collect from nothing, so that files which are gone do not stay."""
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except (CommandError, ValueError, OSError) as error:
        raise AssetError("collectstatic", str(error)) from error


STEP = Step(
    name="static",
    title="static files",
    inputs=inputs,
    run=run,
    outputs=lambda: [Path(settings.STATIC_ROOT) / "staticfiles.json"],
)
