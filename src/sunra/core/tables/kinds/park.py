"""City parks: the national standard and its interface, and Seoul's list of main parks."""

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

LARGEST = 1e8
"""Square metres; the largest city parks are a few million, a national park a few hundred million."""
_AREA = r"^\s*(?:약\s*)?(\d[\d,.]*)\s*(?:㎡|m²|m2)?"


def _prepare(work: Work) -> None:
    """``area``: square metres; Seoul writes '2896887㎡ 임 야 : …', of which the first number is the whole."""
    values.text_as_is(work, "park_type")
    texts = work.text("area")
    bare = texts.str.extract(_AREA, 1).fill_null("").str.strip_chars_end(".,")
    work.put(bare.zip_with(~clean.is_missing(texts), texts).alias("area"))
    values.number(work, "area", low=0.1, high=LARGEST)
    values.full_address(work)


KIND = Kind(
    name="park",
    fields=fields(
        id=("관리번호", "manageno", "공원번호"),
        name=("공원명", "parknm"),
        park_type=("공원구분", "parkse"),
        area=("공원면적", "parkar", "면적"),
        lot_address=("소재지지번주소", "lnmadr", "공원주소"),
        agency=("관리기관명", "institutionnm", "관리부서"),
        district=("지역",),
        lon=("경도", "longitude", "x좌표(wgs84)", "wgs84경도", "lon"),
        lat=("위도", "latitude", "y좌표(wgs84)", "wgs84위도", "lat"),
    ),
    needs=(
        frozenset({"name", "lon", "lat"}),
        frozenset({"name", "park_type", "lot_address"}),
        frozenset({"name", "area", "lot_address"}),
    ),
    columns={"park_type": pl.String, "area": pl.Float64},
    identifier="id",
    volatile=frozenset({"area"}),
    prepare=_prepare,
)
