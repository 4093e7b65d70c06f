"""Contents of every kind, honest and hostile."""

import io
import zipfile

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64
XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 200
CSV = "이름,위도,경도\n보안등,37.59,127.01\n".encode("cp949")
GEOJSON = b'{"type": "FeatureCollection", "features": []}'
GPX = b'<?xml version="1.0"?>\n<gpx version="1.1"><trk></trk></gpx>'
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BILLION = b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aa">]><gpx>&a;</gpx>'


def archive(members: dict[str, bytes], *, pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return out.getvalue()


def workbook(*, macro: bool = False) -> bytes:
    """As much of an XLSX as its recognition reads."""
    members = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    return archive(members | ({"xl/vbaProject.bin": b"macro"} if macro else {}))


def link() -> bytes:
    """A ZIP whose one member is a symbolic link to a file outside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        member = zipfile.ZipInfo("a.csv")
        member.external_attr = 0o120777 << 16
        made.writestr(member, "/etc/passwd")
    return out.getvalue()


def claiming(size: int) -> bytes:
    """A ZIP of a few bytes whose directory claims that it unfolds to ``size`` bytes."""
    body = bytearray(archive({"a.csv": b"1,2\n"}, pack=zipfile.ZIP_STORED))
    entry = body.rindex(b"PK\x01\x02")
    body[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(body)
