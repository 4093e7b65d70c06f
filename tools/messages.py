"""Keeps the Korean catalogues complete, without GNU gettext.

``.venv/bin/python -m tools.messages update places``  adds what the catalogue lacks, drops what is unused
``.venv/bin/python -m tools.messages update``         the same for every app
``.venv/bin/python -m tools.messages check [app]``    says what is missing, fuzzy or unused

Then write the Korean into ``<app>/locale/ko/LC_MESSAGES/django.po`` and run ``sunra assets``. What another
app of Sunra already says for the same English is filled in by ``update``. Texts are found in Python by the
names of Django's gettext functions and their usual short forms (``_``, ``_lazy``), in templates by Django's
own extractor. A text that means two things (door "Act", ledger "Act") takes a context (``pgettext``).
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sunra"
KEYWORDS = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "_p": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_STRING = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_LITERAL = re.compile(_STRING)
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*((?:u?{_STRING}\s*,?\s*)+)")
OWN_HEADER = "# Korean texts of {app}. Kept complete by `python -m tools.messages update {app}`."
Key = tuple[str, str]


@dataclass
class State:
    """What is wrong with one app's catalogue."""

    app: str
    missing: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    placeholders: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """One line per fault."""
        for kind in ("missing", "fuzzy", "unused", "placeholders"):
            for text in getattr(self, kind):
                yield f"{self.app}: {kind}: {text!r}"


def apps() -> dict[str, Path]:
    """label -> folder of every app (a folder with ``apps.py``)."""
    return {path.parent.name: path.parent for path in sorted(SOURCE.rglob("apps.py"))}


def catalogue_path(folder: Path) -> Path:
    """Where an app's Korean lies."""
    return folder / "locale" / "ko" / "LC_MESSAGES" / "django.po"


def _django() -> None:
    """``templatize`` needs no settings but the tag syntax; configure the bare minimum once."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)


def messages_in(file: Path) -> Iterator[tuple[str | tuple[str, ...], str]]:
    """(text or (singular, plural), context) of one Python file or template."""
    text = file.read_text("utf-8")
    if file.suffix in {".html", ".txt"}:
        yield from _in_template(text, str(file))
        return
    for _line, found, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        texts = found if isinstance(found, tuple) else (found,)
        if texts[0]:
            yield texts if len(texts) > 1 else texts[0], context or ""


def _in_template(text: str, origin: str) -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Django's extractor leaves calls of gettext between blanked-out words; these are read one by one."""
    from django.utils.translation.template import templatize

    for name, arguments in _CALL.findall(templatize(text, origin=origin)):
        texts = [ast.literal_eval(literal) for literal in _LITERAL.findall(arguments)]
        context = texts.pop(0) if "p" in name else ""
        if texts and texts[0]:
            yield tuple(texts[:2]) if name.startswith("n") else texts[0], context


def files_of(folder: Path) -> Iterator[Path]:
    """Python and templates of an app; an app inside another (none now) would be its own."""
    for file in sorted(folder.rglob("*")):
        if (file.suffix == ".py" and "migrations" not in file.parts) or (
            file.suffix in {".html", ".txt"} and "templates" in file.parts
        ):
            yield file


def wanted(folder: Path) -> dict[Key, str | tuple[str, ...]]:
    """Every text of the app by (singular, context)."""
    _django()
    result: dict[Key, str | tuple[str, ...]] = {}
    for file in files_of(folder):
        for text, context in messages_in(file):
            key = (text[0] if isinstance(text, tuple) else text, context)
            if key not in result or isinstance(text, tuple):
                result[key] = text
    return result


def load(path: Path) -> Catalog:
    """The catalogue, empty when there is none."""
    if not path.is_file():
        return Catalog(locale="ko")
    with path.open("rb") as file:
        return read_po(file, locale="ko")


def state(app: str, folder: Path) -> State:
    """What is wrong with the app's catalogue."""
    need = wanted(folder)
    have = {_key(message): message for message in load(catalogue_path(folder)) if message.id}
    result = State(app)
    for key in need:
        message = have.get(key)
        if message is None or not _said(message):
            result.missing.append(key[0])
        elif message.fuzzy:
            result.fuzzy.append(key[0])
        elif _holes(message.id) != _holes(message.string):
            result.placeholders.append(key[0])
    result.unused = [key[0] for key in have if key not in need and key[1] != "third party"]
    if app == "ui":
        result.unused = [text for text in result.unused if not _of_third_party(text)]
    return result


def update(app: str, folder: Path) -> int:
    """Write the catalogue anew with what is needed; returns how many texts still lack Korean."""
    need = wanted(folder)
    path = catalogue_path(folder)
    old = {_key(message): message for message in load(path) if message.id}
    if not need and not old:
        return 0
    others = _said_elsewhere(folder)
    fresh = Catalog(
        locale="ko",
        project="Sunra",
        charset="utf-8",
        header_comment=OWN_HEADER.format(app=app),
        fuzzy=False,
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        language_team="Sunra",
        last_translator="Sunra",
        copyright_holder="Sunra contributors",
    )
    open_texts = 0
    for key, text in need.items():
        said = old.get(key)
        string = said.string if said is not None and _said(said) else others.get(key, "")
        if isinstance(text, tuple):
            string = string if isinstance(string, tuple) else (string,)
        elif isinstance(string, tuple):
            string = string[0]
        fresh.add(text, string, context=key[1] or None)
        open_texts += not (string[0] if isinstance(string, tuple) else string)
    if app == "ui":
        for key, message in old.items():
            if key not in need and _of_third_party(key[0]):
                fresh.add(message.id, message.string, context=key[1] or None)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(out, fresh, width=110, no_location=True, sort_output=True, omit_header=False)
    return open_texts


def _said_elsewhere(folder: Path) -> dict[Key, str | tuple[str, ...]]:
    return {
        _key(message): message.string
        for other in apps().values()
        if other != folder
        for message in load(catalogue_path(other))
        if message.id and _said(message)
    }


def disagreements() -> list[str]:
    """English texts that two apps say differently in Korean."""
    said: dict[Key, dict[str, list[str]]] = {}
    for app, folder in apps().items():
        for message in load(catalogue_path(folder)):
            if message.id and _said(message):
                korean = message.string if isinstance(message.string, str) else message.string[0]
                said.setdefault(_key(message), {}).setdefault(korean, []).append(app)
    return [
        f"{text!r}: " + "; ".join(f"{korean} ({', '.join(where)})" for korean, where in found.items())
        for (text, _context), found in sorted(said.items())
        if len(found) > 1
    ]


def _key(message: Message) -> Key:
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return text, message.context or ""


def _said(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return bool(strings) and bool(strings[0])


def _holes(text: str | list[str] | tuple[str, ...]) -> set[str]:
    """The placeholders of a text: a translation that loses one fails when the page is shown."""
    parts = text if isinstance(text, list | tuple) else (text,)
    return {
        hole for part in parts for hole in re.findall(r"%\(\w+\)[#0\- +]?\d*\.?\d*[sdif]|\{\w*\}|%[sd]", part)
    }


def _of_third_party(text: str) -> bool:
    """Whether a text of the ``ui`` catalogue is allauth's: a Korean that allauth lacks stands there."""
    return any(text in _flat(file) for file in _third_party_files())


def _third_party_files() -> tuple[Path, ...]:
    import allauth

    root = Path(allauth.__file__).parent
    return tuple(root.glob("locale/ko/LC_MESSAGES/django.po"))


_cache: dict[Path, set[str]] = {}


def _flat(file: Path) -> set[str]:
    if file not in _cache:
        _cache[file] = {_key(message)[0] for message in load(file) if message.id}
    return _cache[file]


def main(arguments: list[str]) -> int:
    """``check`` or ``update``, for all apps or those named."""
    if not arguments or arguments[0] not in {"check", "update"}:
        print(__doc__)
        return 2
    chosen = {name: folder for name, folder in apps().items() if not arguments[1:] or name in arguments[1:]}
    if not chosen:
        print(f"no such app: {' '.join(arguments[1:])}")
        return 2
    if arguments[0] == "update":
        for name, folder in chosen.items():
            left = update(name, folder)
            if left:
                print(f"{name}: {left} without Korean: {catalogue_path(folder).relative_to(ROOT)}")
        return 0
    faults = [line for name, folder in chosen.items() for line in state(name, folder).lines()]
    faults += [f"said in two ways: {line}" for line in disagreements()]
    print("\n".join(faults) or "complete")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
