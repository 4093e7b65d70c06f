"""Made-up files in the dirty shapes that agencies send; no row of any real file is copied."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

import csv
import gzip
import io
import json
import random
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyogrio
import shapely

from sunra.core.geo.crs import transform

CCTV = "관리기관명,소재지도로명주소,소재지지번주소,설치목적구분,카메라대수,카메라화소수,촬영방면정보,보관일수,설치년월,관리기관전화번호,위도,경도,데이터기준일자"
LIGHT = "보안등위치명,설치개수,소재지도로명주소,소재지지번주소,위도,경도,설치연도,설치형태,관리기관전화번호,관리기관명,데이터기준일자"
BELL = "안전비상벨관리번호,설치위치,소재지도로명주소,소재지지번주소,위도,경도,관리기관명,관리기관전화번호"
CALL = "DAY,TIME,EVT_CL_CD,END_CD," + ",".join(
    f"HPPN_{axis}_{corner}" for corner in ("SW", "SE", "NE", "NW") for axis in "XY"
)
AGENCY = "서울특별시 성북구청"
WEST, SOUTH, EAST, NORTH = 127.005, 37.590, 127.030, 37.605
"""A box wholly inside Seongbuk-gu (11290)."""


def point(rng: random.Random) -> tuple[float, float]:
    """A (lon, lat) in Seongbuk."""
    return round(rng.uniform(WEST, EAST), 7), round(rng.uniform(SOUTH, NORTH), 7)


def cctv_rows(count: int, seed: int = 1) -> list[list[str]]:
    """Poles of Seongbuk in the standard's column order."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        lon, lat = point(rng)
        rows.append([
            AGENCY, f"서울특별시 성북구 가상로 {number + 1}", f"서울특별시 성북구 정릉동 {number + 1}-9", "생활방범", str(rng.randint(1, 5)),
            "200", "360도", "30", f"20{rng.randint(10, 18)}-0{rng.randint(1, 9)}", "02-000-0000", str(lat), str(lon), "2020-03-31",
        ])  # fmt: skip
    return rows


def light_rows(count: int, seed: int = 1) -> list[list[str]]:
    """Lights of Seongbuk in the standard's column order."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        lon, lat = point(rng)
        rows.append([
            f"가상-{number}", "1", "", f"서울특별시 성북구 장위동 {number + 1}", str(lat), str(lon), "2015", "한전주", "", AGENCY, "2020.3.24",
        ])  # fmt: skip
    return rows


def bell_rows(count: int, seed: int = 1) -> list[list[str]]:
    """Bells of Seongbuk in Seoul's reduced order."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        lon, lat = point(rng)
        rows.append(
            [
                str(number),
                "가상공원 화장실",
                "",
                f"서울특별시 성북구 정릉동 {number}",
                str(lat),
                str(lon),
                AGENCY,
                "",
            ]
        )
    return rows


def call_rows(count: int, seed: int = 1, code: str = "104") -> list[list[str]]:
    """112 calls with the corners of their 100 m cell, as longitude and latitude."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        lon, lat = point(rng)
        east, north = transform(lon, lat, 4326, 5179)
        e, n = float(east) // 100 * 100, float(north) // 100 * 100
        xs, ys = transform([e, e + 100, e + 100, e], [n, n, n + 100, n + 100], 5179, 4326)
        corners = [str(round(float(value), 8)) for pair in zip(xs, ys, strict=True) for value in pair]
        rows.append(["20240105", f"{rng.randint(0, 23):02d}{number % 60:02d}00", code, "201", *corners])
    return rows


def text(header: str | list[str], rows: list[list[str]], newline: str = "\r\n", delimiter: str = ",") -> str:
    """CSV text, cells quoted where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=newline, delimiter=delimiter)
    writer.writerow(header.split(",") if isinstance(header, str) else header)
    writer.writerows(rows)
    return out.getvalue()


def save(path: Path, content: str | bytes, encoding: str = "cp949") -> Path:
    """Writes bytes, or text in an encoding."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def xlsx(header: str, rows: list[list[Any]], *, declaration: str = "") -> bytes:
    """A minimal workbook; numbers stay numbers, everything else is inline text."""
    lines = []
    for row in [header.split(","), *rows]:
        cells = "".join(
            f"<c><v>{cell}</v></c>"
            if isinstance(cell, (int, float))
            else f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for cell in row
        )
        lines.append(f"<row>{cells}</row>")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="Sheet0" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{declaration}{part}')
    return out.getvalue()


def xls(cells: list[tuple[int, int]]) -> bytes:
    """A compound file with a Workbook stream of number records: enough to be measured, not a full workbook."""
    records = b"".join(struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, 1.0) for row, column in cells)
    stream = records.ljust(4_096, b"\x00")
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, 1)
    struct.pack_into("<IIIIII", header, 56, 4_096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<108I", header, 80, *[0xFFFFFFFF] * 108)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    directory = b""
    for name, kind, start, size in (("Root Entry", 5, 0xFFFFFFFE, 0), ("Workbook", 2, 2, 4_096)):
        text = name.encode("utf-16-le")
        entry = (
            text.ljust(64, b"\x00")
            + struct.pack("<HBB", len(text) + 2, kind, 1)
            + struct.pack("<III", *[0xFFFFFFFF] * 3)
        )
        directory += entry.ljust(116, b"\x00") + struct.pack("<III", start, size, 0)
    return bytes(header) + table + directory.ljust(512, b"\x00") + stream


def lines(count: int, seed: int = 1) -> list[list[tuple[float, float]]]:
    """Short streets in Seongbuk as lists of (lon, lat)."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        lon, lat = point(rng)
        found.append([(lon, lat), (lon + 0.0004, lat + 0.0002), (lon + 0.0008, lat)])
    return found


def geojson(paths: list[list[tuple[float, float]]], kind: str = "LineString", **common: str) -> bytes:
    """Links in the shape of the Seoul walking network."""
    features = [
        {
            "type": "Feature",
            "properties": {"link_id": str(number), "link_type_label": "보행자", **common},
            "geometry": {"type": kind, "coordinates": path},
        }
        for number, path in enumerate(paths)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def shapefile(
    folder: Path, paths: list[list[tuple[float, float]]], epsg: int = 5179, name: str = "TL_SPRD_MANAGE"
) -> Path:
    """Street lines in the juso shape: CP949 attributes, projected metres, neither .prj nor .cpg."""
    shapes = [shapely.LineString(np.column_stack(transform(*np.array(path).T, 4326, epsg))) for path in paths]
    path = folder / f"{name}.shp"
    columns = {
        "RDS_MAN_NO": [str(number) for number in range(len(paths))],
        "RN": [f"가상{number}길" for number in range(len(paths))],
        "SIG_CD": ["11290"] * len(paths),
        "WDR_RD_CD": ["3"] * len(paths),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that no system is written down is the point
        _write(path, shapes, columns)
    for suffix in (".prj", ".cpg"):
        path.with_suffix(suffix).unlink(missing_ok=True)
    return path


def _write(path: Path, shapes: list[Any], columns: dict[str, list[str]]) -> None:
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes)), [np.array(v, dtype=object) for v in columns.values()], list(columns),
        geometry_type="LineString", driver="ESRI Shapefile", encoding="CP949", crs=None,
    )  # fmt: skip


def packed(name: str, data: bytes, **more: bytes) -> bytes:
    """A zip with one or more members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in {name: data, **more}.items():
            archive.writestr(member, content)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(members: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def gz(data: bytes) -> bytes:
    """The same, compressed."""
    return gzip.compress(data)


def spoiled(data: bytes, rng: random.Random) -> bytes:
    """The bytes after one to four random accidents."""
    spoiled_bytes = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if not spoiled_bytes:
            break
        at = rng.randrange(len(spoiled_bytes))
        length = rng.randint(1, max(1, len(spoiled_bytes) // 8))
        match rng.randrange(8):
            case 0:
                del spoiled_bytes[at:]
            case 1:
                del spoiled_bytes[at : at + length]
            case 2:
                spoiled_bytes[at] = rng.randrange(256)
            case 3:
                spoiled_bytes[at:at] = spoiled_bytes[at : at + length]
            case 4:
                spoiled_bytes[at:at] = rng.choice(
                    [b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"[", b"{", b"-", b"1e999", b"NaN"]
                )
            case 5:
                spoiled_bytes[at : at + 4] = rng.randbytes(4)
            case 6:
                spoiled_bytes.reverse() if rng.random() < 0.05 else spoiled_bytes.insert(at, 0x22)
            case _:
                spoiled_bytes[at : at + length] = rng.choice(
                    [b"0", b"9", b" ", b"\xb0\xa1", b"\xef\xbb\xbf"]
                ) * min(length, 50)
    return bytes(spoiled_bytes)


NASTY = (
    "", " ", "-", "0", "-1", "1e999", "NaN", "inf", "=1+1", "=cmd|' /C calc'!A0", "없음", "9" * 30, "9" * 9_000, "1905-07", "2999-01",
    "2020-02-30", "20209999", "37.6", "127.01", "954445.7", "1946635.2", "200000", "0.0000001", "３７.６", "\u200b", "\ufeff", "a\nb",
    '"', "'", ",", "서울특별시 성북구", "중구", "세종특별자치시", "106", "508", "24:00", "99", "1/2/3", "\U0001f6a8", "\x7f", "True",
)  # fmt: skip


def spoiled_table(header: str, rows: list[list[str]], rng: random.Random) -> str:
    """CSV text with nasty cells, lost or added columns, repeated headers and rows: readable, but wrong."""
    names = header.split(",")
    table = [list(row) for row in rows]
    for _ in range(rng.randint(1, 12)):
        row = rng.choice(table)
        if row:
            row[rng.randrange(len(row))] = rng.choice(NASTY)
    if rng.random() < 0.3:
        column, value = rng.randrange(len(names)), rng.choice(NASTY)
        for row in table:
            if column < len(row):
                row[column] = value
    if rng.random() < 0.2:
        names[rng.randrange(len(names))] = rng.choice(
            [*NASTY[:5], "위도", "경도", "x", "y", "주소", rng.choice(names)]
        )
    if rng.random() < 0.2:
        rng.choice(table).append("더")
    if rng.random() < 0.2:
        rng.choice(table).pop()
    if rng.random() < 0.1:
        table.insert(0, names)
    return text(
        names, table, newline=rng.choice(["\n", "\r\n", "\r"]), delimiter=rng.choice([",", ",", "\t", ";"])
    )
