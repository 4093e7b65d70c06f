"""Static files under names that carry their hash."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The manifest storage; before ``sunra assets`` has run, a page gets the plain address instead of an error."""

    def stored_name(self, name: str) -> str:
        """The hashed name, else the name itself."""
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))
