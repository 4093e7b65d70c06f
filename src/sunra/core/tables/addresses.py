"""What an address says: the district it lies in and the legal dong it names."""

import unicodedata

import numpy as np
import polars as pl

from sunra.core.tables.clean import map_unique
from sunra.core.tables.names import Names, names
from sunra.core.tables.work import Work

FIELDS = ("lot_address", "address", "road_address")
_OWN = 0.9
_HEAD = 18


def home_districts(work: Work) -> pl.Series:
    """Five-digit district of each row's own address ("" unknown), else its agency's, else the file's."""
    home = _named(work, province="")
    provinces = home.filter(home != "").str.slice(0, 2).value_counts(sort=True)
    if provinces.height and provinces[0, "count"] >= _OWN * int(provinces["count"].sum()):
        # The whole file is of one province: 중구 alone then has one meaning.
        home = _coalesce(home, _named(work, province=str(provinces[0, 0])))
    return _coalesce(home, _like(home, _file_district(work, home))).alias("_home")


def _like(column: pl.Series, value: str) -> pl.Series:
    return pl.Series([value], dtype=pl.String).new_from_index(0, len(column))


def _coalesce(first: pl.Series, second: pl.Series) -> pl.Series:
    return first.zip_with(first != "", second)


def _named(work: Work, *, province: str) -> pl.Series:
    book = names()
    hint = work.text("province").str.replace(r"(?:남부|북부)?(?:지방경찰청|경찰청|청)$", "")
    home = work.text("district_code").str.extract(r"^(\d{5})", 1).fill_null("")
    for field in (*FIELDS, "agency"):
        if not work.has(field):
            continue
        # Eighteen signs hold any province and district; fewer distinct heads are fewer look-ups.
        head = work.text(field).str.replace_all(r"[\s_,()]+", "").str.slice(0, _HEAD)
        keyed = hint + pl.Series(["|"]).new_from_index(0, len(head)) + head
        home = _coalesce(home, map_unique(keyed, lambda text: _district(book, text, province), pl.String))
    return home


def _district(book: Names, keyed: str, province: str) -> str:
    hint, _, head = keyed.partition("|")
    return book.district(head, (book.province(hint) if hint else "") or province) if head else ""


def _file_district(work: Work, home: pl.Series) -> str:
    """The district that nearly all rows name, else the one in the file's name, else ""."""
    counts = home.filter(home != "").value_counts(sort=True)
    if counts.height and counts[0, "count"] >= _OWN * int(counts["count"].sum()):
        return str(counts[0, 0])
    return names().district(unicodedata.normalize("NFC", work.file))


def named_dongs(work: Work, wanted: pl.Series) -> pl.Series:
    """Ten-digit code of the legal dong that each wanted row's address names within its ``_home``, else ""."""
    book = names()
    found = np.full(work.frame.height, "", dtype=object)
    view = work.frame.select("_home", *[field for field in FIELDS if work.has(field)]).with_row_index("row")
    for (home,), part in view.filter(wanted & (view["_home"] != "")).group_by("_home"):
        pattern, codes = book.pattern(str(home)), book.dongs(str(home))
        if not pattern:
            continue
        rows = part["row"].to_numpy()
        for field in part.columns[2:]:
            # "면목동1길" is a street that carries the dong's name, not a place in it.
            texts = part[field].str.replace_all(r"[가-힣]+\d+[가-힣]?길", "길")
            said = (
                texts.str.extract(pattern, 1)
                .fill_null("")
                .replace_strict(codes, default="", return_dtype=pl.String)
            )
            found[rows] = np.where(found[rows] == "", said.to_numpy(), found[rows])
    return pl.Series("dong", found.astype(str), dtype=pl.String)
