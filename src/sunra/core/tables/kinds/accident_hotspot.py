"""Places where accidents repeat (TAAS 교통사고다발지역): the interface's fields and the standard file's."""

import json

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

_COUNTS = {
    "accidents": ("occrrnccnt", "발생건수", "사고건수"),
    "casualties": ("casltcnt", "사상자수"),
    "deaths": ("dthdnvcnt", "사망자수"),
    "serious": ("sednvcnt", "중상자수"),
    "slight": ("sldnvcnt", "경상자수"),
    "reported": ("wnddnvcnt", "부상신고자수", "부상자수"),
}
_MOST = 100_000
_FEWEST = 4


def _prepare(work: Work) -> None:
    for name in _COUNTS:
        texts = work.text(name)
        values = clean.counts(texts)
        blank = clean.is_missing(texts)
        work.put(pl.select(pl.when(~blank).then(values)).to_series().alias(name), texts.alias("_said"))
        wrong = ~blank & (values.is_null() | (values > _MOST))
        work.reject(wrong, field=name, reason="bad_number", value=work.frame["_said"])
    work.put(_rings(work))
    work.put(work.text("year").str.extract(r"^((?:19|20)\d\d)", 1).cast(pl.Int32, strict=False).alias("year"))


def _rings(work: Work) -> pl.Series:
    """One ring a row; every polygon occurs once, so nothing is gained by looking at distinct texts."""
    rings = [ring_of(text) for text in work.text("polygon").to_list()]
    work.flag(
        "bad_geometry",
        sum(
            ring is None and text != ""
            for ring, text in zip(rings, work.text("polygon").to_list(), strict=True)
        ),
    )
    return pl.Series("geometry", rings, dtype=pl.List(pl.List(pl.Float64)))


def ring_of(text: str) -> list[list[float]] | None:
    """Outer ring of the first polygon in a GeoJSON text, as (x, y) pairs; None when there is none."""
    if not text.startswith("{") or text.count("[") > 100_000:
        return None
    try:
        found = json.loads(text)
        parts = found["coordinates"]
        ring = parts[0][0] if found["type"] == "MultiPolygon" else parts[0]
        points = [[float(x), float(y)] for x, y, *_ in ring]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    sound = len(points) >= _FEWEST and all(abs(v) < 1e8 for point in points for v in point)
    return points if sound else None


KIND = Kind(
    name="accident_hotspot",
    fields=fields(
        id=("afosfid", "다발지식별자", "사고다발지fid", "사고지역관리번호"),
        group=("afosid", "다발지그룹식별자", "사고다발지id"),
        spot=("spotcd", "지점코드", "위치코드"),
        district_code=("bjdcd", "법정동코드"),
        address=("sidosggnm", "시도시군구명"),
        name=("spotnm", "지점명", "사고지역위치명", "다발지명"),
        category=("사고유형구분", "사고유형"),
        year=("searchyearcd", "사고연도", "사고년도"),
        polygon=("geomjson", "사고다발지역폴리곤정보", "다발지역폴리곤"),
        **_COUNTS,
    ),
    needs=(
        frozenset({"spot", "accidents", "casualties"}),
        frozenset({"id", "accidents", "deaths"}),
        frozenset({"accidents", "casualties", "lon", "lat", "name"}),
    ),
    columns={
        **dict.fromkeys(_COUNTS, pl.Int64),
        "spot": pl.String,
        "group": pl.String,
        "category": pl.String,
        "year": pl.Int32,
        "geometry": pl.List(pl.List(pl.Float64)),
    },
    identifier="id",
    prepare=_prepare,
)
