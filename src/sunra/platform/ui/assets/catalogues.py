"""Message catalogues of every app, compiled with Babel into ``ASSETS_DIR/locale``."""

import shutil
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings

from sunra.platform.ui.assets import Step

LANGUAGE = "ko"
NAME = f"{LANGUAGE}/LC_MESSAGES/django"


def sources() -> list[tuple[str, Path]]:
    """(app label, catalogue) of every app of ours that has one."""
    found = [
        (config.label, Path(config.path) / "locale" / f"{NAME}.po")
        for config in apps.get_app_configs()
        if config.name.startswith("sunra.")
    ]
    return [(label, path) for label, path in found if path.is_file()]


def compiled(label: str) -> Path:
    """Where an app's compiled catalogue lies."""
    return Path(settings.ASSETS_DIR) / "locale" / label / f"{NAME}.mo"


def run() -> None:
    """Compile all; catalogues of apps that are gone disappear."""
    root = Path(settings.ASSETS_DIR) / "locale"
    shutil.rmtree(root, ignore_errors=True)
    for label, path in sources():
        target = compiled(label)
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            catalogue = read_po(file, locale=LANGUAGE)
        with target.open("wb") as out:
            write_mo(out, catalogue)


STEP = Step(
    name="catalogues",
    title="message catalogues",
    inputs=lambda: [item for label, path in sources() for item in (label, path)],
    run=run,
    outputs=lambda: [compiled(label) for label, _path in sources()],
)
