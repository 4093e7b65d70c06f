"""What an address says: the district it lies in and the legal dong it names."""

import unicodedata

import numpy as np
import polars as pl

from sunra.core.tables import evidence
from sunra.core.tables.clean import map_unique
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.names import Names, names
from sunra.core.tables.work import Work

_OWN = 0.9
_HEAD = 18


def home_districts(work: Work) -> pl.Series:
    """Five-digit district of each row's own address ("" unknown), else its agency's, else the file's."""
    home, _, district = _habits(work)
    named = district or names().district(unicodedata.normalize("NFC", work.file))
    return _coalesce(home, _like(home, named)).alias("_home")


def habits(work: Work) -> tuple[str, str]:
    """Province and district that nearly all rows with an address are of, "" for none."""
    return _habits(work)[1:]


def _habits(work: Work) -> tuple[pl.Series, str, str]:
    home = _named(work, province="")
    province = work.facts.province if work.facts else _usual(home.str.slice(0, 2))
    if province:
        # The whole file is of one province: 중구 alone then has one meaning.
        home = _coalesce(home, _named(work, province=province))
    return home, province, work.facts.district if work.facts else _usual(home)


def _usual(codes: pl.Series) -> str:
    """The code that nearly all rows with one have, else ""."""
    counts = codes.filter(codes != "").value_counts(sort=True)
    most = counts.height and counts[0, "count"] >= _OWN * int(counts["count"].sum())
    return str(counts[0, 0]) if most else ""


def _like(column: pl.Series, value: str) -> pl.Series:
    return pl.Series([value], dtype=pl.String).new_from_index(0, len(column))


def _coalesce(first: pl.Series, second: pl.Series) -> pl.Series:
    return first.zip_with(first != "", second)


def _named(work: Work, *, province: str) -> pl.Series:
    book = names()
    hint = work.text("province").str.replace(r"(?:남부|북부)?(?:지방경찰청|경찰청|청)$", "")
    home = work.text("district_code").str.extract(r"^(\d{5})", 1).fill_null("")
    for field in (*evidence.FIELDS, "agency"):
        if not work.has(field):
            continue
        # Eighteen signs before any digit hold every province and district: few distinct heads to look up.
        words = work.text(field).str.replace(r"\d.*$", "")
        head = words.str.replace_all(r"[\s_,()]+", "").str.slice(0, _HEAD)
        keyed = hint + pl.Series(["|"]).new_from_index(0, len(head)) + head
        home = _coalesce(home, map_unique(keyed, lambda text: _district(book, text, province), pl.String))
    return home


def _district(book: Names, keyed: str, province: str) -> str:
    hint, _, head = keyed.partition("|")
    return book.district(head, (book.province(hint) if hint else "") or province) if head else ""


def named_dongs(work: Work, wanted: pl.Series) -> pl.Series:
    """Ten-digit code of the one legal dong that each wanted row's address names in its ``_home``, else ""."""
    texts = evidence.gather(work)
    found = evidence.placed(texts, wanted, Gazetteer.of([]))
    dongs = found["dong"].zip_with(found["precision"] == "dong", _like(found["dong"], ""))
    whole = np.full(work.frame.height, "", dtype=object)
    whole[wanted.to_numpy()] = dongs.to_numpy()
    return pl.Series("dong", whole.tolist(), dtype=pl.String)
