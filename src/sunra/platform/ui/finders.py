"""Serves what the build made (``ASSETS_DIR/made``), single npm files among it; never ``node_modules``."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.core.files.storage import FileSystemStorage


class OwnAppsFinder(AppDirectoriesFinder):
    """Static files of Sunra's apps and of the sign-in pages; what other packages bring is not served."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(app_names, *args, **kwargs)
        self.apps = [name for name in self.apps if name.startswith(("sunra.", "allauth."))]
        self.storages = {name: storage for name, storage in self.storages.items() if name in self.apps}


class AssetFinder(BaseFinder):
    """Finds everything under ``ASSETS_DIR/made``."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.made = FileSystemStorage(location=Path(settings.ASSETS_DIR) / "made")
        self.made.prefix = ""  # type: ignore[attr-defined] # collectstatic reads it
        self.storages = {"made": self.made}

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing to say before the first build."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """The file behind ``/static/<path>``."""
        root = Path(self.made.location)
        place = (root / path).resolve()
        found = [str(place)] if place.is_relative_to(root) and place.is_file() else []
        if kwargs.get("all", find_all):
            return found
        return found[0] if found else []

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Everything collectstatic takes."""
        root = Path(self.made.location)
        for file in sorted(root.rglob("*")) if root.is_dir() else ():
            if file.is_file():
                yield file.relative_to(root).as_posix(), self.made
