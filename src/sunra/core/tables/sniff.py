"""What a file is, from its bytes: container, text encoding, delimiter."""

import codecs

from sunra.core.tables.errors import BadEncoding, Empty, NotATable

SNIFFED = 65_536
CANDIDATES = ("utf-8", "euc_kr", "cp949")
BLANK = b" \t\r\n\x00\xef\xbb\xbf"
DELIMITERS = (",", "\t", ";", "|")
_MAGIC = {
    b"\x1f\x8b": "gz",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0": "xls",
    b"\x00\x00\x27\x0a": "shp",
}
_JSON = frozenset({".json", ".geojson", ".ndjson", ".jsonl"})
_ALLOWED_CONTROLS = frozenset(b"\t\n\r\f\x1a\x1b")


def encoding_of(data: bytes, *, file: str) -> str:
    """The Python name of the text encoding: utf-8-sig, utf-16, utf-8, euc_kr or cp949, tried in this order.

    EUC-KR is tried before CP949, its superset, so that the stricter name is reported. Plain ASCII is utf-8.
    Raises `Empty`, `NotATable` for binary content, `BadEncoding` with the first bad line of the encoding
    that holds longest: where a file changes it, that is the line.
    """
    if not data.strip(BLANK):
        raise Empty(file)
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data, "utf-8-sig", file=file)
    if wide := wide_of(data[:SNIFFED], len(data)):
        return _strict(data, wide, file=file)
    if is_binary(data):
        raise NotATable(file, "binary content")
    return _strict(data, *CANDIDATES, file=file)


def wide_of(head: bytes, size: int) -> str:
    """utf-16 by its mark; utf-16-le or -be when every second byte of the separators is NUL; "" else."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if size % 2 or b"\x00" not in head:
        return ""
    for name, separators in (("utf-16-le", (b",\x00", b"\n\x00")), ("utf-16-be", (b"\x00,", b"\x00\n"))):
        text = head.decode(name, "replace")
        found = all(mark in head for mark in separators)
        if found and "\x00" not in text and text.count("\ufffd") <= 1:
            return name
    return ""


def _strict(data: bytes, *names: str, file: str) -> str:
    """The first encoding that all bytes are in; else where the one that holds longest breaks."""
    farthest = (-1, "")
    for name in names:
        try:
            # The decoder that takes the mark away counts bytes from behind it.
            data.decode(name.removesuffix("-sig"))
        except UnicodeDecodeError as error:
            farthest = max(farthest, (error.start, name), key=lambda found: found[0])
        else:
            return name
    offset, name = farthest
    line = data.count(b"\n", 0, offset) + 1
    raise BadEncoding(file, f"not {name} from byte {offset}", line=line)


def is_binary(data: bytes) -> bool:
    """True when the first bytes hold NUL or many control characters."""
    head = data[:SNIFFED]
    if b"\x00" in head:
        return True
    controls = sum(1 for byte in head if byte < 32 and byte not in _ALLOWED_CONTROLS)
    return controls > max(2, len(head) // 200)


def delimiter_of(text: str) -> str:
    """The separator that the first lines agree on, counted outside quotation marks, else the comma."""
    counts: dict[str, list[int]] = {mark: [] for mark in DELIMITERS}
    for line in text[:SNIFFED].splitlines()[:20]:
        if not line.strip():
            continue
        outside = "".join(line.split('"')[::2])
        for mark, seen in counts.items():
            seen.append(outside.count(mark))
    best, best_count = ",", 0
    for mark, seen in counts.items():
        # The header decides; the median keeps a title line above it from deciding alone.
        typical = sorted(seen)[len(seen) // 2] if seen else 0
        if typical > best_count:
            best, best_count = mark, typical
    return best


def container_of(data: bytes, suffix: str) -> str:
    """gz, zip, xlsx, xls, shp, geojson, json, xml or text, by content first and the name's ending second."""
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            book = b"[Content_Types].xml" in data[:4_096] or suffix in {".xlsx", ".xlsm"}
            return "xlsx" if name == "zip" and book else name
    head = data[:SNIFFED]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "replace").encode()
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"[") and (suffix in _JSON or head[1:].lstrip()[:1] in {b"{", b"["}):
        return "json"
    if head.startswith(b"{"):
        geo = b'"FeatureCollection"' in head or suffix == ".geojson"
        return "geojson" if geo else "json"
    if head.startswith(b"<"):
        return "xml"
    return "text"
